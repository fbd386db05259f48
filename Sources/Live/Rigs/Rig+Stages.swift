import Devices
import Settings

/// The stages of the live graph that a rig file lists.
extension Rig {
    /// `[[recognizer]]`: a CTC network that reads words.
    public struct Recognizer: Sendable, Equatable {
        /// Told with its decisions; nil in a rig file with one `[recognizer]`.
        public var name: String?
        /// Folder of a trained model; may also be given on the command line.
        public var model: String?
        /// `adapter`: name of one of the model's adapters, which fits it to a subject; nil for the model as it is.
        public var adapter: String?
        /// Names of streams, "device.stream". One of them is there.
        public var audio: String?
        public var eeg: String?
        /// `alternatives`: how many words beside the best one each decision names, 0 … 10.
        public var alternatives = 0
        /// `partial`: first guesses are told before what is final.
        public var tellsPartial = false
        /// `evidence`: final words come with their posterior and how good the streams were.
        public var tellsEvidence = false
        /// `utterances`: of a model with a beam search, what was said between two end points is told as a whole, too.
        public var tellsUtterances = false
        public var certification = Certification()
        public var line: Int
        /// Lines of its keys in the rig file.
        package var keyLines: [String: Int] = [:]
    }

    /// `[[readout]]`: what a film, or an array of films, answers to stretches of speech is named by a trained readout.
    public struct Readout: Sendable, Equatable {
        public var name: String?
        /// The films, each a device with a drive stream; several form one array, in this order.
        public var devices: [String]
        /// Folder of a trained readout.
        public var readout: String?
        /// The stream whose features drive the films.
        public var audio: String
        public var alternatives = 0
        public var tellsPartial = false
        /// `evidence`: final words come with their posterior and how good the streams were.
        public var tellsEvidence = false
        public var certification = Certification()
        public var line: Int
        /// Lines of its keys in the rig file.
        package var keyLines: [String: Int] = [:]
    }

    /// `[[monitor]]`: watches a measure of a stream's channels and tells when it leaves its range.
    public struct Monitor: Sendable, Equatable {
        public enum Measure: String, Sendable, CaseIterable {
            case mean
            /// About the window's mean.
            case rms
            case peakToPeak = "peak_to_peak"
        }

        public var name: String?
        public var stream: String
        public var measure: Measure
        /// 0.01 … 3600.
        public var window_s: Double
        /// In the stream's unit: it is well from the one to the other.
        public var above: Double
        public var below: Double
        public var line: Int
        /// Lines of its keys in the rig file.
        package var keyLines: [String: Int] = [:]
    }

    /// Reads all stages of a rig file.
    mutating func takeStages(_ rig: SettingsTable, isRecorded: Bool) throws(SettingsError) {
        for table in try rig.someTables("recognizer") { recognizers.append(try recognizer(table)) }
        for table in try rig.someTables("readout") {
            if Self.isPredictor(table) { predictors.append(try predictor(table)) } else { readouts.append(try readout(table)) }
        }
        if let table = try rig.section("reservoir") {
            guard readouts.isEmpty, predictors.isEmpty else {
                throw SettingsError(
                    file: file, line: table.line,
                    reason: .invalidValue(
                        key: "reservoir", value: "a table beside [[readout]]",
                        expected: "only one of the two: write it as [[readout]]"))
            }
            readouts.append(try reservoir(table, isRecorded))
        }
        if !isRecorded { try checkDrives(rig) }
        for table in try rig.someTables("monitor") { monitors.append(try monitor(table, isRecorded)) }
        for (key, count, isList) in [
            ("recognizer", recognizers.count, rig.table("recognizer") == nil),
            ("readout", readouts.count, rig.table("reservoir") == nil),
        ] where count > 0 && !isList {
            hints.append(
                "[\(key == "readout" ? "reservoir" : key)] is the old form of [[\(key)]], of which there may be several")
        }
        var names: Set<String> = []
        let stages =
            recognizers.map { ($0.name, $0.keyLines["name"]) } + readouts.map { ($0.name, $0.keyLines["name"]) }
            + predictors.map { ($0.name, $0.keyLines["name"]) } + monitors.map { ($0.name, $0.keyLines["name"]) }
        for (name, line) in stages {
            guard let name else { continue }
            guard names.insert(name).inserted else {
                throw SettingsError(file: file, line: line ?? 0, reason: .duplicateName(name, kind: "stage"))
            }
        }
        for (kind, unnamed) in [
            ("recognizer", recognizers.count > 1 ? recognizers.first { $0.name == nil }?.line : nil),
            (
                "readout",
                readouts.count + predictors.count > 1
                    ? (readouts.map { ($0.name, $0.line) } + predictors.map { ($0.name, $0.line) }).first { $0.0 == nil }?.1
                    : nil
            ),
        ] {
            guard let unnamed else { continue }
            throw SettingsError(file: file, line: unnamed, reason: .missingKey("name", inTable: "each of several [[\(kind)]]s"))
        }
    }

    private func recognizer(_ table: SettingsTable) throws(SettingsError) -> Recognizer {
        try table.allow(
            ["name", "model", "adapter", "audio", "eeg", "alternatives", "partial", "evidence", "utterances"]
                + Self.certificationKeys)
        let audio = try stream("audio", table)
        let eeg = try stream("eeg", table)
        guard audio != nil || eeg != nil else { throw table.missing("audio” or “eeg") }
        return Recognizer(
            name: try stageName(table), model: try table.string("model"), adapter: try table.string("adapter"), audio: audio,
            eeg: eeg,
            alternatives: try table.whole("alternatives", in: 0...10) ?? 0,
            tellsPartial: try table.boolean("partial") ?? false,
            tellsEvidence: try table.boolean("evidence") ?? false,
            tellsUtterances: try table.boolean("utterances") ?? false, certification: try certification(table),
            line: table.line, keyLines: table.settingLines)
    }

    private func readout(_ table: SettingsTable) throws(SettingsError) -> Readout {
        try table.allow(
            ["name", "device", "devices", "readout", "audio", "alternatives", "partial", "evidence"] + Self.certificationKeys)
        let names = try films(table)
        guard let audio = try stream("audio", table) else { throw table.missing("audio") }
        return Readout(
            name: try stageName(table), devices: names, readout: try table.string("readout"), audio: audio,
            alternatives: try table.whole("alternatives", in: 0...10) ?? 0,
            tellsPartial: try table.boolean("partial") ?? false,
            tellsEvidence: try table.boolean("evidence") ?? false, certification: try certification(table), line: table.line,
            keyLines: table.settingLines)
    }

    /// The films of a readout: one `device`, or several `devices`.
    func films(_ table: SettingsTable) throws(SettingsError) -> [String] {
        var names: [String] = []
        if let list = table.settings["devices"] {
            guard let texts = list.list?.map(\.string), !texts.isEmpty, !texts.contains(nil) else {
                throw table.wrongType("devices", expected: "a list of devices' names")
            }
            names = texts.compactMap(\.self)
            guard table.settings["device"] == nil else {
                throw table.invalid("device", "given beside devices", expected: "one of device and devices")
            }
        } else {
            names = [try table.required("device")]
        }
        let key = table.settings["devices"] == nil ? "device" : "devices"
        for (index, name) in names.enumerated() {
            try checkFilm(name, key: key, table)
            guard names.firstIndex(of: name) == index else {
                throw table.invalid("devices", name, expected: "each film once")
            }
        }
        return names
    }

    /// A film answers one drive at a time: what a second readout sent would change what the first one reads.
    private func checkDrives(_ rig: SettingsTable) throws(SettingsError) {
        var driven: Set<String> = []
        let stages =
            readouts.map { ($0.devices, $0.keyLines, $0.line) } + predictors.map { ($0.devices, $0.keyLines, $0.line) }
        for (devices, keyLines, line) in stages {
            for device in devices where !driven.insert(device).inserted {
                let key = keyLines["devices"] == nil ? "device" : "devices"
                throw SettingsError(
                    file: file, line: keyLines[key] ?? line,
                    reason: .invalidValue(key: key, value: device, expected: "a film that no other readout drives"))
            }
        }
    }

    /// `[reservoir]`, as rig files of 0.1 have it.
    private func reservoir(_ table: SettingsTable, _ isRecorded: Bool) throws(SettingsError) -> Readout {
        try table.allow(["device", "readout", "audio"])
        let name = try table.required("device")
        try checkFilm(name, key: "device", table, isRecorded)
        guard let audio = try stream("audio", table) else { throw table.missing("audio") }
        return Readout(
            name: nil, devices: [name], readout: try table.string("readout"), audio: audio, line: table.line,
            keyLines: table.settingLines)
    }

    /// - Throws: for a name that no device has, and for a device that takes no drive.
    private func checkFilm(
        _ name: String, key: String, _ table: SettingsTable, _ isRecorded: Bool = false
    ) throws(SettingsError) {
        guard let device = device(named: name) else {
            throw SettingsError(
                file: file, line: table.line(of: key),
                reason: .unknownName(name, kind: "device", known: devices.map(\.name)))
        }
        guard isRecorded || DeviceKind.named(device.driver)?.canBeDriven == true else {
            let kinds = DeviceKind.ofRigs.filter(\.canBeDriven).map(\.name).joined(separator: " or ")
            throw table.invalid(key, name, expected: "a film: a device with the driver \(kinds)")
        }
    }

    private func monitor(_ table: SettingsTable, _ isRecorded: Bool) throws(SettingsError) -> Monitor {
        try table.allow(["name", "stream", "measure", "window_s", "above", "below"])
        guard let stream = try stream("stream", table) else { throw table.missing("stream") }
        let word = try table.required("measure")
        guard let measure = Monitor.Measure(rawValue: word) else {
            let known = Monitor.Measure.allCases.map(\.rawValue).joined(separator: ", ")
            throw table.invalid("measure", word, expected: "one of \(known)")
        }
        let (above, below) = (try table.finite("above"), try table.finite("below"))
        guard above != nil || below != nil else { throw table.missing("above” or “below") }
        if let above, let below, above <= below {
            throw table.invalid("above", "\(above)", expected: "more than below, \(below)")
        }
        // A rms and a range are never below 0: such a limit would be no limit, or an alarm for ever.
        if measure != .mean, !isRecorded, let above, above < 0 {
            throw table.invalid("above", "\(above)", expected: "0 or more for \(word), which is never below 0")
        }
        if measure != .mean, !isRecorded, let below, below < 0 {
            throw table.invalid("below", "\(below)", expected: "0 or more for \(word), which is never below 0")
        }
        return Monitor(
            name: try stageName(table), stream: stream, measure: measure,
            window_s: try table.number("window_s", in: 0.01...3600) ?? 1, above: above ?? .infinity,
            below: below ?? -.infinity, line: table.line, keyLines: table.settingLines)
    }

    func stageName(_ table: SettingsTable) throws(SettingsError) -> String? {
        guard let name = try table.string("name") else { return nil }
        guard Self.isName(name) else {
            throw table.invalid(
                "name", name.count > 80 ? name.prefix(80) + "…" : name,
                expected: "at most \(Self.longestName) letters, digits, - and _ (it names files)")
        }
        return name
    }

    /// A stream is named "device.stream"; here only the device can be checked, the stream when the device answers.
    func stream(_ key: String, _ table: SettingsTable) throws(SettingsError) -> String? {
        guard let name = try table.string(key) else { return nil }
        let parts = name.split(separator: ".")
        guard parts.count == 2, devices.contains(where: { $0.mayBeCalled(String(parts[0])) }) else {
            throw SettingsError(
                file: table.file, line: table.line(of: key),
                reason: .unknownName(name, kind: "stream", known: devices.map { "\($0.name).…" }))
        }
        return name
    }
}
