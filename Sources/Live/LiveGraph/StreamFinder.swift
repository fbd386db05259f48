import Recognition
import Reservoirs
import Rigs
import Settings
import SignalFeatures
import Signals

/// Finds streams by the names that a rig has for them, and refuses what does not fit.
struct StreamFinder {
    let devices: [GraphPlan.Device]
    let rig: Rig

    func recognizer(_ section: Rig.Recognizer, _ model: RecognizerModel) throws(SettingsError) -> GraphPlan.Recognizer {
        var found = GraphPlan.Recognizer(
            name: section.name, audio: nil, eeg: nil, model: model, alternatives: section.alternatives,
            tellsPartial: section.tellsPartial, tellsEvidence: section.tellsEvidence, tellsUtterances: section.tellsUtterances)
        guard !section.tellsUtterances || model.decoding != nil else {
            throw invalid(
                "utterances", "true", expected: "a model with a beam search (`larmor model decoding`), which finds them",
                section.keyLines["utterances"] ?? section.line)
        }
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
