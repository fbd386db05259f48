package import Recognition
package import Reservoirs
package import Rigs
package import Settings
import SignalFeatures
public import Signals

/// What a graph is made from: the devices with their streams, and the stages with the streams that they take.
public struct GraphPlan: Sendable {
    /// A device and its streams.
    public struct Device: Sendable {
        public var name: String
        public var streams: [StreamDescription]
        /// Seconds from the sensor to the arrival of its bytes.
        public var latency: Double

        public init(name: String, streams: [StreamDescription], latency: Double = 0) {
            self.name = name
            self.streams = streams
            self.latency = latency
        }
    }

    /// Place of a stream: device and stream index.
    package struct Place: Equatable, Hashable, Sendable {
        package var device: Int
        package var stream: Int

        package init(device: Int, stream: Int) {
            self.device = device
            self.stream = stream
        }
    }

    /// A ``RecognizerStage``. One of the streams is there.
    package struct Recognizer: Sendable {
        package var name: String?
        package var audio: Place?
        package var eeg: Place?
        package var model: RecognizerModel
        /// How many words beside the best one a decision names, and whether first guesses are told.
        package var alternatives = 0
        package var tellsPartial = false
        /// Whether final words come with their evidence.
        package var tellsEvidence = false
    }

    /// A ``ReadoutStage``.
    package struct Readout: Sendable {
        package var name: String?
        package var audio: Place
        /// The films' answers.
        package var films: [Place]
        package var readout: FilmReadout
        package var alternatives = 0
        package var tellsPartial = false
        /// Whether final words come with their evidence.
        package var tellsEvidence = false
    }

    /// A ``MonitorStage``.
    package struct Monitor: Sendable {
        package typealias Measure = Rig.Monitor.Measure

        package var name: String?
        package var place: Place
        package var measure: Measure
        /// Frames; of no meaning for an irregular stream.
        package var window: Int
        /// For an irregular stream, seconds of a window; nil for all others.
        package var seconds: Double?
        /// In which the measure is well.
        package var range: ClosedRange<Float>
    }

    /// In the order of the rig file; places of streams count in it.
    public var devices: [Device]
    package var recognizers: [Recognizer] = []
    package var readouts: [Readout] = []
    package var predictors: [Predictor] = []
    package var monitors: [Monitor] = []

    /// Finds the rig's streams among those that the devices have.
    /// - Parameters:
    ///   - rig: nil where there is none (an imported recording): it has no stages then.
    ///   - models: of the rig's recognisers in their order; those without one are left out.
    ///   - readouts: of the rig's readouts that name words, likewise.
    ///   - predictors: of the rig's continuous readouts, likewise; those that learn while they run need none.
    /// - Throws: ``SettingsError`` when a stream that the rig names does not exist or does not fit the model.
    package init(
        rig: Rig?, devices: [Device], models: [RecognizerModel?] = [], readouts: [FilmReadout?] = [],
        predictors: [PredictionReadout?] = []
    ) throws(SettingsError) {
        self.devices = devices
        guard let rig else { return }
        let find = StreamFinder(devices: devices, rig: rig)
        for (section, model) in zip(rig.recognizers, models) {
            guard let model else { continue }
            recognizers.append(try find.recognizer(section, model))
        }
        for (section, readout) in zip(rig.readouts, readouts) {
            guard let readout else { continue }
            self.readouts.append(try find.readout(section, readout))
        }
        for (index, section) in rig.predictors.enumerated() {
            let trained = predictors.indices.contains(index) ? predictors[index] : nil
            if section.method == .ridge, trained == nil { continue }
            self.predictors.append(try find.predictor(section, trained))
        }
        for section in rig.monitors { monitors.append(try find.monitor(section)) }
    }
}

/// Finds streams by the names that a rig has for them, and refuses what does not fit.
struct StreamFinder {
    let devices: [GraphPlan.Device]
    let rig: Rig

    func recognizer(_ section: Rig.Recognizer, _ model: RecognizerModel) throws(SettingsError) -> GraphPlan.Recognizer {
        var found = GraphPlan.Recognizer(
            name: section.name, audio: nil, eeg: nil, model: model, alternatives: section.alternatives,
            tellsPartial: section.tellsPartial, tellsEvidence: section.tellsEvidence)
        if let name = section.audio, model.card.isHearing {
            let audio = try place(name, section.keyLines["audio"] ?? section.line)
            try checkRate(audio, model.card.audioRate, section.keyLines["audio"] ?? section.line)
            found.audio = audio
        }
        if let name = section.eeg, model.card.eegChannels > 0 {
            let place = try place(name, section.keyLines["eeg"] ?? section.line)
            let channels = devices[place.device].streams[place.stream].channelCount
            guard channels == model.card.eegChannels else {
                throw invalid(
                    "eeg", "\(name) with \(channels) channels",
                    expected: "\(model.card.eegChannels) channels, as the model was trained with",
                    section.keyLines["eeg"] ?? section.line)
            }
            let rate = devices[place.device].streams[place.stream].nominalRate
            if let expected = model.card.eegFrontEnd?.rate, rate != expected {
                throw invalid(
                    "eeg", "\(name) at \(rate) Hz", expected: "\(expected) Hz, as the model's front end was made for",
                    section.keyLines["eeg"] ?? section.line)
            }
            found.eeg = place
        }
        guard found.eeg != nil || model.card.isHearing else {
            throw invalid(
                "model", "one that reads EEG only", expected: "one that hears sound, or a stream of EEG (eeg = …)",
                section.keyLines["model"] ?? section.line)
        }
        guard found.audio != nil || found.eeg != nil else {
            throw invalid(
                "model", "one that hears sound only", expected: "one that reads EEG, or a stream of sound",
                section.keyLines["model"] ?? section.line)
        }
        return found
    }

    func readout(_ section: Rig.Readout, _ readout: FilmReadout) throws(SettingsError) -> GraphPlan.Readout {
        let line = section.keyLines["audio"] ?? section.line
        let audio = try place(section.audio, line)
        try checkRate(audio, readout.card.audioRate, line)
        let devicesLine = section.keyLines["devices"] ?? section.keyLines["device"] ?? section.line
        let (films, nodes) = try films(section.devices, section.keyLines, section.line)
        guard nodes == readout.card.nodes else {
            throw invalid(
                section.devices.count == 1 ? "device" : "devices",
                "\(section.devices.joined(separator: ", ")) with \(nodes) readings",
                expected: "\(readout.card.nodes) readings, as the readout was trained with", devicesLine)
        }
        return GraphPlan.Readout(
            name: section.name, audio: audio, films: films, readout: readout, alternatives: section.alternatives,
            tellsPartial: section.tellsPartial, tellsEvidence: section.tellsEvidence)
    }

    /// The streams of films' answers, and how many readings they have together.
    func films(
        _ names: [String], _ keyLines: [String: Int], _ line: Int
    ) throws(SettingsError) -> (places: [GraphPlan.Place], nodes: Int) {
        let devicesLine = keyLines["devices"] ?? keyLines["device"] ?? line
        var films: [GraphPlan.Place] = []
        var nodes = 0
        for name in names {
            guard let d = devices.firstIndex(where: { $0.name == name }),
                let s = devices[d].streams.firstIndex(where: { $0.kind == .magnetisation })
            else {
                throw SettingsError(
                    file: rig.file, line: devicesLine,
                    reason: .unknownName(name, kind: "device", known: devices.map(\.name)))
            }
            films.append(.init(device: d, stream: s))
            nodes += devices[d].streams[s].channelCount
        }
        return (films, nodes)
    }

    func monitor(_ section: Rig.Monitor) throws(SettingsError) -> GraphPlan.Monitor {
        let line = section.keyLines["stream"] ?? section.line
        let place = try place(section.stream, line)
        let stream = devices[place.device].streams[place.stream]
        guard !stream.isText else { throw invalid("stream", section.stream, expected: "a stream of numbers", line) }
        return GraphPlan.Monitor(
            name: section.name, place: place, measure: section.measure,
            window: max(1, Int(saturating: (section.window_s * stream.nominalRate).rounded())),
            seconds: stream.nominalRate > 0 ? nil : section.window_s,
            range: Float(section.below)...Float(section.above))
    }

    func place(_ name: String, _ line: Int) throws(SettingsError) -> GraphPlan.Place {
        for (d, device) in devices.enumerated() {
            for (s, stream) in device.streams.enumerated() where stream.name == name {
                return GraphPlan.Place(device: d, stream: s)
            }
        }
        throw SettingsError(
            file: rig.file, line: line,
            reason: .unknownName(name, kind: "stream", known: devices.flatMap { $0.streams.map(\.name) }))
    }

    private func checkRate(_ audio: GraphPlan.Place, _ expected: Int, _ line: Int) throws(SettingsError) {
        let rate = devices[audio.device].streams[audio.stream].nominalRate
        guard rate == Double(expected) else {
            throw invalid("rate", "\(rate)", expected: "\(expected) Hz, as the model was trained with", line)
        }
    }

    func invalid(_ key: String, _ value: String, expected: String, _ line: Int) -> SettingsError {
        SettingsError(file: rig.file, line: line, reason: .invalidValue(key: key, value: value, expected: expected))
    }
}
