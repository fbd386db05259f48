import Devices
import Foundation
import LiveGraph
import Protocols
import RecordedRig
import Replay
import Sessions
import Signals
import Testing

/// Digital lines of recorded boards, as lines of the event log.
@Suite struct DigitalLineTests {
    private let scratch = ScratchFolder()

    private struct Change: Equatable {
        var stream: String
        var line: String
        var isHigh: Bool
        var counter: UInt64
    }

    /// A session of one device with a wire log alone; each piece comes 20 ms after the one before, an empty one not at all.
    private func record(
        _ name: String, _ configuration: DecoderConfiguration, _ pieces: [[UInt8]], latencyMs: Double = 0
    ) throws -> String {
        let manifest = SessionManifest(
            larmor: "test", created: Date(timeIntervalSince1970: 1_700_000_000),
            anchor: WallClockAnchor(host: RecordedRig.start, utcNanoseconds: 1_700_000_000_000_000_000), seed: 1, subject: nil,
            note: nil, rig: "", rigName: "bench")
        let writer = try SessionWriter(folder: scratch(name), manifest: manifest, devices: [("board", "any")])
        try writer.setStreams(configuration.makeDecoder().streams, device: 0, latencyMs: latencyMs)
        try configuration.json.withUnsafeBytes {
            try writer.append(wire: .configuration, device: 0, body: $0, at: RecordedRig.start)
        }
        for (index, piece) in pieces.enumerated() where !piece.isEmpty {
            try piece.withUnsafeBytes {
                try writer.append(wire: .received, device: 0, body: $0, at: RecordedRig.start + Double(index + 1) * 0.02)
            }
        }
        try writer.close()
        return scratch(name)
    }

    private func replay(_ folder: String) throws -> (changes: [Change], times: [(seen: HostTime, at: HostTime?)]) {
        var changes: [Change] = []
        var times: [(seen: HostTime, at: HostTime?)] = []
        _ = try SessionReplay(folder: folder).run(each: { decision in
            guard case .line(let stream, let line, let isHigh, let counter, let at) = decision.content else { return }
            changes.append(Change(stream: stream, line: line, isHigh: isHigh, counter: counter))
            times.append((decision.hostTime, at))
        })
        return (changes, times)
    }

    /// Five packets a piece. D11 rises with packet 52 and falls with 61, D18 falls with 80; packets 70 … 74 are lost.
    private func cyton(_ debounceMs: Double?, packets: Int = 200, latencyMs: Double = 0) throws -> String {
        let configuration = CytonConfiguration(
            name: "board", gains: [Int](repeating: 24, count: 8), firmware: "v3.1.2", auxiliary: .digital,
            debounceMs: debounceMs)
        var pieces: [[UInt8]] = []
        for first in stride(from: 0, to: packets, by: 5) {
            var bytes: [UInt8] = []
            for number in first..<first + 5 where first != 70 {
                let d11: UInt8 = (52..<61).contains(number) ? 1 : 0
                let d18: UInt8 = number < 80 ? 1 : 0
                let packet = CytonPacket(
                    counter: UInt8(number % 256), counts: [Int32](repeating: Int32(number), count: 8),
                    auxiliary: [d11, 0, 1, 0, 0, d18], footer: .rawAuxiliary)
                bytes += packet.bytes
            }
            pieces.append(bytes)
        }
        return try record("cyton-\(UUID())", .cyton(configuration), pieces, latencyMs: latencyMs)
    }

    private static let pins = [
        Change(stream: "board.digital", line: "D11", isHigh: true, counter: 52),
        Change(stream: "board.digital", line: "D11", isHigh: false, counter: 61),
        Change(stream: "board.digital", line: "D18", isHigh: false, counter: 80),
    ]

    @Test func `a Cyton's pins are told by name, level and counter`() throws {
        #expect(try replay(cyton(2)).changes == Self.pins)
        // Nine frames are 36 ms.
        #expect(try replay(cyton(37)).changes == [Self.pins[2]])
        #expect(try replay(cyton(36)).changes == Self.pins)
    }

    @Test func `a recording from before there were such events has none`() throws {
        #expect(try replay(cyton(nil)).changes == [])
    }

    @Test func `the known delay makes a change earlier by as much, and is seen no earlier`() throws {
        let plain = try replay(cyton(2))
        let moved = try replay(cyton(2, latencyMs: 40))
        #expect(plain.changes == moved.changes)
        for (a, b) in zip(plain.times, moved.times) {
            let (at, earlier) = (try #require(a.at), try #require(b.at))
            #expect(a.seen == b.seen && at.nanoseconds - earlier.nanoseconds == 40_000_000)
        }
        // Packet 52 is the third of the eleventh piece, whose last one, 54, is stamped 220 ms after the start.
        #expect(abs(try #require(plain.times[0].at) - (RecordedRig.start + 0.212)) < 0.004)
    }

    @Test func `a latency that none can have is refused with its device`() throws {
        let folder = try cyton(2, latencyMs: 4000)
        let error = #expect(throws: SessionError.self) { try SessionReplay(folder: folder) }
        #expect(error?.description.contains("board") == true && error?.description.contains("0 to 1000") == true)
    }

    @Test(arguments: [RigLinkDescriptor.Format.float32, .int16, .int32])
    func `lines of a RigLink board bounce for less than the debounce and are told once`(format: RigLinkDescriptor.Format) throws
    {
        let descriptor = RigLinkDescriptor(
            maker: "m", model: "m", serialNumber: "", firmware: "", maximumPayload: 4096, queueFrames: 1, latency_us: 0,
            streams: [
                .init(
                    name: "pins", direction: .out, kind: .auxiliary, rate: 1000, channels: 2, labelPrefix: "line",
                    unit: .dimensionless, format: format),
                .init(
                    name: "level", direction: .out, kind: .auxiliary, rate: 1000, channels: 2, labelPrefix: "D",
                    unit: .dimensionless, format: format),
            ])
        let configuration = RigLinkConfiguration(name: "board", descriptor: descriptor, debounceMs: 3)
        // The first line bounces at 30 and 33 and is high from 35 on; the second is always high.
        let high: (Int) -> Bool = { $0 == 30 || $0 == 33 || $0 >= 35 }
        var encoder = RigLinkEncoder()
        let payload = UnsafeMutableRawBufferPointer.allocate(byteCount: 1024, alignment: 8)
        defer { payload.deallocate() }
        var pieces: [[UInt8]] = []
        for first in stride(from: 0, to: 100, by: 20) {
            var values: [Float] = []
            for frame in first..<first + 20 { values += [high(frame) ? 1 : 0, 1] }
            var bytes: [UInt8] = []
            for stream in 0..<2 {
                let size = values.withUnsafeBufferPointer {
                    RigLinkFrames.put(
                        stream: stream, firstCounter: UInt64(first), frames: 20, values: $0, format: format, scale: 1,
                        into: payload)
                }
                bytes += encoder.encode(.samples, Array(payload[0..<size]))
            }
            pieces.append(bytes)
        }
        let found = try replay(record("board-\(format)", .riglink(configuration), pieces)).changes
        #expect(found == [Change(stream: "board.pins", line: "line1", isHigh: true, counter: 35)])
        var old = configuration
        old.debounceMs = nil
        #expect(try replay(record("old-\(format)", .riglink(old), pieces)).changes == [])
    }
}
