import Devices
import Foundation
import LSLStand
import Protocols
import Signals
import Testing
import Transports

/// Streams that pylsl sends, through the driver: values, stamps, texts, gaps. Each has a stream of its own, so they may run
/// beside one another.
@Suite(.enabled(if: LSLStand.isThere, "needs LARMOR_PYTHON with pylsl"))
struct LSLDriverTests {
    @Test(arguments: ["float32", "double64", "int32", "int16", "int8", "int64"])
    func `each format's values, stamps and channels come as they were sent`(format: String) throws {
        let sender = try PythonSender(LSLStand.name(format), format: format, units: ["microvolts", "mV", "furlongs"])
        let bench = try Bench(sender, "lsl" + format)
        try bench.runner.open()
        let stream = try #require(bench.runner.streams.first)
        #expect(stream.name == "d.eeg" && stream.kind == .eeg && stream.nominalRate == 250 && stream.hasOwnClock)
        #expect(stream.channels.map(\.label) == ["c1", "c2", "c3"])
        #expect(stream.channels.map(\.unit) == [.volt, .volt, .unspecified])
        #expect(stream.device.contains("Tester"))
        bench.start()
        sender.push(300)
        #expect(bench.wait { bench.sink.frames(0) == 300 && !bench.sink.clockOffsets.isEmpty })
        bench.runner.stop()
        bench.collect()
        let scales: [Double] = [1e-6, 1e-3, 1]
        let expected = (0..<900).map { Float(Double(format == "int8" ? $0 % 100 : $0) * scales[$0 % 3]) }
        #expect(bench.sink.samples(0) == expected)
        #expect(bench.sink.counters(0) == Array(0..<300) && bench.sink.missing(0) == 0)
        // Every block is stamped as the sender stamped its first sample.
        for item in bench.sink.items {
            let stamp = try #require(item.deviceTime)
            #expect(abs(stamp - sender.begin - Double(item.firstCounter) / 250) < 1e-6)
        }
        // Both ends are on one machine and one clock.
        #expect(bench.sink.clockOffsets.allSatisfy { abs($0.clockOffset ?? 1) < 0.01 })
        let again = try bench.replayed()
        #expect(again.samples(0) == expected && again.clockOffsets.count == bench.sink.clockOffsets.count)
    }

    @Test func `strings come whole with their stamps, whatever they hold`() throws {
        let sender = try PythonSender(LSLStand.name("markers"), type: "Markers", rate: 0, format: "string", units: ["", ""])
        let bench = try Bench(sender, "lslmarkers")
        try bench.runner.open()
        #expect(bench.runner.streams.map(\.name) == ["d.markers"] && bench.runner.streams[0].isText)
        bench.start()
        let rows = [["Stimulus", "S  1"], ["müde \"ja\"", ""], [String(repeating: "x", count: 20_000), "\n\t"]]
        for (index, row) in rows.enumerated() { try sender.push(texts: row, at: 100 + Double(index)) }
        #expect(bench.wait { bench.sink.texts.count == 3 })
        bench.runner.stop()
        #expect(bench.sink.texts.map(\.texts) == rows)
        #expect(bench.sink.texts.map(\.item.deviceTime) == [100, 101, 102])
        #expect(try bench.replayed().texts.map(\.texts) == rows)
    }

    @Test func `samples that the sender leaves out are a gap of as many`() throws {
        let sender = try PythonSender(LSLStand.name("gap"), units: ["uV"])
        let bench = try Bench(sender, "lslgap")
        try bench.runner.open()
        bench.start()
        sender.push(100)
        sender.skip(200)
        sender.push(100)
        // 0.08 s: jitter of a program that stamps when it sends, no hole.
        sender.skip(20)
        sender.push(50)
        #expect(bench.wait { bench.sink.frames(0) == 250 })
        bench.runner.stop()
        #expect(bench.sink.gaps(0) == [Gap(first: 100, count: 200)])
    }

    @Test func `stop before start and after, then the next one gets the stream`() throws {
        let sender = try PythonSender(LSLStand.name("twice"), units: ["uV"])
        let first = try Bench(sender, "lslfirst")
        try first.runner.open()
        first.runner.stop()
        first.runner.stop()
        let second = try Bench(sender, "lslsecond", unit: "mV")
        try second.runner.open()
        second.start()
        sender.push(5)
        #expect(second.wait { second.sink.frames(0) == 5 })
        second.runner.stop()
        // The unit of the rig stands above the stream's own.
        #expect(second.sink.samples(0) == (0..<5).map { Float(Double($0) * 1e-3) })
    }

    @Test func `two streams that fit are named and none is guessed`() throws {
        let both = LSLStand.name("same")
        let one = try PythonSender(both, units: ["uV"])
        let two = try PythonSender(both, type: "Other", units: ["uV"])
        let waker = try Waker()
        let error = #expect(throws: TransportError.self) {
            _ = try LSLDriver(name: "d", query: LSLQuery(name: both), waker: waker).open { _, _ in }
        }
        #expect(error?.code == .unsupported && error?.detail.contains("2 LSL streams fit") == true)
        let device = try LSLDriver(name: "d", query: LSLQuery(name: both, type: "Other"), waker: waker).open { _, _ in }
        #expect(device.decoder.streams[0].kind == .auxiliary)
        device.transport.close()
        device.transport.close()
        one.stop()
        two.stop()
    }

    @Test func `a stream that is not there is absent, with what was searched for`() throws {
        let query = LSLQuery(name: "there's none", predicate: "channel_count=3")
        let error = #expect(throws: TransportError.self) {
            _ = try LSLInlet(query, port: query.text, seconds: 0.3, readSize: 4096)
        }
        #expect(error?.code == .absent)
        #expect(error?.detail.contains("name=\"there's none\" and (channel_count=3)") == true)
    }

    @Test func `streams are listed with the driver and a port that finds them`() throws {
        let sender = try PythonSender(LSLStand.name("listed"), rate: 100, units: ["uV", "uV"])
        let found = try #require(try DeviceListing.lslStreams(seconds: 1).first { $0.port.contains(sender.name) })
        #expect(found.kind == "lsl" && found.drivers == ["lsl"] && found.description.hasPrefix("EEG, 2 × float32 at 100.0 Hz"))
        let device = try LSLDriver(name: "d", query: LSLQuery(port: found.port), waker: try Waker()).open { _, _ in }
        #expect(device.decoder.streams[0].channelCount == 2)
        device.transport.close()
    }
}
