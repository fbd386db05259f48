import Reservoirs
package import Signals

/// Drives a film, or an array of films, with a stream and predicts a number from the answers.
///
/// A step waits for the answers of all films, and for its target, which is learned from and compared with. A frame that was not answered is
/// told as a gap, and the film begins anew; so it does behind a hole of the input. The gap has all driven steps that nothing was made of: with
/// a step that is lost go those behind it that wait. A step that waits for its target alone is never lost, it only goes without.
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
    /// The drive with the signs of one of the step's frames.
    private var frame: [Float]
    /// Of the inputs; nil until enough of them came.
    private var scale: (mean: [Double], deviation: [Double])?
    private var statistics: InputStatistics
    private var scaled: [Double]
    /// Whether the next step follows the last one.
    private var isOpen = false
    private var awayFilms: Set<Int> = []
    /// What was decided while a block was taken; told when it has been.
    private var untold: [Decision] = []
    private var lostSteps: UInt64 = 0
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
        answers = StepAnswers(nodes: nodes, inputs: inputs, turns: plan.settings.features.virtualNodes)
        predictor = StepPredictor(plan.makeMethod(), settings: plan.settings, nodes: nodes.reduce(0, +), inputs: inputs)
        let channels = sinks.reduce(0) { $0 + $1.channels }
        map = plan.settings.map(inputs: inputs, channels: max(1, channels))
        drive = [Float](repeating: 0, count: channels)
        frame = drive
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
            nrmse: predictor.error.nrmse, windowNrmse: (lastWindow ?? window).nrmse, restarts: restarts, lostSteps: lostSteps)
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
                    // The same numbers will come again: neither answers nor targets may be taken for those of before. The clock is
                    // that of the new ones.
                    giveUp(at: header.hostTime, nil) { untold.append($0) }
                    predictor.forgetPredictions()
                }
            ) { step, inputs in drive(step, inputs, clocks) }
        }
    }

    private func drive(_ step: StepSignals.Step, _ inputs: UnsafeBufferPointer<Double>, _ clocks: StreamClocksView) {
        guard let scale else {
            statistics.take(inputs)
            if statistics.steps >= plan.standardiseSteps { scale = (statistics.mean, statistics.deviation) }
            return
        }
        guard awayFilms.isEmpty else {
            isOpen = false
            return
        }
        if !answers.hasRoom { makeRoom(at: step.stamp, clocks) }
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
            frame.withUnsafeMutableBufferPointer { frame in
                for turn in 0..<plan.settings.features.virtualNodes {
                    StateFeatures.setFrame(turn, of: UnsafeBufferPointer(drive), into: frame)
                    send(UnsafeBufferPointer(frame), step: step.number, turn: turn)
                }
            }
        }
    }

    private func send(_ frame: UnsafeBufferPointer<Float>, step: UInt64, turn: Int) {
        let counter = step &* UInt64(plan.settings.features.virtualNodes) &+ UInt64(turn)
        var first = 0
        for sink in sinks {
            sink.send(counter: counter, UnsafeBufferPointer(rebasing: frame[first..<first + sink.channels]))
            first += sink.channels
        }
    }

    /// More steps wait than there is room for: of the oldest one its target is given up, or, where a film is that slow, all are.
    private func makeRoom(at time: HostTime, _ clocks: StreamClocksView) {
        if answers.isAnswered, let step = answers.first {
            process(step, .absent, at: time, clocks) { untold.append($0) }
        } else {
            giveUp(at: time, clocks) { untold.append($0) }
        }
    }

    package func take(_ event: DeviceEvent, device: Int, at time: HostTime, _ emit: (Decision) -> Void) {
        guard event.code == .lost || event.code == .reconnected else { return }
        for film in films.indices where films[film].device == device {
            if event.code == .lost { awayFilms.insert(film) } else { awayFilms.remove(film) }
            giveUp(film, at: time, nil, emit)
        }
    }

    package func settle(now: HostTime, _ clocks: StreamClocksView, _ emit: (Decision) -> Void) {
        for decision in untold { emit(decision) }
        untold.removeAll(keepingCapacity: true)
        while let step = answers.first {
            if let film = answers.silentFilm(now: now) {
                giveUp(film, at: now, clocks, emit)
                return
            }
            guard answers.isAnswered else { return }
            let target = signals.target(of: step, now: now)
            if target == .waiting { return }
            process(step, target, at: now, clocks, emit)
        }
    }

    /// - Parameter clocks: nil where they do not tell the time of the step.
    private func process(
        _ step: StepSignals.Step, _ target: StepSignals.Target, at time: HostTime, _ clocks: StreamClocksView?,
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
            let counter = plan.signals.lastFrame(of: step.number &+ UInt64(plan.settings.horizon))
            emit(
                Decision(
                    content: .prediction(
                        target: targetName, counter: counter,
                        at: clocks?.clock(of: plan.signals.input)?.host(at: Double(counter)), value: prediction),
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

    /// The oldest steps that every film has answered are predicted from, without their targets; the others are told as lost. The film begins
    /// anew with the next step.
    /// - Parameters:
    ///   - film: whose fault it is; nil for the one that the oldest step waits for.
    ///   - clocks: as in `process`.
    private func giveUp(
        _ film: Int? = nil, at time: HostTime, _ clocks: StreamClocksView?, _ emit: (Decision) -> Void
    ) {
        isOpen = false
        while answers.isAnswered, let step = answers.first { process(step, .absent, at: time, clocks, emit) }
        guard let late = film ?? answers.lateFilm else { return }
        answers.abandon { first, count in
            lostSteps += count
            emit(
                Decision(content: .gap(stream: streamNames[late], first: first, count: count), hostTime: time, stage: name))
        }
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
    /// Steps that the films were driven with and that nothing was predicted from: those of the gaps that the stage tells.
    public var lostSteps: UInt64
}
