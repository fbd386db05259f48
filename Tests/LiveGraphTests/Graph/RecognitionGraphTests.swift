import Devices
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
        try GraphPlan(rig: Rig(text: rig, file: "rig.toml"), devices: devices, model: RecordedRig.model, readout: nil)
    }

    @Test func `the rig's streams are found by their names, wherever their devices stand`() throws {
        let plan = try plan(RecordedRig.rig, devices())
        #expect(plan.eeg == .init(device: 0, stream: 0) && plan.audio == .init(device: 1, stream: 0) && plan.film == nil)
        let turned = try self.plan(RecordedRig.rig, devices().reversed())
        #expect(turned.eeg == .init(device: 1, stream: 0) && turned.audio == .init(device: 0, stream: 0))
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
        let plan = try GraphPlan(rig: nil, devices: devices(), model: nil, readout: nil)
        #expect(plan.audio == nil && plan.eeg == nil && plan.film == nil)
    }
}

/// Items that the test puts in one by one.
@Suite struct RecognitionGraphTests {
    private let devices = [RecordedRig.headset, RecordedRig.microphone].enumerated().map {
        GraphPlan.Device(name: ["headset", "mic"][$0], streams: $1.makeDecoder().streams)
    }

    private func graph(hears: Bool) throws -> RecognitionGraph {
        let rig = hears ? try Rig(text: RecordedRig.rig, file: "rig.toml") : nil
        return RecognitionGraph(
            try GraphPlan(rig: rig, devices: devices, model: hears ? RecordedRig.model : nil, readout: nil), drive: nil)
    }

    private static func time(_ milliseconds: Int64) -> HostTime { HostTime(nanoseconds: milliseconds * 1_000_000) }

    private func take(_ graph: RecognitionGraph, _ device: Int, _ header: SampleRingItem) -> [Decision] {
        var records: [DecisionRecord] = []
        [Float](repeating: 0, count: header.sampleCount).withUnsafeBufferPointer {
            graph.take(PipelineItem(device: device, header: header, samples: $0)) { records.append($0) }
        }
        return records.compactMap { graph.names.decision($0) }
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
        graph.finish { record in if let decision = graph.names.decision(record) { last.append(decision) } }
        let absences = last.compactMap { decision -> UInt64? in
            if case .eegAbsent(let first, let frames) = decision.content { return first == 0 ? frames : nil }
            return nil
        }
        // A second of sound holds 100 frames of 10 ms, less those whose window of 25 ms is not full at the end.
        #expect(absences.count == 1 && (97...99).contains(absences.first ?? 0) && last.last?.hostTime == Self.time(1000))
    }

    /// By hand: a frame of 10 ms hop and 25 ms window, number n, holds the samples from 160 n to 160 n + 399.
    @Test func `a frame ends with its last sample, by the sound's clock and no other`() throws {
        let graph = try graph(hears: true)
        #expect(graph.end(ofFrame: 0) == nil)
        var item = sound(0, 1600, at: 900)
        item.setMade(Self.time(500), period: 1 / 16_000)
        _ = take(graph, 1, item)
        _ = take(graph, 0, eeg(0, 10, at: 5000))
        let begins: [UInt64: Double] = [0: 0.5, 3: 0.53, 100: 1.5]
        for (number, begin) in begins {
            let end = try #require(graph.end(ofFrame: number))
            let expected = begin + 399.0 / 16_000
            #expect(abs(end - Self.time(0) - expected) < 1e-6)
        }
        #expect(try self.graph(hears: false).end(ofFrame: 0) == nil)
    }

    @Test func `the same items give the same decisions, whatever happens between them`() throws {
        func all() throws -> [String] {
            let graph = try graph(hears: true)
            var lines: [String] = []
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
                        graph.take(PipelineItem(device: read.device, header: item, samples: values)) { record in
                            if let decision = graph.names.decision(record) {
                                lines.append(decision.line(start: RecordedRig.start))
                            }
                        }
                    }
                }
            }
            return lines
        }
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
