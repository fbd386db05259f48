import Devices
import Foundation
import LSLStand
import Protocols
import RealTime
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
        let again = try bench.replayed()
        #expect(again.clockOffsets.count == bench.sink.clockOffsets.count)
        for sink in [bench.sink, again] { try checkNumbers(sink, stream, format) }
        #expect(bench.sink.counters(0) == Array(0..<300) && bench.sink.missing(0) == 0)
        // Every block is stamped as the sender stamped its first sample.
        for item in bench.sink.items {
            let stamp = try #require(item.deviceTime)
            #expect(abs(stamp - sender.begin - Double(item.firstCounter) / 250) < 1e-6)
        }
        // Both ends are on one machine and one clock.
        #expect(bench.sink.clockOffsets.allSatisfy { abs($0.clockOffset ?? 1) < 0.01 })
    }

    /// 300 samples of three channels in "microvolts", "mV" and "furlongs": 32-bit floats in volts, all else as it was sent.
    private func checkNumbers(_ sink: SampleCollector, _ stream: StreamDescription, _ format: String) throws {
        let numbers = 0..<900
        switch format {
        case "float32":
            let scales: [Double] = [1e-6, 1e-3, 1]
            #expect(sink.exact(0, as: Float.self) == numbers.map { Float(Double($0) * scales[$0 % 3]) })
            #expect(stream.channels.map(\.unitWord) == ["volts", "volts", "furlongs"])
            return
        case "double64": #expect(sink.exact(0, as: Double.self) == numbers.map { Double($0) + 1.0 / 3 })
        case "int32": #expect(sink.exact(0, as: Int32.self) == numbers.map { 16_777_217 + Int32($0) })
        case "int16": #expect(sink.exact(0, as: Int16.self) == numbers.map { Int16($0) })
        case "int8": #expect(sink.exact(0, as: Int8.self) == numbers.map { Int8($0 % 100) })
        default: #expect(sink.exact(0, as: Int64.self) == numbers.map { 9_007_199_254_740_993 + Int64($0) })
        }
        #expect(stream.sampleFormat.rawValue == format && sink.items.allSatisfy { $0.format == stream.sampleFormat })
        #expect(stream.channels.map(\.unitWord) == ["microvolts", "mV", "furlongs"])
        #expect(stream.channels.map(\.scale) == [1e-6, 1e-3, 1])
    }

    @Test func `texts of a megabyte come whole; of longer ones the beginning, with an event, and every channel has its part`()
        throws
    {
        let units = ["", "", "", "", "", ""]
        let sender = try PythonSender(LSLStand.name("long"), type: "Markers", rate: 0, format: "string", units: units)
        let bench = try Bench(sender, "lsllong", samples: 1 << 22)
        try bench.runner.open()
        #expect(bench.runner.streams[0].longestTextFrame == 1 << 22)
        bench.start()
        let megabyte = String(repeating: "M", count: 1_000_000)
        let accents = String(repeating: "ü", count: 500_000)
        try sender.push(texts: [megabyte, "after", accents, "", megabyte, "end"], at: 100)
        #expect(bench.wait { bench.sink.texts.count == 1 })
        // One of 2 MB, then six of a megabyte: more than a record holds.
        try sender.push(texts: [megabyte + megabyte, "after", "", "", "", "end"], at: 101)
        #expect(bench.wait { bench.sink.texts.count == 2 })
        try sender.push(texts: ["short"] + [String](repeating: megabyte, count: 5), at: 102)
        #expect(bench.wait { bench.sink.texts.count == 3 })
        withExtendedLifetime(sender) {}
        bench.runner.stop()
        bench.collect()
        let again = try bench.replayed()
        for sink in [bench.sink, again] {
            try #require(sink.texts.count == 3)
            #expect(sink.texts[0].texts == [megabyte, "after", accents, "", megabyte, "end"])
            let cut = sink.texts[1].texts
            #expect(cut[0].utf8.count == 1 << 20 && Array(cut[1...]) == ["after", "", "", "", "end"])
            let shared = sink.texts[2].texts
            // 4 MiB less a header, a stamp and six lengths; five channels of a sixth at least, the first ones more.
            let room = 4_194_304 - 24 - 8 - 24
            #expect(shared[0] == "short" && shared.reduce(0) { $0 + $1.utf8.count } == room)
            #expect(shared[1...].allSatisfy { $0.utf8.count >= room / 6 && megabyte.hasPrefix($0) })
            #expect(sink.events.filter { $0.code == .textCut }.map(\.value).first == 1)
            #expect(sink.total(.corruptDropped) == 0 && sink.total(.garbageSkipped) == 0)
            // One of 2 MB, then as many of the five as do not fit whole.
            #expect(sink.total(.textCut) == 1 + UInt64(shared.count { $0.utf8.count != 5 && $0.utf8.count < 1_000_000 }))
        }
    }

    @Test func `stamps that jump by 15 s while the samples go on are an event, no loss`() throws {
        let sender = try PythonSender(LSLStand.name("jump"), units: ["uV"])
        let bench = try Bench(sender, "lsljump")
        try bench.runner.open()
        bench.start()
        sender.push(100)
        sender.push(100, jump: 15)
        sender.push(100)
        #expect(bench.wait { bench.sink.frames(0) == 300 })
        bench.runner.stop()
        bench.collect()
        #expect(bench.sink.missing(0) == 0 && bench.sink.counters(0) == Array(0..<300))
        let jumps = bench.sink.events.filter { $0.code == .stampJump }.map { Int($0.value) }
        #expect(jumps == [15_000, 15_000])
        #expect(bench.codes.contains(.foreignStamps) == false)
        // The stamps stand as they were sent.
        let ahead = bench.sink.items.filter { (100..<200).contains($0.firstCounter) }
        #expect(!ahead.isEmpty && ahead.allSatisfy(\.alignsByArrival))
        for item in ahead {
            #expect(abs((item.deviceTime ?? 0) - sender.begin - 15 - Double(item.firstCounter) / 250) < 1e-6)
        }
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
        // The second one may be slow to answer.
        var error: TransportError?
        waitUntil {
            do throws(TransportError) {
                try LSLDriver(name: "d", query: LSLQuery(name: both), waker: waker).open { _, _ in }.transport.close()
            } catch let found {
                error = found
            }
            return error != nil
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
        var listed: DeviceListing?
        try waitUntil {
            listed = try DeviceListing.lslStreams(seconds: 1).first { $0.port.contains(sender.name) }
            return listed != nil
        }
        let found = try #require(listed)
        #expect(found.kind == "lsl" && found.drivers == ["lsl"] && found.description.hasPrefix("EEG, 2 × float32 at 100.0 Hz"))
        let device = try LSLDriver(name: "d", query: LSLQuery(port: found.port), waker: try Waker()).open { _, _ in }
        #expect(device.decoder.streams[0].channelCount == 2)
        device.transport.close()
    }
}
