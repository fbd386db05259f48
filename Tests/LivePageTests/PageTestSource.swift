import Foundation
import LivePage
import Signals
import Synchronization

/// A rig of its own: a headset whose samples a test hands over.
final class PageTestSource: PageSource {
    static let start = HostTime(seconds: 1000)
    private struct State {
        var items: [(Int, SampleRingItem, [Float])] = []
        var events: [String] = []
        var health: [PageHealth] = []
        var absences: [String] = []
    }
    private let state = Mutex(State())

    static func eeg(channels: Int = 2, rate: Double = 250, fullScale: Float? = 0.1875) -> PageStream {
        PageStream(
            StreamDescription(
                name: "headset.eeg", kind: .eeg,
                channels: (0..<channels).map { .init(label: "E\($0 + 1)", unit: .volt, fullScale: fullScale) },
                nominalRate: rate, device: "test"), device: "headset")
    }

    /// A block of frames from a frame on, by a formula of channel and frame.
    func put(
        stream: Int = 0, from first: Int, frames: Int, channels: Int = 2, rate: Double = 250, missing: UInt64 = 0,
        _ value: (_ channel: Int, _ frame: Int) -> Float
    ) {
        var item = SampleRingItem(
            stream: stream, channels: channels, frames: frames, firstCounter: UInt64(first), missingBefore: missing,
            hostTime: Self.start + Double(first + frames) / rate)
        item.setMade(Self.start + Double(first) / rate, period: 1 / rate)
        let values = (first..<first + frames).flatMap { frame in (0..<channels).map { value($0, frame) } }
        state.withLock { $0.items.append((stream, item, values)) }
    }

    func put(event line: String) { state.withLock { $0.events.append(line) } }
    func set(_ health: [PageHealth]) { state.withLock { $0.health = health } }

    func take(samples: (Int, SampleRingItem, UnsafeBufferPointer<Float>) -> Void, event: (String) -> Void) {
        let (items, events) = state.withLock { state in
            defer { (state.items, state.events) = ([], []) }
            return (state.items, state.events)
        }
        for (stream, item, values) in items { values.withUnsafeBufferPointer { samples(stream, item, $0) } }
        for line in events { event(line) }
    }

    func health() -> [PageHealth] {
        state.withLock { $0.health.isEmpty ? [PageHealth(received: 7, lost: 2, away: false, driftPpm: 12.5)] : $0.health }
    }
    func metrics() -> PageMetrics {
        PageMetrics(
            latencies: [
                .init(
                    kind: "computing", stage: "a \"b\"", count: 3, sumMs: 6, p50: 1, p99: 2, p999: 2, max: 3,
                    counts: [0, 0, 0, 1, 2, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3])
            ], processorSeconds: 1.5)
    }
    func absences() -> [String] { state.withLock { $0.absences } }
}

/// What a message of samples holds.
struct SampleMessage {
    struct Block: Equatable {
        var stream: Int, channels: Int, columns: Int, width: Int
        var time: Double
        var period: Float
        var values: [Float]
    }
    var number: UInt32
    var newest: Double
    var blocks: [Block] = []

    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 16, bytes[0] == 1, bytes[1] == 1 else { return nil }
        func load<T: BitwiseCopyable>(_ place: Int, _ type: T.Type) -> T {
            bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: place, as: type) }
        }
        number = load(4, UInt32.self)
        newest = load(8, Double.self)
        var place = 16
        for _ in 0..<load(2, UInt16.self) {
            guard bytes.count >= place + 24 else { return nil }
            let head = (0..<4).map { Int(load(place + 2 * $0, UInt16.self)) }
            let count = head[1] * head[2] * head[3]
            guard bytes.count >= place + 24 + 4 * count else { return nil }
            blocks.append(
                Block(
                    stream: head[0], channels: head[1], columns: head[2], width: head[3], time: load(place + 8, Double.self),
                    period: load(place + 16, Float.self), values: (0..<count).map { load(place + 24 + 4 * $0, Float.self) }))
            place += 24 + 4 * count
        }
        guard place == bytes.count else { return nil }
    }
}
