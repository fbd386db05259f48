public import Sessions
import SignalFeatures
import Signals

/// EEG features at 100 Hz from a recorded session: the background that a recogniser is trained with.
public struct BackgroundEEG: Sendable {
    /// Shape `[frames, 5 · channels]`.
    public let features: [Float]
    public let channels: Int

    /// - Throws: `SessionError` when the session has no EEG.
    public init(session folder: String) throws(SessionError) {
        let path = folder + "/" + SessionWriter.recordingName
        let recording = try XDFReader(path: path)
        guard let stream = recording.streams.first(where: { $0.type == StreamDescription.Kind.eeg.rawValue }),
            stream.samples > 500, stream.nominalRate > 0
        else {
            throw SessionError(
                path: path, reason: .unsupported("it holds no EEG stream of two seconds or more"))
        }
        let channels = stream.channels
        self.channels = channels
        let front = EEGFrontEnd(channels: channels, rate: stream.nominalRate)
        // In volts, whatever unit the recording keeps.
        let scales = stream.units.map { Float(UnitWord(word: $0).scale) }
        var values = stream.values.floats
        if scales.contains(where: { $0 != 1 }) {
            for index in values.indices { values[index] *= scales[index % channels] }
        }
        var rows: [Float] = []
        var frame = [Float](repeating: 0, count: front.features)
        var nextFrame = 1.0
        for sample in 0..<stream.samples {
            let row = values[sample * channels..<(sample + 1) * channels]
            row.withUnsafeBufferPointer { front.feed(counter: UInt64(sample), $0) }
            // The filters need a second to settle.
            while nextFrame * stream.nominalRate / 100 <= Double(sample) {
                nextFrame += 1
                guard Double(sample) > stream.nominalRate else { continue }
                let isThere = frame.withUnsafeMutableBufferPointer {
                    front.setFeatures(at: UInt64(sample), $0)
                }
                if isThere { rows += frame }
            }
        }
        features = rows
    }
}
