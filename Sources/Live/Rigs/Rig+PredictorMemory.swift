import Reservoirs
public import Settings

extension Rig {
    /// A continuous readout keeps past steps: for its delays, and until each prediction's target is known.
    /// - Parameters:
    ///   - nodes: of its films together.
    ///   - inputs: channels that drive them.
    /// - Throws: where the rig file asks for more than ``PredictionSettings/mostKept`` numbers.
    public func checkMemory(of section: Predictor, nodes: Int, inputs: Int) throws(SettingsError) {
        let settings = section.settings
        // Answers wait for each other, and for their targets.
        let waiting = 1024 * nodes * settings.features.virtualNodes
        if settings.features.virtualNodes > 1, waiting > PredictionSettings.mostKept {
            throw SettingsError(
                file: file, line: section.keyLines["virtual_nodes"] ?? section.line,
                reason: .invalidValue(
                    key: "virtual_nodes", value: "\(settings.features.virtualNodes) with \(nodes) readings",
                    expected: "at most \(PredictionSettings.mostKept) numbers of answers that wait, not \(waiting)"))
        }
        let (delays, horizon) = settings.kept(nodes: nodes, inputs: inputs)
        guard delays + horizon > PredictionSettings.mostKept else { return }
        let isHorizon = horizon >= delays
        let key = isHorizon ? "horizon" : "delays"
        let columns = settings.features.width(nodes: nodes, inputs: inputs)
        throw SettingsError(
            file: file, line: section.keyLines[key] ?? section.line,
            reason: .invalidValue(
                key: key,
                value: isHorizon
                    ? "\(settings.horizon) with \(columns) columns"
                    : "\(settings.features.delays.max() ?? 0) with \(nodes) readings",
                expected: "at most \(PredictionSettings.mostKept) numbers of past steps, not \(delays + horizon): "
                    + "shorter delays, a shorter horizon, or fewer readings"))
    }
}
