package import Confidence
package import Recognition
package import Reservoirs
package import Rigs
package import Settings
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
        /// Whether utterances of a beam search are told beside their words.
        package var tellsUtterances = false
        /// Turns scores into confidences; nil without a certificate.
        package var certified: CertifiedConfidence?
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
        package var certified: CertifiedConfidence?
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
    package var drifts: [Drift] = []

    /// Finds the rig's streams among those that the devices have.
    /// - Parameters:
    ///   - rig: nil where there is none (an imported recording): it has no stages then.
    ///   - models: of the rig's recognisers in their order; those without one are left out.
    ///   - readouts: of the rig's readouts that name words, likewise.
    ///   - predictors: of the rig's continuous readouts, likewise; those that learn while they run need none.
    ///   - certificates: of its recognisers and readouts that name words.
    /// - Throws: ``SettingsError`` when a stream that the rig names does not exist or does not fit the model.
    package init(
        rig: Rig?, devices: [Device], models: [RecognizerModel?] = [], readouts: [FilmReadout?] = [],
        predictors: [PredictionReadout?] = [], certificates: Certificates = Certificates()
    ) throws(SettingsError) {
        self.devices = devices
        guard let rig else { return }
        let find = StreamFinder(devices: devices, rig: rig)
        for (index, (section, model)) in zip(rig.recognizers, models).enumerated() {
            guard let model else { continue }
            var found = try find.recognizer(section, model)
            found.certified = try find.certified(section.certification, certificates.model(index), section.line)
            if found.certified != nil, model.adapter != nil {
                throw find.invalid(
                    "certificate", "one beside an adapter",
                    expected: "a recogniser alone: its certificate says nothing of other scores",
                    section.keyLines["certificate"] ?? section.line)
            }
            found.tellsEvidence = found.tellsEvidence || found.certified?.readsPosterior == true
            recognizers.append(found)
            guard found.certified != nil else { continue }
            let line = section.keyLines["truth"] ?? section.line
            drifts += [try find.drift(section.certification, name: section.name, isFilm: false, line)].compactMap(\.self)
        }
        for (index, (section, readout)) in zip(rig.readouts, readouts).enumerated() {
            guard let readout else { continue }
            var found = try find.readout(section, readout)
            found.certified = try find.certified(section.certification, certificates.readout(index), section.line)
            found.tellsEvidence = found.tellsEvidence || found.certified?.readsPosterior == true
            self.readouts.append(found)
            guard found.certified != nil else { continue }
            let line = section.keyLines["truth"] ?? section.line
            drifts += [try find.drift(section.certification, name: section.name, isFilm: true, line)].compactMap(\.self)
        }
        for (index, section) in rig.predictors.enumerated() {
            let trained = predictors.indices.contains(index) ? predictors[index] : nil
            if section.method == .ridge, trained == nil { continue }
            self.predictors.append(try find.predictor(section, trained))
        }
        for section in rig.monitors { monitors.append(try find.monitor(section)) }
    }
}
