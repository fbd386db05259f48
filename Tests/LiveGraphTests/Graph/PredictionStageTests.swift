import Foundation
import LinearAlgebra
import LiveGraph
import Reservoirs
import Rigs
import Settings
import Signals
import Testing

/// A film of four nodes follows one channel; the test answers for it.
@Suite struct PredictionStageTests {
    /// A film that remembers: each node is a mean over another span of its fields.
    private final class Film: DriveSink {
        let channels = 2
        var resets = 0
        var fields: [UInt64: [Float]] = [:]
        var answers: [(counter: UInt64, state: [Float])] = []
        private var state = [Float](repeating: 0, count: 4)

        func reset() {
            resets += 1
            state = [Float](repeating: 0, count: 4)
        }

        func send(counter: UInt64, _ frame: UnsafeBufferPointer<Float>) {
            fields[counter] = Array(frame)
            for node in 0..<4 {
                state[node] += (Float(node + 1) / 5) * (Float(tanh(Double(frame[node % 2]) * 20)) - state[node])
            }
            answers.append((counter, state))
        }
    }

    private static func time(_ frame: UInt64) -> HostTime { HostTime(nanoseconds: 1_000_000_000 + Int64(frame) * 4_000_000) }

    /// Channel a is a sum of two sines, b its square of two frames before.
    private static func values(_ frame: UInt64) -> [Float] {
        func a(_ frame: Double) -> Double { sin(frame * 0.11) + 0.5 * sin(frame * 0.037) }
        return [Float(1e-5 * a(Double(frame))), Float(a(Double(frame) - 2) * a(Double(frame) - 2))]
    }

    private struct Run {
        var decisions: [Decision] = []
        /// What the graph was given, to give it again.
        var items: [(device: Int, header: SampleRingItem, values: [Float])] = []
        var summary: PredictionSummary?

        var predictions: [(counter: UInt64, at: HostTime?, value: Double)] {
            decisions.compactMap {
                if case .prediction(_, let counter, let at, let value) = $0.content { (counter, at, value) } else { nil }
            }
        }
        var gaps: [[UInt64]] {
            decisions.compactMap {
                if case .gap("film.state", let first, let count) = $0.content { [first, count] } else { nil }
            }
        }
        var errors: [(nrmse: Double?, steps: UInt64, window: Double?)] {
            decisions.compactMap {
                if case .predictionError(_, let nrmse, let steps, let window, _) = $0.content {
                    (nrmse, steps, window)
                } else {
                    nil
                }
            }
        }
    }

    /// - Parameters:
    ///   - frames: of the headset; those of `hole` are missing.
    ///   - block: frames of a block.
    ///   - latency: answers that are kept back.
    ///   - lost: counters of answers that never come.
    private func run(
        _ plan: GraphPlan, frames: UInt64 = 1000, hole: Range<UInt64> = 0..<0, block: UInt64 = 5, latency: Int = 1,
        lost: Set<UInt64> = []
    ) -> (run: Run, film: Film) {
        let film = Film()
        let graph = StageGraph(plan, drives: [[film]])
        var run = Run()
        func give(_ device: Int, _ header: SampleRingItem, _ values: [Float]) {
            run.items.append((device, header, values))
            values.withUnsafeBufferPointer {
                graph.take(PipelineItem(device: device, header: header, samples: $0)) { run.decisions.append($0) }
            }
        }
        var missing: UInt64 = 0
        for first in stride(from: UInt64(0), to: frames, by: Int(block)) {
            if hole.contains(first) {
                missing += block
                continue
            }
            let last = Self.time(first + block - 1)
            give(
                0,
                SampleRingItem(
                    stream: 0, channels: 2, frames: Int(block), firstCounter: first, missingBefore: missing, hostTime: last),
                (first..<first + block).flatMap { Self.values($0) })
            missing = 0
            while film.answers.count > (first + block >= frames ? 0 : latency) {
                let answer = film.answers.removeFirst()
                guard !lost.contains(answer.counter) else { continue }
                give(
                    1,
                    SampleRingItem(
                        stream: 0, channels: 4, frames: 1, firstCounter: answer.counter, missingBefore: 0,
                        hostTime: last + 0.001),
                    answer.state)
            }
        }
        graph.finish { run.decisions.append($0) }
        run.summary = graph.predictions.first
        return (run, film)
    }

    /// From which the predictions were made.
    private static func steps(_ run: Run) -> [UInt64] { run.predictions.map { prediction in (prediction.counter - 1) / 2 - 3 } }

    @Test func `predictions follow the steps, each with the frame and the time that it is for`() throws {
        let (run, film) = run(try PredictionRig.plan(), latency: 0)
        // 25 steps of 2 frames (0.2 s) for mean and spread, 4 of washout, 3 until the first target can be learned.
        let predictions = run.predictions
        let first: UInt64 = (25 + 4 + 3 + 3) * 2 + 1
        #expect(predictions.first?.counter == first && film.resets == 1)
        for (index, prediction) in predictions.enumerated() {
            #expect(prediction.counter == predictions[0].counter + UInt64(2 * index))
            let at = try #require(prediction.at)
            #expect(abs(at - Self.time(prediction.counter)) < 1e-3)
        }
        // The time that is predicted lies ahead of what was known: three steps of 8 ms, less the way of the answer.
        for decision in run.decisions {
            guard case .prediction(_, _, let at?, _) = decision.content else { continue }
            #expect(at > decision.hostTime)
        }
        let summary = try #require(run.summary)
        #expect(summary.stage == "next" && summary.target == "headset.eeg b" && summary.restarts == 1)
        #expect(summary.predictions == UInt64(predictions.count) && run.gaps == [])
        // A report for each second, and one for the rest at the end.
        #expect(run.errors.count == 4 && run.errors.last?.steps == summary.compared)
        // It learns: a whole window later is better than the first one.
        let windows = run.errors.compactMap(\.window)
        #expect(windows.count == 4 && windows[2] < windows[0], "\(windows)")
    }

    @Test func `neither the size of blocks nor how late the answers come changes a prediction`() throws {
        let expected = run(try PredictionRig.plan()).run.predictions
        for (block, latency) in [(1, 0), (10, 7), (50, 20), (2, 60)] as [(UInt64, Int)] {
            let found = run(try PredictionRig.plan(), block: block, latency: latency).run
            #expect(found.predictions.map(\.counter) == expected.map(\.counter))
            #expect(found.predictions.map(\.value.bitPattern) == expected.map(\.value.bitPattern), "\(block), \(latency)")
        }
    }

    @Test func `with virtual nodes a step drives the film with several frames, and waits for the answers to all`() throws {
        let plan = try PredictionRig.plan("method = \"rls\"\nstandardise_s = 0.2\nforgetting = 1.0\nvirtual_nodes = 3")
        let (run, film) = run(plan, latency: 0)
        let plain = self.run(try PredictionRig.plan(), latency: 0).run
        #expect(run.predictions.map(\.counter) == plain.predictions.map(\.counter))
        #expect(run.predictions.map(\.value) != plain.predictions.map(\.value))
        // Step 25 is the first that drives it; each frame has the first one's fields with signs of its own.
        #expect(film.fields.keys.min() == 75 && film.fields.keys.max() == 1499)
        var signs: Set<[Float]> = []
        for frame in stride(from: UInt64(75), to: 1500, by: 3) {
            let first = try #require(film.fields[frame])
            for turn in 1..<UInt64(3) {
                let field = try #require(film.fields[frame + turn])
                #expect(zip(first, field).allSatisfy { abs($0) == abs($1) })
                if !first.contains(0) { signs.insert(zip(first, field).map { $1 / $0 } + [Float(turn)]) }
            }
        }
        #expect(signs.count == 2 && signs.contains { $0.dropLast().contains(-1) })
        for (block, latency) in [(1, 0), (50, 20), (10, 61)] as [(UInt64, Int)] {
            let found = self.run(plan, block: block, latency: latency).run
            #expect(found.predictions.map(\.value) == run.predictions.map(\.value), "\(block), \(latency)")
        }
        // The middle frame of step 200 is never answered.
        let lost = self.run(plan, lost: [601]).run
        #expect(lost.gaps.first?[0] == 200 && lost.summary?.restarts == 2)
    }

    @Test func `a replay, which drives nothing, decides the same to the byte`() throws {
        let plan = try PredictionRig.plan()
        let (live, _) = run(plan, hole: 400..<410, latency: 3, lost: [300])
        let graph = StageGraph(plan)
        var again: [String] = []
        let start = Self.time(0)
        for item in live.items {
            item.values.withUnsafeBufferPointer {
                graph.take(PipelineItem(device: item.device, header: item.header, samples: $0)) {
                    again.append($0.line(start: start))
                }
            }
        }
        graph.finish { again.append($0.line(start: start)) }
        #expect(again == live.decisions.map { $0.line(start: start) } && again.count > 100)
    }

    @Test func `behind a hole of the input the film begins anew, and nothing is predicted from before`() throws {
        let (run, film) = run(try PredictionRig.plan(), hole: 400..<430)
        #expect(film.resets == 2 && run.summary?.restarts == 2 && run.gaps == [])
        // No frame of the hole was sent; steps 200 … 214.
        #expect((200..<215).allSatisfy { film.fields[$0] == nil } && film.fields[199] != nil && film.fields[215] != nil)
        let steps = Self.steps(run)
        #expect(steps.last { $0 < 215 } == 199 && steps.first { $0 >= 200 } == 219)
    }

    @Test func `an answer that is lost is told as a gap of the film, and the film begins anew`() throws {
        let (run, film) = run(try PredictionRig.plan(), lost: [300])
        #expect(run.gaps.count == 1 && run.gaps[0][0] == 300 && run.gaps[0][1] >= 1)
        #expect(film.resets == 2 && run.summary?.restarts == 2)
        let steps = Self.steps(run)
        let next = try #require(steps.first { $0 > 299 })
        #expect(steps.contains(299) && next >= 305)
        // A film that answers nothing any more.
        let silent = self.run(try PredictionRig.plan(), frames: 2000, lost: Set(400...10_000)).run
        #expect(silent.gaps.first?[0] == 400 && Self.steps(silent).max() == 399)
        #expect(silent.gaps.first.map { $0[1] > 200 } == true)
    }

    @Test func `a film that is away is not driven, and begins anew when it is back`() throws {
        let film = Film()
        let graph = StageGraph(try PredictionRig.plan(), drives: [[film]])
        func give(_ frames: Range<UInt64>) {
            let header = SampleRingItem(
                stream: 0, channels: 2, frames: frames.count, firstCounter: frames.lowerBound, missingBefore: 0,
                hostTime: Self.time(frames.upperBound - 1))
            frames.flatMap { Self.values($0) }.withUnsafeBufferPointer {
                graph.take(PipelineItem(device: 0, header: header, samples: $0)) { _ in }
            }
        }
        func tell(_ code: DeviceEvent.Code, _ frame: UInt64) {
            let event = DeviceEvent(code: code, value: 0, hostTime: Self.time(frame))
            let nothing = UnsafeBufferPointer<Float>(start: nil, count: 0)
            graph.take(PipelineItem(device: 1, header: SampleRingItem(event: event), samples: nothing)) { _ in }
        }
        give(0..<100)
        tell(.lost, 100)
        give(100..<200)
        tell(.reconnected, 200)
        give(200..<300)
        #expect(film.resets == 2 && film.fields.keys.filter { (50..<100).contains($0) }.isEmpty)
        #expect(film.fields[49] != nil && film.fields[100] != nil)
        // What it did not answer before it was lost.
        #expect(graph.unansweredFrames(.init(device: 1, stream: 0)) == 25)
    }

    @Test func `a band's amplitude of another stream is found by the clocks of both`() throws {
        var devices = PredictionRig.devices
        var other = PredictionRig.streams[0]
        (other.name, other.nominalRate) = ("amp.eeg", 500)
        devices.append(GraphPlan.Device(name: "amp", streams: [other]))
        let rig =
            "[[device]]\nname = \"amp\"\ndriver = \"cyton\"\nport = \"/dev/ttyUSB1\"\n"
            + PredictionRig.rig().replacing("target = \"headset.eeg\"", with: "target = \"amp.eeg\"\ntarget_band_Hz = [10, 90]")
        let plan = try GraphPlan(rig: Rig(text: rig, file: "rig.toml"), devices: devices)
        let found = try GraphPlan.signals(
            of: Rig(text: rig, file: "r").predictors[0], rig: Rig(text: rig, file: "r"), devices: devices)
        #expect(plan.predictors.count == 1 && found.target == "amp.eeg b" && found.inputs == ["a"])
        let collector = StepCollector(found.plan, devices: devices)
        let graph = StageGraph(try GraphPlan(rig: nil, devices: devices), others: [collector])
        for block in 0..<200 as Range<UInt64> {
            for (device, rate) in [(0, 250), (2, 500)] as [(Int, UInt64)] {
                // 20 ms a block; the sine of 30 Hz begins after two seconds.
                let (first, count) = (block * rate / 50, rate / 50)
                let header = SampleRingItem(
                    stream: 0, channels: 2, frames: Int(count), firstCounter: first, missingBefore: 0,
                    hostTime: HostTime(nanoseconds: Int64(block + 1) * 20_000_000 + Int64(device)))
                let values = (first..<first + count).flatMap { frame -> [Float] in
                    let time = Double(frame) / Double(rate)
                    let phase: Double = 60 * Double.pi * time
                    return [1, time < 2 ? 0 : Float(sin(phase))]
                }
                values.withUnsafeBufferPointer {
                    graph.take(PipelineItem(device: device, header: header, samples: $0)) { _ in }
                }
            }
        }
        graph.finish { _ in }
        #expect(collector.series.count == 1)
        let targets = collector.series[0].targets
        #expect(targets.count >= 495)
        // Steps of 8 ms; the window is 0.25 s, and the last block's targets may not have come.
        #expect(targets[100...240].allSatisfy { $0.map { $0 < 1e-6 } ?? false })
        #expect(targets[300...480].allSatisfy { $0.map { abs($0 - 0.5.squareRoot()) < 0.02 } ?? false })
    }

    @Test func `a trained readout runs as it was trained, and one of other settings is refused`() throws {
        let text = PredictionRig.rig("method = \"ridge\"")
        let rig = try Rig(text: text, file: "rig.toml")
        // Without a trained one there is no stage.
        #expect(try GraphPlan(rig: rig, devices: PredictionRig.devices).predictors.isEmpty)
        let settings = rig.predictors[0].settings
        let width = settings.features.width(nodes: 4, inputs: 1)
        let readout = PredictionReadout(
            card: .init(
                settings: settings, inputs: ["a"], target: "headset.eeg b", rate: 250, mean: [0], deviation: [1e-5], nodes: 4,
                channels: 2, reservoir: "test", lambda: 1, trainingSteps: 100, heldBackNRMSE: 1),
            readout: LinearReadout(
                weights: .init(rows: width, columns: 1, values: [0, 0, 0, 0, 2]), intercept: [0.5], lambda: 1))
        let plan = try GraphPlan(rig: rig, devices: PredictionRig.devices, predictors: [readout])
        let (run, _) = run(plan)
        // From the first step on, and by the inputs alone: 0.5 + 2 · a.
        #expect(run.predictions.first?.counter == 15)
        for prediction in run.predictions {
            let frame = prediction.counter - 6
            let a = Double(Self.values(frame)[0])
            let difference: Double = prediction.value - (0.5 + 2 * a / 1e-5)
            #expect(abs(difference) < 1e-12)
        }
        var other = readout
        other.card.settings.horizon = 4
        let error = #expect(throws: SettingsError.self) {
            try GraphPlan(rig: rig, devices: PredictionRig.devices, predictors: [other])
        }
        #expect(error?.description.contains("horizon") == true)
    }
}
