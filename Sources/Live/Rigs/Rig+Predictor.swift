public import Reservoirs
import Settings

extension Rig {
    /// `[[readout]]` with a `target`: a film, or an array of films, follows a stream, and a readout of its states predicts a number.
    public struct Predictor: Sendable, Equatable {
        public enum Method: Sendable, Equatable {
            /// A trained readout.
            case ridge
            /// Learns while it runs: recursive least squares.
            case rls(forgetting: Double, regularisation: Double)
        }

        public var name: String?
        /// The films, each a device with a drive stream; several form one array, in this order.
        public var devices: [String]
        /// Folder of a trained readout; nil for one that learns.
        public var readout: String?
        /// The stream whose frames drive the films, and its channels; nil for all.
        public var input: String
        public var inputChannels: [String]?
        public var target: String
        /// nil for the stream's only channel.
        public var targetChannel: String?
        public var method: Method
        public var settings: PredictionSettings
        /// Seconds at the beginning from which a readout that learns takes mean and spread of its inputs.
        public var standardise_s: Double
        /// Seconds from one report of the error to the next.
        public var report_s: Double
        public var line: Int
        /// Lines of its keys in the rig file.
        package var keyLines: [String: Int] = [:]
    }

    private static let keys = [
        "name", "device", "devices", "readout", "input", "input_channels", "input_band_Hz", "target", "target_channel",
        "target_band_Hz", "band_window_s", "every", "horizon", "method", "forgetting", "regularisation", "leak", "squares",
        "delays", "virtual_nodes", "inputs", "washout", "scale_T", "density", "bias", "standardise_s", "report_s",
    ]

    /// Keys that only a continuous readout has.
    static func isPredictor(_ table: SettingsTable) -> Bool {
        ["target", "input", "method"].contains { table.settings[$0] != nil }
    }

    func predictor(_ table: SettingsTable) throws(SettingsError) -> Predictor {
        try table.allow(Self.keys)
        let devices = try films(table)
        guard let target = try stream("target", table) else { throw table.missing("target") }
        guard let input = try stream("input", table) else { throw table.missing("input") }
        var channels: [String]?
        if let list = table.settings["input_channels"] {
            let texts = list.list?.map(\.string) ?? []
            let names = texts.compactMap(\.self)
            guard !names.isEmpty, names.count == texts.count, Set(names).count == names.count else {
                throw table.wrongType("input_channels", expected: "a list of different channels' names")
            }
            channels = names
        }
        let method = try method(table)
        let readout = try table.string("readout")
        if case .rls = method, let readout {
            throw table.invalid(
                "readout", readout, expected: "no readout: the method rls learns while it runs (method = \"ridge\" has one)")
        }
        if method == .ridge, table.settings["standardise_s"] != nil {
            throw table.invalid("standardise_s", "given", expected: "nothing: the trained readout knows it (rls has this key)")
        }
        return Predictor(
            name: try stageName(table), devices: devices, readout: readout, input: input, inputChannels: channels,
            target: target, targetChannel: try table.string("target_channel"), method: method,
            settings: PredictionSettings(
                every: try table.whole("every", in: 1...1_000_000) ?? 1,
                horizon: try table.whole("horizon", in: 0...100_000) ?? 1,
                washout: try table.whole("washout", in: 0...1_000_000) ?? 50,
                scale_T: try table.number("scale_T", in: 1e-9...100) ?? 0.05,
                density: try table.number("density", in: 1e-6...1) ?? 0.1, bias: try table.number("bias", in: 0...100) ?? 1,
                seed: seed,
                features: StateFeatures(
                    leak: try table.number("leak", in: 1e-6...1) ?? 1, hasInputs: try table.boolean("inputs") ?? true,
                    hasSquares: try table.boolean("squares") ?? false, delays: try delays(table),
                    virtualNodes: try table.whole("virtual_nodes", in: 1...64) ?? 1),
                inputBand_Hz: try band("input_band_Hz", table), targetBand_Hz: try band("target_band_Hz", table),
                bandWindow_s: try table.number("band_window_s", in: 1e-4...3600) ?? 0.25),
            standardise_s: try table.number("standardise_s", in: 0.01...3600) ?? 2,
            report_s: try table.number("report_s", in: 0.1...86_400) ?? 10, line: table.line, keyLines: table.settingLines)
    }

    private func method(_ table: SettingsTable) throws(SettingsError) -> Predictor.Method {
        let word = try table.required("method")
        switch word {
        case "rls":
            return .rls(
                forgetting: try table.number("forgetting", in: 0.5...1) ?? 0.999,
                regularisation: try table.number("regularisation", in: 1e-12...1e12) ?? 0.01)
        case "ridge":
            for key in ["forgetting", "regularisation"] where table.settings[key] != nil {
                throw table.invalid(key, "given", expected: "nothing: it is for the method rls")
            }
            return .ridge
        default: throw table.invalid("method", word, expected: "ridge (trained) or rls (learns while it runs)")
        }
    }

    private func delays(_ table: SettingsTable) throws(SettingsError) -> [Int] {
        guard let setting = table.settings["delays"] else { return [] }
        let steps = (setting.list ?? []).compactMap(\.integer).map { Int(clamping: $0) }
        guard let list = setting.list, steps.count == list.count, Set(steps).count == steps.count, steps.count <= 100,
            steps.allSatisfy({ (1...100_000).contains($0) })
        else { throw table.wrongType("delays", expected: "a list of different numbers of steps, as [1, 2, 5]") }
        return steps
    }

    private func band(_ key: String, _ table: SettingsTable) throws(SettingsError) -> [Double]? {
        guard let setting = table.settings[key] else { return nil }
        let edges = (setting.list ?? []).compactMap { $0.number ?? $0.integer.map { Double($0) } }
        guard edges.count == 2, setting.list?.count == 2, edges[0] > 0, edges[0] < edges[1], edges[1] <= 1e6 else {
            throw table.wrongType(key, expected: "two edges in hertz, the lower one above 0 and first, as [8, 12]")
        }
        return edges
    }

    /// Folders within a session that keep what the continuous readouts were trained to, in their order.
    package var predictorFolders: [String] { predictors.map { Self.folder("readout", $0.name) } }

    /// Folders of the trained continuous readouts.
    /// - Parameter first: in place of what the rig file says for the first one that is trained, where the rig has no readout that names words.
    public func predictors(first: String?) -> [String?] {
        let place = readouts.isEmpty ? predictors.firstIndex { $0.method == .ridge } : nil
        return predictors.enumerated().map { $0 == place ? first ?? $1.readout : $1.readout }
    }
}
