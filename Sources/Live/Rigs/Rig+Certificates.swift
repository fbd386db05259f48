import Devices
import Settings

extension Rig {
    /// What a stage that names words does with their confidences, in its own table of the rig file.
    public struct Certification: Sendable, Equatable {
        /// `certificate`: the file, or the folder it is in; may also be given on the command line. Without one, words keep their raw
        /// scores alone.
        public var certificate: String?
        /// Costs of acting on a wrong word, of ignoring a right one, and of asking; nil for the usual ones, and for nobody to ask.
        public var costFalse: Double?
        public var costMiss: Double?
        public var costConfirm: Double?
        /// `truth`: the stream of texts, "device.stream", whose texts are what is said next. With it the confidences are watched.
        public var truth: String?
        /// `drift_window`: words that are looked at; nil for the usual number.
        public var driftWindow: Int?

        public init() {}
    }

    static let certificationKeys = ["certificate", "cost_false", "cost_miss", "cost_confirm", "truth", "drift_window"]

    /// What a window may be, in words.
    private static let windows = 20...100_000

    func certification(_ table: SettingsTable) throws(SettingsError) -> Certification {
        var found = Certification()
        found.certificate = try table.string("certificate")
        found.costFalse = try cost("cost_false", table)
        found.costMiss = try cost("cost_miss", table)
        found.costConfirm = try cost("cost_confirm", table)
        found.driftWindow = try table.whole("drift_window", in: Self.windows)
        found.truth = try truth(table)
        if found.driftWindow != nil, found.truth == nil { throw table.missing("truth") }
        return found
    }

    private func cost(_ key: String, _ table: SettingsTable) throws(SettingsError) -> Double? {
        guard let cost = try table.finite(key) else { return nil }
        guard cost > 0 else { throw table.invalid(key, "\(cost)", expected: "a number above 0, in any unit") }
        return cost
    }

    /// The console is no device of a rig file: it is there when somebody shows prompts.
    private func truth(_ table: SettingsTable) throws(SettingsError) -> String? {
        if let name = try table.string("truth"), Self.isOfConsole(name) {
            let known = ["prompts", "markers"].map { ConsoleDriver.name + "." + $0 }
            guard known.contains(name) else {
                throw table.invalid("truth", name, expected: "one of \(known.joined(separator: ", ")), or a device's stream")
            }
            return name
        }
        return try stream("truth", table)
    }

    /// Whether a stream is of the console, which is there only when somebody shows prompts or types.
    package static func isOfConsole(_ stream: String) -> Bool { stream.hasPrefix(ConsoleDriver.name + ".") }

    /// Folders within a session that keep the certificates of its recognisers and of its readouts, in their order. A certificate is
    /// there if and only if it was used.
    package var modelCertificateFolders: [String] { modelFolders.map { Self.certificates + "/" + $0 } }
    package var readoutCertificateFolders: [String] { readoutFolders.map { Self.certificates + "/" + $0 } }

    package static let certificates = "certificates"

    /// Each model with its certificate; models behind the last certificate have none.
    package static func pairs(_ certificates: [String?], _ models: [String?]) -> [(certificate: String?, model: String?)] {
        models.enumerated().map { (certificates.indices.contains($0) ? certificates[$0] : nil, $1) }
    }

    /// Certificates of the recognisers.
    /// - Parameter first: in place of what the rig file says for the first one.
    public func modelCertificates(first: String?) -> [String?] {
        recognizers.enumerated().map { $0 == 0 ? first ?? $1.certification.certificate : $1.certification.certificate }
    }

    /// Certificates of the readouts that name words, likewise.
    public func readoutCertificates(first: String?) -> [String?] {
        readouts.enumerated().map { $0 == 0 ? first ?? $1.certification.certificate : $1.certification.certificate }
    }
}
