import AudioFiles
import Sessions
import Signals

/// The sound of a recorded session, from the first sample of its EEG on: both then count their seconds alike.
enum SessionSound {
    static func isSession(_ path: String) -> Bool { SessionManifest.isThere(path) }

    /// - Returns: the first channel of the session's sound; silence where it began after the EEG.
    /// - Throws: `SessionError` when the session has no sound or no EEG.
    static func read(session folder: String) throws(SessionError) -> AudioFile {
        let recording = try XDFReader(session: folder)
        let path = folder + "/" + SessionWriter.recordingName
        guard
            let sound = recording.streams.first(where: {
                $0.type == StreamDescription.Kind.audio.rawValue && $0.samples > 0 && $0.nominalRate >= 8000
            }), let first = sound.firstStamp
        else { throw SessionError(path: path, reason: .unsupported("it holds no sound of 8,000 Hz or more")) }
        guard let eeg = recording.streams.first(where: { $0.type == StreamDescription.Kind.eeg.rawValue }),
            let zero = eeg.firstStamp
        else {
            throw SessionError(path: path, reason: .unsupported("it holds no EEG, which the seconds of its sound count from"))
        }
        let all = sound.values.floats
        var scale: Float = 1
        if case .int16 = sound.values { scale = 1 / 32_768 }
        var samples = stride(from: 0, to: all.count, by: sound.channels).map { all[$0] * scale }
        let offset = (first - zero) * sound.nominalRate
        guard offset.isFinite, abs(offset) < 1e9 else {
            throw SessionError(path: path, reason: .unsupported("its sound and its EEG are \(first - zero) s apart"))
        }
        let steps = Int(offset.rounded())
        if steps > 0 {
            samples = [Float](repeating: 0, count: steps) + samples
        } else {
            samples.removeFirst(min(samples.count, -steps))
        }
        return AudioFile(samples: samples, rate: Int(sound.nominalRate.rounded()))
    }
}
