import Devices
import Foundation
import LiveGraph
import Recognition
import RecordedRig
import Rigs
import Settings
import Signals
import Testing

@Suite struct GraphPlanTests {
    private func devices() -> [GraphPlan.Device] {
        [RecordedRig.headset, RecordedRig.microphone].enumerated().map {
            GraphPlan.Device(name: ["headset", "mic"][$0], streams: $1.makeDecoder().streams)
        }
    }

    private func plan(_ rig: String, _ devices: [GraphPlan.Device]) throws -> GraphPlan {
        try GraphPlan(rig: Rig(text: rig, file: "rig.toml"), devices: devices, models: [RecordedRig.model])
    }

    @Test func `the rig's streams are found by their names, wherever their devices stand`() throws {
        let plan = try plan(RecordedRig.rig, devices())
        #expect(
            plan.recognizers.map(\.eeg) == [.init(device: 0, stream: 0)]
                && plan.recognizers.map(\.audio) == [.init(device: 1, stream: 0)] && plan.readouts.isEmpty)
        let turned = try self.plan(RecordedRig.rig, devices().reversed())
        #expect(
            turned.recognizers.map(\.eeg) == [.init(device: 1, stream: 0)]
                && turned.recognizers.map(\.audio) == [.init(device: 0, stream: 0)])
    }

    @Test func `a stream that no device has is named in the error`() {
        let rig = RecordedRig.rig.replacing("mic.audio", with: "mic.sound")
        #expect {
            try plan(rig, devices())
        } throws: { "\($0)".contains("mic.sound") && "\($0)".contains("headset.eeg") }
    }

    @Test func `sound at another rate than the model's, and a headset of other channels, are refused`() {
        var fast = devices()
        fast[1].streams[0].nominalRate = 48_000
        #expect(throws: SettingsError.self) { try plan(RecordedRig.rig, fast) }
        var few = devices()
        few[0].streams[0].channels.removeLast()
        #expect(throws: SettingsError.self) { try plan(RecordedRig.rig, few) }
    }

    @Test func `without a rig nothing is recognised`() throws {
        let plan = try GraphPlan(rig: nil, devices: devices())
        #expect(plan.recognizers.isEmpty && plan.readouts.isEmpty && plan.monitors.isEmpty)
    }
}

/// Items that the test puts in one by one.
@Suite struct StageGraphTests {
    private let devices = [RecordedRig.headset, RecordedRig.microphone].enumerated().map {
        GraphPlan.Device(name: ["headset", "mic"][$0], streams: $1.makeDecoder().streams)
    }

    private func graph(hears: Bool) throws -> StageGraph {
        let rig = hears ? try Rig(text: RecordedRig.rig, file: "rig.toml") : nil
        return StageGraph(try GraphPlan(rig: rig, devices: devices, models: hears ? [RecordedRig.model] : []))
    }

    private static func time(_ milliseconds: Int64) -> HostTime { HostTime(nanoseconds: milliseconds * 1_000_000) }

    private func take(_ graph: StageGraph, _ device: Int, _ header: SampleRingItem) -> [Decision] {
        var decisions: [Decision] = []
        [Float](repeating: 0, count: header.sampleCount).withUnsafeBufferPointer {
            graph.take(PipelineItem(device: device, header: header, samples: $0)) { decisions.append($0) }
        }
        return decisions
    }

    private func eeg(_ first: UInt64, _ frames: Int, missing: UInt64 = 0, at milliseconds: Int64) -> SampleRingItem {
        SampleRingItem(
            stream: 0, channels: 8, frames: frames, firstCounter: first, missingBefore: missing,
            hostTime: Self.time(milliseconds))
    }

    private func sound(_ first: UInt64, _ frames: Int, missing: UInt64 = 0, at milliseconds: Int64) -> SampleRingItem {
        SampleRingItem(
            stream: 0, channels: 1, frames: frames, firstCounter: first, missingBefore: missing,
            hostTime: Self.time(milliseconds))
    }

    @Test func `an event of a device is a decision at its own time`() throws {
        let graph = try graph(hears: false)
        let event = DeviceEvent(code: .lost, value: 19, hostTime: Self.time(5))
        #expect(
            take(graph, 1, SampleRingItem(event: event))
                == [Decision(content: .device(name: "mic", event: event), hostTime: Self.time(5))])
        #expect(graph.lastTime == Self.time(5))
    }

    @Test func `a hole is a decision at the block behind it, under the stream's name`() throws {
        let graph = try graph(hears: false)
        #expect(take(graph, 0, eeg(0, 10, at: 40)) == [])
        #expect(
            take(graph, 0, eeg(30, 10, missing: 20, at: 160))
                == [Decision(content: .gap(stream: "headset.eeg", first: 10, count: 20), hostTime: Self.time(160))])
        #expect(
            take(graph, 1, sound(1600, 160, missing: 1600, at: 200))
                == [Decision(content: .gap(stream: "mic.audio", first: 0, count: 1600), hostTime: Self.time(200))])
        #expect(
            graph.monitors[0][0].received == 20 && graph.monitors[0][0].missing == 20 && graph.monitors[1][0].missing == 1600)
    }

    @Test func `frames of sound without a headset become one absence, told when the headset is back or at the end`() throws {
        let graph = try graph(hears: true)
        var decisions: [Decision] = []
        for piece in 0..<50 { decisions += take(graph, 1, sound(UInt64(320 * piece), 320, at: Int64(20 * (piece + 1)))) }
        #expect(decisions.filter { if case .eegAbsent = $0.content { true } else { false } } == [])
        var last: [Decision] = []
        graph.finish { last.append($0) }
        let absences = last.compactMap { decision -> UInt64? in
            if case .eegAbsent(let first, let frames) = decision.content { return first == 0 ? frames : nil }
            return nil
        }
        // A second of sound holds 100 frames of 10 ms, less those whose window of 25 ms is not full at the end.
        #expect(absences.count == 1 && (97...99).contains(absences.first ?? 0) && last.last?.hostTime == Self.time(1000))
    }

    /// By hand: a frame of 10 ms hop and 25 ms window, number n, holds the samples from 160 n to 160 n + 399.
    @Test func `a frame ends with its last sample`() {
        let grid = AudioGrid(hop: 160, window: 400)
        #expect([0, 3, 100].map { grid.last(ofFrame: $0) } == [399, 879, 16_399])
    }

    /// Puts a recording of 1.5 s in.
    private func replay(_ graph: StageGraph) -> [Decision] {
        var decisions: [Decision] = []
        let decoders = [RecordedRig.headset.makeDecoder(), RecordedRig.microphone.makeDecoder()]
        for read in RecordedRig.reads(1.5) {
            let collector = ItemCollector()
            read.bytes.withUnsafeBytes { decoders[read.device].decode($0, at: read.time, into: collector) }
            if let event = read.event {
                decoders[read.device].note(event)
                collector.take(event)
            }
            for (item, values) in collector.items {
                values.withUnsafeBufferPointer { values in
                    graph.take(PipelineItem(device: read.device, header: item, samples: values)) { decisions.append($0) }
                }
            }
        }
        graph.finish { decisions.append($0) }
        return decisions
    }

    private func lines(_ decisions: [Decision]) -> [String] { decisions.map { $0.line(start: RecordedRig.start) } }

    @Test func `a word's span ended before its decision, and not long before`() throws {
        let words = replay(try graph(hears: true)).filter { if case .word = $0.content { true } else { false } }
        #expect(!words.isEmpty)
        for word in words {
            let end = try #require(word.spanEnd)
            #expect((0...0.3).contains(word.hostTime - end))
        }
    }

    @Test func `two recognisers of one sound say each what one alone would say, under their names`() throws {
        let sections = RecordedRig.rig.replacing(
            "[recognizer]\naudio = \"mic.audio\"\neeg = \"headset.eeg\"",
            with: "[[recognizer]]\nname = \"a\"\naudio = \"mic.audio\"\neeg = \"headset.eeg\"\n"
                + "[[recognizer]]\nname = \"b\"\naudio = \"mic.audio\"\neeg = \"headset.eeg\"")
        let rig = try Rig(text: sections, file: "rig.toml")
        let both = StageGraph(
            try GraphPlan(rig: rig, devices: devices, models: [RecordedRig.model, RecordedRig.model]))
        let alone = lines(replay(try graph(hears: true)).filter { if case .word = $0.content { true } else { false } })
        let decisions = replay(both)
        for name in ["a", "b"] {
            let said = lines(decisions.filter { $0.stage == name && $0.spanEnd != nil })
            #expect(said.map { $0.replacing(",\"stage\":\"\(name)\"", with: "") } == alone)
        }
    }

    @Test func `first guesses are told when they come, and what is final after the label's window, with alternatives`() throws {
        let sections = RecordedRig.rig.replacing(
            "[recognizer]\naudio = \"mic.audio\"\neeg = \"headset.eeg\"",
            with: "[[recognizer]]\naudio = \"mic.audio\"\neeg = \"headset.eeg\"\nalternatives = 2\npartial = true")
        let plan = try GraphPlan(
            rig: Rig(text: sections, file: "rig.toml"), devices: devices, models: [RecordedRig.model])
        let isWord = { (decision: Decision) in if case .word = decision.content { true } else { false } }
        let told = replay(StageGraph(plan)).filter(isWord)
        let plain = replay(try graph(hears: true)).filter(isWord)
        // The guesses are the words that a rig without partial results hears, at the same times.
        var guesses = told.filter(\.isPartial)
        #expect(!guesses.isEmpty && guesses.allSatisfy { $0.alternatives.count == 2 })
        for place in guesses.indices { (guesses[place].alternatives, guesses[place].isPartial) = ([], false) }
        #expect(guesses == plain)
        // Each is followed by its final form before the next one.
        #expect(told.count == 2 * guesses.count)
        for pair in stride(from: 0, to: told.count - 1, by: 2) {
            let (guess, final) = (told[pair], told[pair + 1])
            #expect(guess.isPartial && !final.isPartial && final.spanEnd == guess.spanEnd && final.hostTime >= guess.hostTime)
            guard case .word(let text, let frame, let first) = final.content, case .word(_, let guessed, _) = guess.content
            else { continue }
            #expect(frame == guessed && final.alternatives.count == 2 && !final.alternatives.contains { $0.text == text })
            let scores = [first] + final.alternatives.map(\.score)
            #expect(scores == scores.sorted(by: >) && first <= 0)
            // Shares of one whole, of which “no word” has the rest.
            #expect(scores.reduce(0) { $0 + exp(Double($1)) } < 1 + 1e-5)
        }
    }

    @Test(arguments: ["", "partial = true\n"])
    func `with evidence the same words are final after the label's window, each with its posterior`(partial: String) throws {
        func told(_ keys: String) throws -> [Decision] {
            let sections = RecordedRig.rig.replacing(
                "[recognizer]\naudio = \"mic.audio\"\neeg = \"headset.eeg\"",
                with: "[[recognizer]]\naudio = \"mic.audio\"\neeg = \"headset.eeg\"\n\(keys)")
            let plan = try GraphPlan(
                rig: Rig(text: sections, file: "rig.toml"), devices: devices, models: [RecordedRig.model])
            return replay(StageGraph(plan)).filter { if case .word = $0.content { !$0.isPartial } else { false } }
        }
        let plain = try told(partial)
        let weighed = try told(partial + "evidence = true\n")
        #expect(
            !weighed.isEmpty && weighed.map(\.content) == plain.map(\.content) && weighed.map(\.spanEnd) == plain.map(\.spanEnd)
        )
        for (old, new) in zip(plain, weighed) {
            let evidence = try #require(new.evidence)
            #expect((0...1).contains(evidence.posterior) && old.evidence == nil)
            // A window of one frame: some blocks of sound later at most.
            #expect(new.hostTime >= old.hostTime && new.hostTime - old.hostTime < 0.3)
            let (before, after) = (old.line(start: old.hostTime), new.line(start: new.hostTime))
            #expect(
                after.hasPrefix(String(before.dropLast()) + ",\"evidence\":{\"posterior\":")
                    && after.contains("\"lost_frames\":"))
            #expect(evidence.quality?.eegAbsentFrames != nil)
        }
        let again = try told(partial + "evidence = true\n")
        #expect(lines(weighed) == lines(again))
    }

    @Test func `without sound the grid runs on the EEG's clock`() throws {
        let text = RecordedRig.rig.replacing("audio = \"mic.audio\"\n", with: "")
        let plan = try GraphPlan(
            rig: Rig(text: text, file: "rig.toml"), devices: devices, models: [RecordedRig.model])
        #expect(plan.recognizers.map(\.audio) == [nil])
        let decisions = replay(StageGraph(plan))
        let frames = decisions.compactMap { if case .word(_, let frame, _) = $0.content { frame } else { nil } }
        // 1.5 s of EEG are 150 frames; the untrained network names words often.
        #expect(!frames.isEmpty && frames.allSatisfy { $0 < 151 } && frames == frames.sorted())
        #expect(lines(decisions) == lines(replay(StageGraph(plan))))
    }

    @Test func `a monitor tells when a channel's measure leaves its range and when it is back, once each`() throws {
        let rig = try Rig(
            text: RecordedRig.rig
                + "\n[[monitor]]\nname = \"m\"\nstream = \"mic.audio\"\nmeasure = \"rms\"\nwindow_s = 0.1\nabove = 0.1\n",
            file: "rig.toml")
        let graph = StageGraph(try GraphPlan(rig: rig, devices: devices))
        var alarms: [(Bool, Int64)] = []
        for piece in 0..<100 {
            // A square wave of amplitude 0.5 from 0.4 to 0.8 s: its RMS is 0.5.
            let isLoud = (20..<40).contains(piece)
            let header = sound(UInt64(320 * piece), 320, at: Int64(20 * (piece + 1)))
            let samples = (0..<320).map { isLoud ? Float(0.5) * ($0 % 2 == 0 ? 1 : -1) : 0 }
            samples.withUnsafeBufferPointer {
                graph.take(PipelineItem(device: 1, header: header, samples: $0)) { decision in
                    if case .monitor("mic.audio", _, "rms", let value, let isAlarm) = decision.content {
                        #expect(isAlarm ? abs(value - 0.5) < 1e-3 : value == 0)
                        #expect(decision.stage == "m")
                        alarms.append((isAlarm, decision.hostTime.nanoseconds / 1_000_000))
                    }
                }
            }
        }
        // Windows of 0.1 s: the first loud one ends at 0.5 s, the first quiet one after it at 0.9 s.
        #expect(alarms.map(\.0) == [true, false] && alarms.map(\.1) == [500, 900])
    }

    @Test func `windows of an irregular stream are counted in time, and what is no number is passed over`() throws {
        let headset = CytonConfiguration(
            name: "headset", gains: [Int](repeating: 24, count: 8), firmware: "v3.1.2", readingsOnly: true)
        let rig = try Rig(
            text: RecordedRig.rig
                + "\n[[monitor]]\nstream = \"headset.accelerometer\"\nmeasure = \"mean\"\nwindow_s = 1\nbelow = -0.5\nabove = 0.5\n",
            file: "rig.toml")
        let devices = [DecoderConfiguration.cyton(headset), RecordedRig.microphone].enumerated().map {
            GraphPlan.Device(name: ["headset", "mic"][$0], streams: $1.makeDecoder().streams)
        }
        let graph = StageGraph(try GraphPlan(rig: rig, devices: devices))
        var alarms: [(Bool, String, Int64)] = []
        for reading in 0..<200 {
            // 25 a second; along z 1 g from 2 s to 4 s, else 0; x is missing now and then.
            let isTilted = (50..<100).contains(reading)
            let header = SampleRingItem(
                stream: 1, channels: 3, frames: 1, firstCounter: UInt64(reading), missingBefore: 0,
                hostTime: RecordedRig.start + Double(reading) / 25)
            let values: [Float] = [reading % 3 == 0 ? .nan : 0, 0, isTilted ? 1 : 0]
            values.withUnsafeBufferPointer {
                graph.take(PipelineItem(device: 0, header: header, samples: $0)) { decision in
                    if case .monitor("headset.accelerometer", let channel, "mean", let value, let isAlarm) = decision.content {
                        #expect(value == (isAlarm ? 1 : 0))
                        alarms.append((isAlarm, channel, (decision.hostTime - RecordedRig.start).rounded(to: 1000)))
                    }
                }
            }
        }
        // A window is judged by the first reading behind it.
        #expect(alarms.map(\.0) == [true, false] && alarms.map(\.1) == ["z", "z"] && alarms.map(\.2) == [3000, 5000])
    }

    @Test func `the same items give the same decisions, whatever happens between them`() throws {
        func all() throws -> [String] { lines(replay(try graph(hears: true))) }
        let first = try all()
        #expect(!first.isEmpty)
        #expect(try all() == first)
    }
}

private final class ItemCollector: SampleSink {
    var items: [(SampleRingItem, [Float])] = []
    func take(_ item: SampleRingItem, _ values: UnsafeBufferPointer<Float>) { items.append((item, Array(values))) }
    func take(_ event: DeviceEvent) { items.append((SampleRingItem(event: event), [])) }
}

extension Double {
    /// Whole parts of so many in one.
    fileprivate func rounded(to parts: Double) -> Int64 { Int64((self * parts).rounded()) }
}
