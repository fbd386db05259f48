import Foundation
import Signals

/// What is behind ``PageHub``'s lock.
struct PageModel {
    private var generation = 0
    private var streams: [PageStream] = []
    private var start = HostTime(nanoseconds: 0)
    private var source: (any PageSource)?
    private var traces: [TraceColumns] = []
    private var watches: [ChannelWatch?] = []
    private var converters: [Signals.UnitConverter] = []
    private var health: [PageHealth] = []
    private var rates: [MeasuredRate] = []
    /// The last lines of the log, and how many came before them.
    private var log: [String] = []
    private var forgotten = 0
    private var sequence: UInt32 = 0
    private var latest = HostTime(nanoseconds: 0)
    private var nextState = HostTime(nanoseconds: 0)
    private var nextHealth = HostTime(nanoseconds: 0)
    private var lastMetrics = PageMetrics()
    private var absences: [String] = []

    /// Lines of the log that wait for a page that reads slowly, or comes late.
    static let mostEvents = 2000
    /// Seconds between two states, and between two looks at the streams' health.
    private static let stateInterval = 0.1
    private static let healthInterval = 0.5

    mutating func begin(_ streams: [PageStream], start: HostTime, source: (any PageSource)?) {
        generation += 1
        self.streams = streams
        self.start = start
        self.source = source
        traces = streams.map {
            TraceColumns(
                rate: $0.description.nominalRate, channels: $0.description.isText ? 0 : $0.description.channelCount)
        }
        watches = streams.map { ChannelWatch($0.description) }
        converters = streams.map { Signals.UnitConverter($0.description) }
        health = streams.map { _ in PageHealth(received: 0, lost: 0, away: false) }
        rates = streams.map { _ in MeasuredRate() }
        forgotten += log.count
        log = []
        latest = start
        nextHealth = HostTime(nanoseconds: 0)
        absences = []
    }

    mutating func end() {
        drain()
        if let source { lastMetrics = source.metrics() }
        source = nil
    }

    mutating func take(_ stream: Int, _ item: SampleRingItem, _ words: UnsafeBufferPointer<Float>) {
        guard streams.indices.contains(stream) else { return }
        latest = max(latest, item.hostTime)
        guard item.kind == .samples else { return }
        if item.missingBefore > 0 { watches[stream]?.interrupt() }
        converters[stream].withFloats(item, words) { values in
            traces[stream].take(item, values)
            watches[stream]?.take(frames: Int(item.frames), values)
        }
    }

    mutating func take(event line: String) {
        log.append(line)
        guard log.count >= Self.mostEvents + 200 else { return }
        forgotten += 200
        log.removeFirst(200)
    }

    mutating func set(_ health: [PageHealth]) { if health.count == streams.count { self.health = health } }

    private mutating func drain() {
        guard let source else { return }
        source.take(samples: { self.take($0, $1, $2) }, event: { self.take(event: $0) })
    }

    mutating func tick(
        at now: HostTime, isSeen: Bool, clients: Int, skipped: UInt64, status: () -> String
    ) -> PageTick {
        drain()
        if let source, now >= nextHealth {
            nextHealth = now + Self.healthInterval
            health = source.health()
            absences = source.absences()
            if isSeen { lastMetrics = source.metrics() }
            for index in rates.indices where health.indices.contains(index) {
                rates[index].take(health[index].received, at: now)
            }
        }
        var tick = PageTick(generation: generation, events: forgotten + log.count)
        guard isSeen else {
            for index in traces.indices { traces[index].drain { _ in } }
            return tick
        }
        tick.samples = samples(at: now)
        if now >= nextState {
            nextState = now + Self.stateInterval
            tick.state = state(at: now, clients: clients, skipped: skipped, status: status)
        }
        return tick
    }

    // MARK: Messages

    /// A message of samples, little-endian.
    ///
    /// | bytes | what |
    /// |---|---|
    /// | 1 + 1 + 2 | 1, version 1, number of blocks |
    /// | 4 | number of the message |
    /// | 8 | newest time, seconds since the start, 64-bit float |
    /// | per block 2 + 2 + 2 + 2 | stream, channels, columns, 1 or 2 values (least, greatest) |
    /// | 8 | time of the first column, seconds since the start |
    /// | 4 + 4 | seconds of a column (0: irregular); nothing |
    /// | 4 × values | 32-bit floats, column by column |
    private mutating func samples(at now: HostTime) -> [UInt8] {
        sequence &+= 1
        var message: [UInt8] = [1, 1, 0, 0]
        func put<T: BitwiseCopyable>(_ value: T) { withUnsafeBytes(of: value) { message.append(contentsOf: $0) } }
        put(sequence.littleEndian)
        put((latest - start).bitPattern.littleEndian)
        var blocks = 0
        for index in traces.indices {
            let (channels, period, width) = (traces[index].channels, traces[index].period, traces[index].isPaired ? 2 : 1)
            traces[index].drain { block in
                guard block.columns > 0, block.columns <= 0xFFFF, blocks < 0xFFFF else { return }
                blocks += 1
                for number in [index, channels, block.columns, width] { put(UInt16(truncatingIfNeeded: number).littleEndian) }
                put((block.time - start).bitPattern.littleEndian)
                put(Float(period).bitPattern.littleEndian)
                put(UInt32(0))
                block.values.withUnsafeBytes { message.append(contentsOf: $0) }
            }
        }
        message[2] = UInt8(blocks & 255)
        message[3] = UInt8(blocks >> 8)
        return message
    }

    private struct Hello: Encodable {
        struct Channel: Encodable {
            var label: String, unit: String
            var fullScale: Float?
            /// From above, the nose at the top: −1 … 1.
            var place: [Float]?
        }
        struct Stream: Encodable {
            var name: String, device: String, maker: String, kind: String
            var rate: Double
            var text: Bool
            var stride: Int
            var channels: [Channel]
        }
        var type = "hello"
        var title: String
        var mode: PageHub.Mode
        var generation: Int
        var streams: [Stream]
    }

    func hello(title: String, mode: PageHub.Mode) -> String {
        let list = zip(streams, traces).map { stream, trace in
            let description = stream.description
            return Hello.Stream(
                name: description.name, device: stream.device, maker: description.device, kind: description.typeWord,
                rate: description.nominalRate, text: description.isText, stride: trace.stride,
                channels: description.channels.indices.map { index in
                    let channel = description.channels[index]
                    let place = description.position(of: index)
                    return Hello.Channel(
                        label: channel.label, unit: channel.unit.rawValue, fullScale: channel.fullScale,
                        place: place.map { [$0.x, $0.y].map { Float($0 / ElectrodeMontage.radius_mm) } })
                })
        }
        return Self.json(Hello(title: title, mode: mode, generation: generation, streams: list))
    }

    private struct StreamState: Encodable {
        var health: PageHealth
        var rate: Double?
        var channels: [ChannelState]
    }

    /// The state, as a JSON object: how the streams are, the recording, and times.
    func state(at now: HostTime, clients: Int, skipped: UInt64, status: () -> String) -> String {
        let list = streams.indices.map { index in
            StreamState(
                health: health[index], rate: rates[index].rate, channels: watches[index]?.states ?? [])
        }
        return "{\"type\":\"state\",\"time\":\((latest - start)),\"running\":\(source != nil),\"clients\":\(clients)"
            + ",\"skipped\":\(skipped),\"recording\":\(status()),\"absences\":\(Self.json(absences))"
            + ",\"streams\":\(Self.json(list)),\"metrics\":\(Self.json(lastMetrics))}"
    }

    func events(from place: Int, promptsOnly: Bool) -> (lines: [String], gone: Int, next: Int) {
        let end = forgotten + log.count
        let first = max(place, forgotten)
        guard first < end else { return ([], 0, end) }
        let lines = log[(first - forgotten)...]
        return (
            promptsOnly ? lines.filter { $0.contains("\"stream\":\"console.prompts\"") } : Array(lines),
            max(0, forgotten - place),
            end
        )
    }

    mutating func metrics() -> (metrics: PageMetrics, streams: [(PageStream, PageHealth)]) {
        if let source {
            lastMetrics = source.metrics()
            health = source.health()
        }
        return (lastMetrics, Array(zip(streams, health)))
    }

    private static func json(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "null"
    }
}

/// Frames per second over the last seconds, by what has arrived.
private struct MeasuredRate {
    /// Counts of the last looks, the oldest first.
    private var looks: [(time: HostTime, frames: UInt64)] = []
    private static let seconds = 10.0

    /// nil before two seconds have passed.
    var rate: Double? {
        guard let first = looks.first, let last = looks.last, last.time - first.time >= 2, last.frames >= first.frames else {
            return nil
        }
        return Double(last.frames - first.frames) / (last.time - first.time)
    }

    mutating func take(_ frames: UInt64, at time: HostTime) {
        looks.append((time, frames))
        while let first = looks.first, time - first.time > Self.seconds { looks.removeFirst() }
    }
}
