package import Recognition
package import Reservoirs
package import Rigs
package import Settings
public import Signals

/// What a graph is made from: the devices with their streams, and which of them feed which recogniser.
public struct GraphPlan: Sendable {
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
    package struct Place: Equatable, Sendable {
        package var device: Int
        package var stream: Int

        package init(device: Int, stream: Int) {
            self.device = device
            self.stream = stream
        }
    }

    public var devices: [Device]
    package var audio: Place?
    package var eeg: Place?
    /// The film's answers.
    package var film: Place?
    package var model: RecognizerModel?
    package var readout: FilmReadout?

    /// Finds the rig's streams among those that the devices have.
    /// - Parameters:
    ///   - rig: nil where there is none (an imported recording): nothing is recognised then.
    ///   - model: nil to run without the CTC recogniser.
    ///   - readout: nil to run without the film.
    /// - Throws: ``SettingsError`` when a stream that the rig names does not exist or does not fit the model.
    package init(rig: Rig?, devices: [Device], model: RecognizerModel?, readout: FilmReadout?) throws(SettingsError) {
        self.devices = devices
        guard let rig else { return }
        self.model = model
        self.readout = readout
        if let recognizer = rig.recognizer, model != nil {
            audio = try Self.place(recognizer.audio, devices, rig)
            if let eeg = recognizer.eeg, let channels = model?.card.eegChannels, channels > 0 {
                let place = try Self.place(eeg, devices, rig)
                let found = devices[place.device].streams[place.stream].channelCount
                guard found == channels else {
                    throw SettingsError(
                        file: rig.file, line: 0,
                        reason: .invalidValue(
                            key: "eeg", value: "\(eeg) with \(found) channels",
                            expected: "\(channels) channels, as the model was trained with"))
                }
                self.eeg = place
            }
        }
        if let reservoir = rig.reservoir, let readout {
            let heard = try Self.place(reservoir.audio, devices, rig)
            guard audio == nil || audio == heard else {
                throw SettingsError(
                    file: rig.file, line: 0,
                    reason: .invalidValue(
                        key: "audio", value: reservoir.audio, expected: "the stream that the recogniser hears, too"))
            }
            audio = heard
            film = try Self.filmPlace(reservoir.device, devices, rig, readout)
        }
        try checkAudioRate(rig)
    }

    var decisionNames: DecisionNames {
        DecisionNames(
            words: model?.card.words ?? [], filmWords: readout?.card.labels ?? [],
            streams: devices.flatMap { $0.streams.map(\.name) }, devices: devices.map(\.name),
            channels: devices.flatMap { $0.streams.map(\.channelCount) },
            lines: devices.flatMap { $0.streams.map { $0.debounce == nil ? [] : $0.channels.map(\.label) } })
    }

    private func checkAudioRate(_ rig: Rig) throws(SettingsError) {
        guard let audio else { return }
        let rate = devices[audio.device].streams[audio.stream].nominalRate
        for expected in [model?.card.audioRate, readout?.card.audioRate].compactMap({ $0 }) where Double(expected) != rate {
            throw SettingsError(
                file: rig.file, line: 0,
                reason: .invalidValue(
                    key: "rate", value: "\(rate)", expected: "\(expected) Hz, as the model was trained with"))
        }
    }

    private static func place(_ name: String, _ devices: [Device], _ rig: Rig) throws(SettingsError) -> Place {
        for (d, device) in devices.enumerated() {
            for (s, stream) in device.streams.enumerated() where stream.name == name {
                return Place(device: d, stream: s)
            }
        }
        throw SettingsError(
            file: rig.file, line: 0,
            reason: .unknownName(name, kind: "stream", known: devices.flatMap { $0.streams.map(\.name) }))
    }

    private static func filmPlace(
        _ name: String, _ devices: [Device], _ rig: Rig, _ readout: FilmReadout
    ) throws(SettingsError) -> Place {
        guard let d = devices.firstIndex(where: { $0.name == name }),
            let s = devices[d].streams.firstIndex(where: { $0.kind == .magnetisation })
        else {
            throw SettingsError(
                file: rig.file, line: 0, reason: .unknownName(name, kind: "device", known: devices.map(\.name)))
        }
        let channels = devices[d].streams[s].channelCount
        guard channels == readout.card.nodes else {
            throw SettingsError(
                file: rig.file, line: 0,
                reason: .invalidValue(
                    key: "device", value: "\(name) with \(channels) readings",
                    expected: "\(readout.card.nodes) readings, as the readout was trained with"))
        }
        return Place(device: d, stream: s)
    }
}
