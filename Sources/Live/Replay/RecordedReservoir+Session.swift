import Devices
import Foundation
import Protocols
public import Reservoirs
public import Sessions
import Signals

extension RecordedReservoir {
    /// A film of a recorded session in place of the film, for readouts that are fitted or tried again.
    /// - Parameters:
    ///   - session: the session's folder.
    ///   - device: the film's name; nil when the session has only one device that takes a drive.
    /// - Throws: `SessionError` when there is no such film or its answers are not whole.
    public convenience init(session: String, device: String? = nil) throws(SessionError) {
        self.init(try ReservoirRecording(session: session, device: device))
    }
}

extension ReservoirRecording {
    /// What a film of a session was sent and what it answered, from its wire log.
    ///
    /// A run begins with each reset and whenever the device was opened, because a film that is opened begins in its initial state.
    /// Drives that were never answered count when they are the last ones of their run.
    /// - Throws: `SessionError`.
    public init(session: String, device name: String?) throws(SessionError) {
        let manifest = try SessionManifest(folder: session)
        let films = manifest.devices.filter { $0.driver == "riglink" }
        let candidates = name.map { name in films.filter { $0.name == name } } ?? films
        guard !candidates.isEmpty else {
            let known = films.isEmpty ? "none" : films.map(\.name).joined(separator: ", ")
            let what = name.map { "no RigLink device “\($0)” was recorded" } ?? "no RigLink device was recorded"
            throw SessionError(path: session, reason: .unsupported("\(what); RigLink devices: \(known)"))
        }
        var found: [ReservoirRecording] = []
        for device in candidates {
            var reading = try RigLinkQuestions(path: session + "/" + device.wire)
            if let recording = try reading.recording() { found.append(recording) }
        }
        guard let first = found.first else {
            throw SessionError(
                path: session,
                reason: .unsupported(
                    "\(candidates.map(\.name).joined(separator: ", ")): no drive was sent and answered while this was recorded; "
                        + "record with `larmor recognize --output`"))
        }
        guard found.count == 1 else {
            let names = candidates.map(\.name).joined(separator: ", ")
            throw SessionError(path: session, reason: .unsupported("several films were recorded; name one of \(names)"))
        }
        self = first
    }
}

/// Pairs the drive frames of a wire log with their answers.
private struct RigLinkQuestions {
    private let path: String
    private var reader: WireLogReader
    private var descriptor: RigLinkDescriptor?
    private var drive = 0
    private var answer = 0
    private var runs: [Run] = []

    /// Frames between two resets, in the order in which they were sent.
    private struct Run {
        var seed: UInt64
        /// Of the frames' counters among the inputs.
        var places: [UInt64: Int] = [:]
        var inputs: [(counter: UInt64, values: [Float])] = []
        /// One place for each input.
        var states: [[Float]?] = []
    }

    init(path: String) throws(SessionError) {
        self.path = path
        reader = try WireLogReader(path: path)
    }

    /// nil for a device without a drive or without answers.
    mutating func recording() throws(SessionError) -> ReservoirRecording? {
        var sent = RigLinkDecoder()
        var received = RigLinkDecoder()
        while let record = reader.next() {
            switch record.kind {
            case .configuration:
                guard descriptor == nil else { continue }
                let stored: DecoderConfiguration
                do throws(ConfigurationError) {
                    stored = try DecoderConfiguration(json: record.body)
                } catch {
                    throw SessionError(
                        path: path, reason: .damaged(offset: 0, expected: "a device's configuration", found: "\(error)"))
                }
                guard let configuration = stored.as(RigLinkConfiguration.self) else {
                    throw SessionError(
                        path: path,
                        reason: .damaged(offset: 0, expected: "a RigLink device's configuration", found: "something else"))
                }
                descriptor = configuration.descriptor
                guard let answer = configuration.descriptor.streams.firstIndex(where: { $0.answers != nil }) else { return nil }
                (self.answer, drive) = (answer, configuration.descriptor.streams[answer].answers ?? 0)
                guard configuration.descriptor.streams.indices.contains(drive) else { return nil }
            case .sent:
                record.body.withUnsafeBytes { bytes in
                    sent.feed(bytes) { header, payload in takeSent(header.type, payload) }
                }
            case .received, .handshake:
                record.body.withUnsafeBytes { bytes in
                    received.feed(bytes) { header, payload in
                        if header.type == .samples { takeAnswer(payload) }
                    }
                }
            case .event: break
            }
        }
        guard let descriptor else { return nil }
        var result = ReservoirRecording(
            description: "\(descriptor.maker) \(descriptor.model)", inputs: descriptor.streams[drive].channels,
            nodes: descriptor.streams[answer].channels)
        for run in runs {
            if let whole = try pair(run) { result.runs.append(whole) }
        }
        return result.runs.isEmpty ? nil : result
    }

    private mutating func takeSent(_ type: RigLinkType, _ payload: UnsafeRawBufferPointer) {
        switch type {
        case .start: runs.append(Run(seed: 0))
        case .reset:
            guard payload.count >= 8 else { return }
            let seed = UInt64(littleEndian: payload.loadUnaligned(as: UInt64.self))
            runs.append(Run(seed: seed))
        case .drive:
            guard let descriptor, let frames = RigLinkFrames(payload), frames.stream == drive else { return }
            if runs.isEmpty { runs.append(Run(seed: 0)) }
            for (index, values) in frames.values(of: descriptor.streams[drive]).enumerated() {
                let (run, counter) = (runs.count - 1, frames.firstCounter &+ UInt64(index))
                runs[run].places[counter] = runs[run].inputs.count
                runs[run].inputs.append((counter, values))
                runs[run].states.append(nil)
            }
        default: break
        }
    }

    /// Answers may come after the next reset was sent, so each goes to the run that asked last under its counter.
    private mutating func takeAnswer(_ payload: UnsafeRawBufferPointer) {
        guard let descriptor, let frames = RigLinkFrames(payload), frames.stream == answer else { return }
        for (index, values) in frames.values(of: descriptor.streams[answer]).enumerated() {
            let counter = frames.firstCounter &+ UInt64(index)
            guard let run = runs.lastIndex(where: { $0.places[counter] != nil }), let place = runs[run].places[counter] else {
                continue
            }
            runs[run].states[place] = values
        }
    }

    private func pair(_ run: Run) throws(SessionError) -> ReservoirRecording.Run? {
        var result = ReservoirRecording.Run(seed: run.seed)
        guard let last = run.states.lastIndex(where: { $0 != nil }) else { return nil }
        for index in 0...last {
            guard let state = run.states[index] else {
                throw SessionError(
                    path: path,
                    reason: .damaged(
                        offset: 0, expected: "an answer to each drive frame",
                        found: "none to frame \(run.inputs[index].counter), and one to a later frame"))
            }
            result.inputs += run.inputs[index].values
            result.states += state
        }
        return result
    }
}

extension RigLinkFrames {
    /// The frames' values in the stream's unit, one list per frame; none when the payload is not whole.
    fileprivate func values(of stream: RigLinkDescriptor.Stream) -> [[Float]] {
        guard frames > 0, values.count == frames * stream.channels * stream.format.size else { return [] }
        return (0..<frames).map { frame in
            (0..<stream.channels).map { channel in
                let offset = (frame * stream.channels + channel) * stream.format.size
                return switch stream.format {
                case .float32:
                    Float(bitPattern: UInt32(littleEndian: values.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
                case .int16:
                    Float(Int16(littleEndian: values.loadUnaligned(fromByteOffset: offset, as: Int16.self))) * stream.scale
                case .int32:
                    Float(Int32(littleEndian: values.loadUnaligned(fromByteOffset: offset, as: Int32.self))) * stream.scale
                }
            }
        }
    }
}
