import Reservoirs
package import Signals

/// Drives a film, or an array of films, with a stream and predicts a number from the answers.
///
/// A step waits for the answers of all films, and for its target, which is learned from and compared with. A frame that was not answered is
/// told as a gap, and the film begins anew; so it does behind a hole of the input.
package final class PredictionStage: Stage {
    package let streams: [GraphPlan.Place]
    private let name: String?
    private let plan: GraphPlan.Predictor
    private let films: [GraphPlan.Place]
    private let streamNames: [String]
    private let targetName: String
    private var signals: StepSignals
    private var answers: StepAnswers
    private let predictor: StepPredictor
    private let sinks: [any DriveSink]
    private let map: InputMap
    private var drive: [Float]
    /// Of the inputs; nil until enough of them came.
    private var scale: (mean: [Double], deviation: [Double])?
    private var statistics: InputStatistics
    private var scaled: [Double]
    /// Whether the next step follows the last one.
    private var isOpen = false
    /// A film is so slow that more steps wait than there is room for.
    private var isOverrun = false
    private var awayFilms: Set<Int> = []
    private var window = RunningError()
    private var lastWindow: RunningError?
    private var restarts: UInt64 = 0

    /// - Parameter sinks: where each film's drive goes, in the order of the plan's films; none in a replay.
    package init(_ plan: GraphPlan.Predictor, devices: [GraphPlan.Device], sinks: [any DriveSink]) {
        self.plan = plan
        (name, films, self.sinks) = (plan.name, plan.films, sinks)
        streams = plan.signals.streams + plan.films
        streamNames = plan.films.map { devices[$0.device].streams[$0.stream].name }
        targetName = plan.target
        signals = StepSignals(plan.signals, devices: devices)
        let inputs = plan.signals.inputChannels.count
        let nodes = plan.films.map { devices[$0.device].streams[$0.stream].channelCount }
        answers = StepAnswers(nodes: nodes, inputs: inputs)
        predictor = StepPredictor(plan.makeMethod(), settings: plan.settings, nodes: nodes.reduce(0, +), inputs: inputs)
        let channels = sinks.reduce(0) { $0 + $1.channels }
        map = plan.settings.map(inputs: inputs, channels: max(1, channels))
        drive = [Float](repeating: 0, count: channels)
        statistics = InputStatistics(inputs: inputs)
        scaled = [Double](repeating: 0, count: inputs)
        scale = plan.readout.map { ($0.card.mean, $0.card.deviation) }
    }

    package func unansweredFrames(_ place: GraphPlan.Place) -> UInt64 {
        films.firstIndex(of: place).map { answers.unanswered[$0] } ?? 0
    }

    /// What the run's report says of it.
    package var summary: PredictionSummary {
        PredictionSummary(
            stage: name, target: targetName, predictions: predictor.predictions, compared: predictor.error.count,
            nrmse: predictor.error.nrmse, windowNrmse: (lastWindow ?? window).nrmse, restarts: restarts)
    }

    package func take(
        _ header: SampleRingItem, _ values: UnsafeBufferPointer<Float>, from place: GraphPlan.Place, _ clocks: StreamClocksView
    ) {
        if let film = films.firstIndex(of: place) {
            answers.take(header, values, film: film)
        } else {
            signals.take(
                header, values, from: place, clocks,
                interrupted: { isAnew in
                    isOpen = false
                    guard isAnew else { return }
                    // The same numbers will come again: neither answers nor targets may be taken for those of before.
                    answers.removeAll()
                    predictor.forgetPredictions()
                }
            ) { step, inputs in drive(step, inputs) }
        }
    }

    private func drive(_ step: StepSignals.Step, _ inputs: UnsafeBufferPointer<Double>) {
        guard let scale else {
            statistics.take(inputs)
            if statistics.steps >= plan.standardiseSteps { scale = (statistics.mean, statistics.deviation) }
            return
        }
        guard awayFilms.isEmpty, answers.hasRoom else {
            isOpen = false
            isOverrun = awayFilms.isEmpty
            return
        }
        for input in scaled.indices {
            scaled[input] = PredictionSettings.standardised(
                inputs[input], mean: scale.mean[input], deviation: scale.deviation[input])
        }
        if !isOpen { for sink in sinks { sink.reset() } }
        answers.append(step, inputs: scaled, isFirst: !isOpen)
        isOpen = true
        guard !sinks.isEmpty else { return }
        drive.withUnsafeMutableBufferPointer { drive in
            scaled.withUnsafeBufferPointer { map.setDrive($0, drive) }
            var first = 0
            for sink in sinks {
                let fields = drive[first..<first + sink.channels]
                sink.send(counter: step.number, UnsafeBufferPointer(UnsafeMutableBufferPointer(rebasing: fields)))
                first += sink.channels
            }
        }
    }

    package func take(_ event: DeviceEvent, device: Int, at time: HostTime, _ emit: (Decision) -> Void) {
        guard event.code == .lost || event.code == .reconnected else { return }
        for film in films.indices where films[film].device == device {
            if event.code == .lost { awayFilms.insert(film) } else { awayFilms.remove(film) }
            abandon(film, at: time, emit)
        }
    }

    package func settle(now: HostTime, _ clocks: StreamClocksView, _ emit: (Decision) -> Void) {
        while let step = answers.first {
            let film = isOverrun ? answers.lateFilm : answers.silentFilm(now: now)
            isOverrun = false
            if let film {
                abandon(film, at: now, emit)
                return
            }
            guard answers.isAnswered else { return }
            let target = signals.target(of: step, now: now)
            if target == .waiting { return }
            process(step, target, at: now, clocks, emit)
        }
    }

    private func process(
        _ step: StepSignals.Step, _ target: StepSignals.Target, at time: HostTime, _ clocks: StreamClocksView,
        _ emit: (Decision) -> Void
    ) {
        var known: Double?
        if case .value(let value) = target { known = value }
        let prediction = answers.removeFirst { isFirst, state, inputs in
            if isFirst {
                predictor.restart()
                restarts += 1
            }
            return predictor.take(step: step.number, state: state, inputs: inputs, target: known) { target, prediction in
                window.add(target: target, prediction: prediction)
            }
        }
        if let prediction {
            let counter = signals.lastFrame(of: step.number &+ UInt64(plan.settings.horizon))
            emit(
                Decision(
                    content: .prediction(
                        target: targetName, counter: counter,
                        at: clocks.clock(of: plan.signals.input)?.host(at: Double(counter)), value: prediction),
                    hostTime: time, stage: name))
        }
        if window.count >= UInt64(plan.reportSteps) { report(at: time, emit) }
    }

    private func report(at time: HostTime, _ emit: (Decision) -> Void) {
        emit(
            Decision(
                content: .predictionError(
                    target: targetName, nrmse: predictor.error.nrmse, steps: predictor.error.count, windowNRMSE: window.nrmse,
                    windowSteps: window.count),
                hostTime: time, stage: name))
        // What is left at the end is told, but a whole window says more.
        if lastWindow == nil || window.count >= UInt64(plan.reportSteps) { lastWindow = window }
        window = RunningError()
    }

    package func finish(at time: HostTime, _ clocks: StreamClocksView, _ emit: (Decision) -> Void) {
        settle(now: time, clocks, emit)
        if window.count > 0 { report(at: time, emit) }
    }

    /// What still waits at the end is no loss, as long as it may still come.
    package func close(at time: HostTime, _ emit: (Decision) -> Void) { answers.removeAll() }

    /// Steps that a film has not answered are told, and the film begins anew with the next step.
    private func abandon(_ film: Int, at time: HostTime, _ emit: (Decision) -> Void) {
        isOpen = false
        guard let lost = answers.abandon() else { return }
        emit(
            Decision(
                content: .gap(stream: streamNames[film], first: lost.first, count: lost.count), hostTime: time, stage: name))
    }
}

/// What a run says of a continuous readout.
public struct PredictionSummary: Codable, Sendable, Equatable {
    /// nil for a stage without a name.
    public var stage: String?
    /// "device.stream channel".
    public var target: String
    public var predictions: UInt64
    /// Predictions whose target came.
    public var compared: UInt64
    /// √(mean squared error / variance of the target) over all of them; nil where the target did not change.
    public var nrmse: Double?
    /// Over the last whole window that was reported.
    public var windowNrmse: Double?
    /// How often the film began, the first time included.
    public var restarts: UInt64
}
