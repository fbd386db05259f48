import LiveGraph
import Rigs
import Signals
import Transports

/// The predictions of a continuous readout as a stream of the Lab Streaming Layer.
///
/// Channels: the value that is predicted, and how many seconds after the stamp the predicted moment lies; NaN where the input's clock does not
/// tell it. The stamp is the time of the decision, as in the event log. Numbers are of 32 bits.
final class PredictionOutlet {
    private let outlet: LSLOutlet

    /// - Parameter target: "device.stream channel".
    /// - Throws: `TransportError` when liblsl is not installed.
    init(_ name: String, target: String) throws {
        outlet = try LSLOutlet(
            StreamDescription(
                name: name, kind: .auxiliary,
                channels: [target, "seconds_ahead"].map { .init(label: $0, unit: .unspecified) }, nominalRate: 0,
                device: "Larmor \(LarmorVersion.text)"), sourceID: "larmor-predictions-\(name)")
    }

    func push(_ value: Double, for moment: HostTime?, at time: HostTime) {
        let frame = [Float(value), moment.map { Float($0 - time) } ?? .nan]
        frame.withUnsafeBufferPointer { outlet.push($0, lastAt: time) }
    }
}

/// What a live rig decides, on the Lab Streaming Layer: the words as one stream, and each continuous readout as a stream of its own.
final class DecisionOutlets {
    private let words: WordOutlet?
    private var predictions: [String?: PredictionOutlet] = [:]

    /// - Parameter name: of the words' stream; those of continuous readouts are `NAME.READOUT`, or `NAME.prediction` for one without a name.
    /// - Throws: `TransportError` when liblsl is not installed.
    init(_ name: String, _ rig: Rig) throws {
        // A rig with nothing but continuous readouts has no words.
        let hasWords = rig.predictors.isEmpty || !(rig.recognizers.isEmpty && rig.readouts.isEmpty)
        words = hasWords ? try WordOutlet(name) : nil
        for predictor in rig.predictors {
            let target = [predictor.target, predictor.targetChannel].compactMap(\.self).joined(separator: " ")
            predictions[predictor.name] = try PredictionOutlet(
                "\(name).\(predictor.name ?? "prediction")", target: target)
        }
    }

    func push(_ decision: Decision) {
        guard case .prediction(_, _, let moment, let value) = decision.content else {
            words?.push(decision)
            return
        }
        predictions[decision.stage]?.push(value, for: moment, at: decision.hostTime)
    }
}
