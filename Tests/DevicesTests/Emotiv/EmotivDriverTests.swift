import Devices
import Protocols
import Signals
import Simulators
import Testing
import Transports

/// Delivers reports that were recorded beforehand, a few at a time, then nothing.
private final class RecordedReports: Transport {
    let backend = "recorded"
    let port = "recorded"
    private var bytes: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { self.bytes = bytes[...] }

    func read(into buffer: UnsafeMutableRawBufferPointer, timeout: Double) throws(TransportError) -> TransportRead {
        let piece = bytes.prefix(min(buffer.count, 5 * EmotivReport.size))
        guard !piece.isEmpty else {
            WorkerThread.sleep(timeout)
            return .nothing
        }
        buffer.copyBytes(from: piece)
        bytes = bytes.dropFirst(piece.count)
        return .bytes(piece.count)
    }

    func write(_ bytes: UnsafeRawBufferPointer, timeout: Double) throws(TransportError) {}
    func close() {}
}

@Suite struct EmotivDriverTests {
    private static let key = EmotivKey(bytes: (0..<16).map { UInt8(200 - $0) })

    /// Encrypted reports, with or without some of them.
    private func reports(_ count: Int, skipping skipped: Set<Int> = []) -> [UInt8] {
        var firmware = EmotivFirmware(source: CountingSource(channels: 14, step: 51, period: 500), key: Self.key)
        return (0..<count).flatMap { number in
            let report = firmware.nextPacket()
            return skipped.contains(number) ? [] : report
        }
    }

    private func bench(_ bytes: [UInt8], key: EmotivKey?) throws -> Bench {
        let waker = try Waker()
        let driver = EmotivDriver(name: "d", port: "recorded", key: try #require(key), waker: waker) {
            _, _ throws(TransportError) in RecordedReports(bytes)
        }
        return Bench(driver, waker: waker, name: "emotiv")
    }

    private func error(_ bytes: [UInt8], key: EmotivKey?) throws -> TransportError? {
        let bench = try bench(bytes, key: key)
        do throws(TransportError) {
            try bench.runner.open()
            bench.runner.stop()
            return nil
        } catch { return error }
    }

    @Test func `a recording holds decrypted reports and neither key nor serial number, and replays without them`() throws {
        let bench = try bench(reports(300), key: Self.key)
        try bench.runner.open()
        bench.start()
        #expect(bench.wait { bench.sink.frames(0) == 283 })
        bench.runner.stop()
        bench.collect()
        let configuration = try #require(bench.records.first { $0.kind == .configuration }?.bytes)
        #expect(String(decoding: configuration, as: UTF8.self) == #"{"emotiv":{"_0":{"name":"d"}}}"#)
        let decoder = try DecoderConfiguration(json: configuration).makeDecoder()
        let replayed = SampleCollector()
        for record in bench.records where record.kind == .received { decoder.decode(record.bytes, at: 1, into: replayed) }
        #expect(replayed.samples(0) == bench.sink.samples(0))
        let numbers = bench.runner.streams.map(\.serialNumber)
        #expect(numbers == ["", "", ""])
    }

    @Test(arguments: 0..<8) func `another key is refused, whichever it is`(seed: Int) throws {
        let other = EmotivKey(bytes: (0..<16).map { UInt8(($0 + 1) * (seed + 3) % 256) })
        let found = try error(reports(40), key: other)
        #expect(found?.code == .protocolViolation)
        #expect(found?.detail.contains("key does not fit") == true)
    }

    @Test func `the right key is taken although first reports are stale and others are lost`() throws {
        // As a real headset begins: the same stale report twice, then the counter from 0.
        let stale = Array(reports(124).suffix(EmotivReport.size))
        let found = try error(stale + stale + reports(40, skipping: [3, 9]), key: Self.key)
        #expect(found == nil)
    }
}
