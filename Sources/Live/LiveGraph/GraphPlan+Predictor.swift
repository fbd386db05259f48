package import Reservoirs
package import Rigs
package import Settings
import SignalFeatures
import Signals

extension GraphPlan {
    /// A ``PredictionStage``.
    package struct Predictor: Sendable {
        package var name: String?
        /// "device.stream channel".
        package var target: String
        package var signals: StepSignals.Plan
        /// The films' answers.
        package var films: [Place]
        package var settings: PredictionSettings
        /// A trained one; nil for one that learns.
        package var readout: PredictionReadout?
        package var forgetting = 1.0
        package var regularisation = 1.0
        package var nodes: Int
        /// Steps from which mean and spread of the inputs are taken.
        package var standardiseSteps: Int
        /// Steps from one report of the error to the next.
        package var reportSteps: Int

        func makeMethod() -> StepPredictor.Method {
            if let readout { return .fitted(readout.readout) }
            let width = settings.features.width(nodes: nodes, inputs: signals.inputChannels.count)
            do {
                return .learning(
                    try RecursiveLeastSquares(nodes: width, outputs: 1, ridge: regularisation, forgetting: forgetting))
            } catch {
                // The rig file's ranges lie within those that it takes.
                preconditionFailure("\(error)")
            }
        }
    }

    /// The signals of a rig's continuous readout among streams that may be another rig's: for training.
    package static func signals(
        of section: Rig.Predictor, rig: Rig, devices: [Device]
    ) throws(SettingsError) -> (plan: StepSignals.Plan, rate: Double, inputs: [String], target: String) {
        try StreamFinder(devices: devices, rig: rig).signals(section)
    }
}

extension StreamFinder {
    /// Columns that a readout that learns may have: its memory and its time a step grow with their square.
    private static let mostColumns = 8192

    func predictor(_ section: Rig.Predictor, _ readout: PredictionReadout?) throws(SettingsError) -> GraphPlan.Predictor {
        let found = try signals(section)
        let (films, nodes) = try films(section.devices, section.keyLines, section.line)
        let stepRate = found.rate / Double(section.settings.every)
        let width = section.settings.features.width(nodes: nodes, inputs: found.inputs.count)
        try rig.checkMemory(of: section, nodes: nodes, inputs: found.inputs.count)
        var predictor = GraphPlan.Predictor(
            name: section.name, target: found.target, signals: found.plan, films: films, settings: section.settings,
            nodes: nodes,
            standardiseSteps: max(2, Int(saturating: (section.standardise_s * stepRate).rounded())),
            reportSteps: max(2, Int(saturating: (section.report_s * stepRate).rounded())))
        switch section.method {
        case .rls(let forgetting, let regularisation):
            guard width <= Self.mostColumns else {
                throw invalid(
                    "method", "rls with \(width) columns",
                    expected: "at most \(Self.mostColumns) columns for rls: fewer nodes or delays, or method = \"ridge\"",
                    line("method", section))
            }
            (predictor.forgetting, predictor.regularisation) = (forgetting, regularisation)
        case .ridge:
            guard let readout else { break }
            try check(readout.card, section, found.rate, found.inputs, found.target, nodes)
            predictor.readout = readout
        }
        return predictor
    }

    /// What a readout was trained to holds for the rig.
    private func check(
        _ card: PredictionReadout.Card, _ section: Rig.Predictor, _ rate: Double, _ inputs: [String], _ target: String,
        _ nodes: Int
    ) throws(SettingsError) {
        let (own, trained) = (section.settings, card.settings)
        func text(_ band: [Double]?) -> String { band.map { "\($0)" } ?? "none" }
        func features(_ features: StateFeatures) -> String {
            "leak \(features.leak), squares \(features.hasSquares), delays \(features.delays), inputs \(features.hasInputs), "
                + "virtual nodes \(features.virtualNodes)"
        }
        let compared: [(key: String, found: String, expected: String)] = [
            ("device", "\(nodes) readings", "\(card.nodes) readings"), ("input", "\(rate) Hz", "\(card.rate) Hz"),
            ("input_channels", inputs.joined(separator: ", "), card.inputs.joined(separator: ", ")),
            ("target", target, card.target), ("every", "\(own.every)", "\(trained.every)"),
            ("horizon", "\(own.horizon)", "\(trained.horizon)"), ("scale_T", "\(own.scale_T)", "\(trained.scale_T)"),
            ("density", "\(own.density)", "\(trained.density)"), ("bias", "\(own.bias)", "\(trained.bias)"),
            ("seed", "\(own.seed)", "\(trained.seed)"),
            ("input_band_Hz", text(own.inputBand_Hz), text(trained.inputBand_Hz)),
            ("target_band_Hz", text(own.targetBand_Hz), text(trained.targetBand_Hz)),
            ("band_window_s", "\(own.bandWindow_s)", "\(trained.bandWindow_s)"),
            ("leak", features(own.features), features(trained.features)),
        ]
        for (key, found, expected) in compared where found != expected {
            throw invalid(key, found, expected: "\(expected), as the readout was trained with", line(key, section))
        }
    }

    func signals(
        _ section: Rig.Predictor
    ) throws(SettingsError) -> (plan: StepSignals.Plan, rate: Double, inputs: [String], target: String) {
        let (input, target) = (
            try place(section.input, line("input", section)), try place(section.target, line("target", section))
        )
        let (from, to) = (devices[input.device].streams[input.stream], devices[target.device].streams[target.stream])
        for (key, stream) in [("input", from), ("target", to)] where stream.isText || stream.nominalRate <= 0 {
            throw invalid(key, stream.name, expected: "a stream of numbers with a rate", line(key, section))
        }
        for (key, place) in [("input", input), ("target", target)] where isAnswer(place, of: section.devices) {
            throw invalid(
                key, devices[place.device].streams[place.stream].name,
                expected:
                    "a stream that its own film does not answer with: another device's, or that of another readout's film",
                line(key, section))
        }
        let names = section.inputChannels ?? from.channels.map(\.label)
        var channels: [Int] = []
        for name in names { channels.append(try channel(name, from, "input_channels", section)) }
        guard !channels.isEmpty, channels.count <= 1000 else {
            throw invalid(
                "input_channels", "\(channels.count)", expected: "1 to 1,000 channels", line("input_channels", section))
        }
        if section.targetChannel == nil, to.channelCount != 1 {
            throw SettingsError(
                file: rig.file, line: line("target", section), reason: .missingKey("target_channel", inTable: "the [[readout]]")
            )
        }
        let targetName = section.targetChannel ?? to.channels[0].label
        let settings = section.settings
        let plan = StepSignals.Plan(
            input: input, inputChannels: channels, target: target,
            targetChannel: try channel(targetName, to, "target_channel", section), every: settings.every,
            inputBand: try band(settings.inputBand_Hz, from, "input_band_Hz", section),
            targetBand: try band(settings.targetBand_Hz, to, "target_band_Hz", section), bandWindow: settings.bandWindow_s,
            lag: max(0, devices[target.device].latency - devices[input.device].latency))
        return (plan, from.nominalRate, names, "\(to.name) \(targetName)")
    }

    /// Whether a stream has the answers of one of the films.
    private func isAnswer(_ place: GraphPlan.Place, of films: [String]) -> Bool {
        let device = devices[place.device]
        return films.contains(device.name) && device.streams.firstIndex { $0.kind == .magnetisation } == place.stream
    }

    private func channel(
        _ name: String, _ stream: StreamDescription, _ key: String, _ section: Rig.Predictor
    ) throws(SettingsError) -> Int {
        guard let found = stream.channels.firstIndex(where: { $0.label == name }) else {
            throw SettingsError(
                file: rig.file, line: line(key, section),
                reason: .unknownName(name, kind: "channel of \(stream.name)", known: stream.channels.map(\.label)))
        }
        return found
    }

    private func band(
        _ edges: [Double]?, _ stream: StreamDescription, _ key: String, _ section: Rig.Predictor
    ) throws(SettingsError) -> ClosedRange<Double>? {
        guard let edges else { return nil }
        guard edges.count == 2, edges[0] > 0, edges[0] < edges[1], edges[1] < stream.nominalRate / 2 else {
            throw invalid(
                key, "\(edges) of a stream of \(stream.nominalRate) Hz", expected: "edges below half the stream's rate",
                line(key, section))
        }
        guard section.settings.bandWindow_s * stream.nominalRate <= 10_000_000 else {
            throw invalid(
                "band_window_s", "\(section.settings.bandWindow_s)", expected: "a window of at most 10,000,000 frames",
                line("band_window_s", section))
        }
        let band = edges[0]...edges[1]
        guard BandAmplitude.settling(rate: stream.nominalRate, band: band) <= 10_000_000 else {
            throw invalid(
                key, "\(edges) of a stream of \(stream.nominalRate) Hz",
                expected: "a band whose filters settle within 10,000,000 frames: a wider one, or one of higher frequencies",
                line(key, section))
        }
        return band
    }

    private func line(_ key: String, _ section: Rig.Predictor) -> Int { section.keyLines[key] ?? section.line }
}
