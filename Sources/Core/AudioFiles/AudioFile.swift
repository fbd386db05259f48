import CSndFile
import Glibc

/// Audio of one channel in memory: samples relative to full scale, −1 … 1.
public struct AudioFile: Sendable, Equatable {
    /// One channel, relative to full scale.
    public var samples: [Float]
    /// Frames per second.
    public var rate: Int

    public init(samples: [Float], rate: Int) {
        self.samples = samples
        self.rate = rate
    }

    /// Length; 0 for a rate of 0.
    public var seconds: Double { rate > 0 ? Double(samples.count) / Double(rate) : 0 }

    /// Times full scale: a larger number, or none, is damage.
    private static let largest: Float = 1000

    /// Reads any format that libsndfile knows; several channels are averaged.
    /// - Throws: ``AudioError``.
    public init(path: String) throws(AudioError) {
        // A FIFO or a device would hold the reader for ever.
        var status = stat()
        guard stat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG else {
            throw AudioError(path: path, reason: .unreadable("it is no regular file"))
        }
        var info = SF_INFO()
        guard let file = sf_open(path, Int32(SFM_READ), &info) else {
            throw AudioError(path: path, reason: .unreadable(SoundFileFault.ofReading()))
        }
        defer { sf_close(file) }
        let channels = Int(info.channels)
        let frames = Int(info.frames)
        // A damaged header may claim more than any file holds.
        guard channels > 0, frames >= 0, frames < 1 << 31, info.samplerate > 0 else {
            throw AudioError(path: path, reason: .unreadable("\(channels) channels, \(frames) frames, \(info.samplerate) Hz"))
        }
        // Piece by piece: a header may claim more than there is.
        let piece = 1 << 16
        var interleaved = [Float](repeating: 0, count: piece * channels)
        let scale = 1 / Float(channels)
        var samples: [Float] = []
        while case let read = Int(sf_readf_float(file, &interleaved, sf_count_t(piece))), read > 0 {
            for frame in 0..<read {
                let sample =
                    channels == 1
                    ? interleaved[frame] : (0..<channels).reduce(Float(0)) { $0 + interleaved[frame * channels + $1] } * scale
                guard abs(sample) <= Self.largest else {
                    throw AudioError(
                        path: path,
                        reason: .unreadable(
                            "sample \(samples.count) is \(sample); expected numbers relative to full scale, about −1 … 1"))
                }
                samples.append(sample)
            }
        }
        if let missing = SoundChunk(path: path)?.missingBytes {
            throw AudioError(
                path: path,
                reason: .unreadable("the file is cut: \(missing) bytes of sound that its header tells of are missing"))
        }
        self.samples = samples
        rate = Int(info.samplerate)
    }

    /// Writes a 16-bit WAV file.
    /// - Throws: ``AudioError``.
    public func write(path: String) throws(AudioError) {
        var info = SF_INFO()
        info.samplerate = Int32(rate)
        info.channels = 1
        info.format = Int32(SF_FORMAT_WAV | SF_FORMAT_PCM_16)
        guard let file = sf_open(path, Int32(SFM_WRITE), &info) else {
            throw AudioError(path: path, reason: .notWritten(SoundFileFault.ofWriting(nil, channels: 1, rate: rate)))
        }
        defer { sf_close(file) }
        guard sf_writef_float(file, samples, sf_count_t(samples.count)) == sf_count_t(samples.count) else {
            throw AudioError(path: path, reason: .notWritten(SoundFileFault.ofWriting(file, channels: 1, rate: rate)))
        }
    }
}
