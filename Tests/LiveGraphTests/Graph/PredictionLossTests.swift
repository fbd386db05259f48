import LinearAlgebra
import LiveGraph
import Reservoirs
import Rigs
import Signals
import Testing

/// What becomes of steps whose answers or targets do not come: each one is predicted from, or told.
@Suite struct PredictionLossTests {
    private final class Film: DriveSink {
        let channels = 2
        var resets = 0
        var driven: [UInt64] = []
        func reset() { resets += 1 }
        func send(counter: UInt64, _ frame: UnsafeBufferPointer<Float>) { driven.append(counter) }
    }

    /// A rig that runs, with what it decides.
    private final class Stand {
        let film = Film()
        private let graph: StageGraph
        private(set) var predicted: [UInt64] = []
        private(set) var gaps: [[UInt64]] = []
        /// Stamps go on, whatever the counters do.
        private var time: Int64 = 1_000_000_000

        init(_ plan: GraphPlan) { graph = StageGraph(plan, drives: [[film]]) }

        var summary: PredictionSummary? { graph.predictions.first }
        var unanswered: UInt64 { graph.unansweredFrames(.init(device: 1, stream: 0)) }

        private func hear(_ decision: Decision) {
            switch decision.content {
            // Steps of two frames, predicted three ahead.
            case .prediction(_, let counter, _, _): predicted.append((counter - 1) / 2 - 3)
            case .gap("film.state", let first, let count): gaps.append([first, count])
            default: break
            }
        }

        private func give(_ device: Int, channels: Int, first: UInt64, frames: Int) {
            let header = SampleRingItem(
                stream: 0, channels: channels, frames: frames, firstCounter: first, missingBefore: 0,
                hostTime: HostTime(nanoseconds: time))
            [Float](repeating: 0.5, count: frames * channels).withUnsafeBufferPointer {
                graph.take(PipelineItem(device: device, header: header, samples: $0), hear)
            }
        }

        /// Frames of the headset, or of another device of its kind, a block at a time.
        func frames(_ range: Range<UInt64>, device: Int = 0, block: UInt64 = 10) {
            for first in stride(from: range.lowerBound, to: range.upperBound, by: Int(block)) {
                if device == 0 { time += 40_000_000 }
                give(device, channels: 2, first: first, frames: Int(min(block, range.upperBound - first)))
            }
        }

        func answer(_ steps: some Sequence<UInt64>) { for step in steps { give(1, channels: 4, first: step, frames: 1) } }

        func loseFilm() {
            let event = DeviceEvent(code: .lost, value: 0, hostTime: HostTime(nanoseconds: time))
            let nothing = UnsafeBufferPointer<Float>(start: nil, count: 0)
            graph.take(PipelineItem(device: 1, header: SampleRingItem(event: event), samples: nothing), hear)
        }
    }

    /// A trained readout, which predicts from the first step behind the washout of four on.
    private static func plan(
        _ text: String = PredictionRig.rig("method = \"ridge\""), devices: [GraphPlan.Device] = PredictionRig.devices,
        target: String = "headset.eeg b"
    ) throws -> GraphPlan {
        let rig = try Rig(text: text, file: "rig.toml")
        let settings = rig.predictors[0].settings
        let width = settings.features.width(nodes: 4, inputs: 1)
        let readout = PredictionReadout(
            card: .init(
                settings: settings, inputs: ["a"], target: target, rate: 250, mean: [0], deviation: [1], nodes: 4, channels: 2,
                reservoir: "test", lambda: 1, trainingSteps: 100, heldBackNRMSE: 1),
            readout: LinearReadout(
                weights: .init(rows: width, columns: 1, values: [Double](repeating: 1, count: width)), intercept: [0], lambda: 1
            ))
        return try GraphPlan(rig: rig, devices: devices, predictors: [readout])
    }

    @Test func `steps that wait when the input's counter begins anew are told, in their unbroken runs`() throws {
        let stand = Stand(try Self.plan())
        stand.frames(0..<80)
        stand.answer(0..<30)
        // Steps 40 … 44 are a hole of the input.
        stand.frames(90..<100)
        stand.frames(0..<20)
        #expect(stand.gaps == [[30, 10], [45, 5]] && stand.unanswered == 15)
        #expect(stand.predicted == Array(4..<30) && stand.film.resets == 3)
        // The same numbers again: of the new steps.
        stand.answer(0..<10)
        #expect(stand.predicted == Array(4..<30) + Array(4..<10))
        let summary = try #require(stand.summary)
        #expect(summary.lostSteps == 15 && summary.predictions == 32 && summary.restarts == 2)
    }

    @Test func `with a step that is lost go the ones behind it, answered or not, and all are counted`() throws {
        let stand = Stand(try Self.plan())
        stand.frames(0..<100)
        stand.answer(0..<30)
        stand.answer(31...31)
        // Nobody waits for these any more.
        stand.answer(32..<50)
        #expect(stand.gaps == [[30, 20]] && stand.summary?.lostSteps == 20)
        // Step 31 was answered.
        #expect(stand.unanswered == 19 && stand.predicted == Array(4..<30))
        stand.frames(100..<120)
        stand.answer(50..<60)
        #expect(stand.predicted == Array(4..<30) + Array(54..<60) && stand.film.resets == 2)
        #expect(stand.film.driven == Array(0..<60))
    }

    @Test func `a film that answers nothing loses what there is no room for, and every lost step is counted`() throws {
        let stand = Stand(try Self.plan(PredictionRig.rig("method = \"ridge\"").replacing("every = 2", with: "every = 1")))
        let room = UInt64(StepAnswers.capacity)
        // One block of more steps than may wait.
        stand.frames(0..<room + 76, block: room + 76)
        #expect(stand.gaps == [[0, room]] && stand.summary?.lostSteps == room && stand.unanswered == room)
        // Every frame was sent, and what is not lost still waits.
        #expect(stand.film.driven == Array(0..<room + 76) && stand.film.resets == 2)
        stand.answer(0..<room + 76)
        #expect(stand.gaps.count == 1 && stand.summary?.predictions == 72 && stand.summary?.restarts == 1)
    }

    @Test func `steps that wait for their targets alone are driven and predicted from, however many there are`() throws {
        var devices = PredictionRig.devices
        var other = PredictionRig.streams[0]
        other.name = "amp.eeg"
        // So late that more steps wait than there is room for.
        devices.append(GraphPlan.Device(name: "amp", streams: [other], latency: 10))
        let text =
            "[[device]]\nname = \"amp\"\ndriver = \"cyton\"\nport = \"/dev/ttyUSB1\"\n"
            + PredictionRig.rig("method = \"ridge\"").replacing("target = \"headset.eeg\"", with: "target = \"amp.eeg\"")
        let stand = Stand(try Self.plan(text, devices: devices, target: "amp.eeg b"))
        for first in stride(from: 0, to: 3000, by: 10) as StrideTo<UInt64> {
            stand.frames(first..<first + 10)
            // Its clock is known; then nothing comes any more.
            if first < 500 { stand.frames(first..<first + 10, device: 2) }
            stand.answer(first / 2..<first / 2 + 5)
        }
        let waiting = UInt64(StepAnswers.capacity)
        #expect(stand.film.driven == Array(0..<1500) && stand.film.resets == 1)
        #expect(stand.predicted == Array(4..<1500 - waiting))
        // The film goes: what it has answered is not lost.
        stand.loseFilm()
        #expect(stand.predicted == Array(4..<1500) && stand.gaps == [] && stand.summary?.lostSteps == 0)
        #expect(stand.unanswered == 0)
    }
}
