import CSampleRate

extension AudioFile {
    /// The same sound at another rate, through libsamplerate's medium band-limited interpolation.
    /// - Throws: ``AudioError`` for a ratio beyond 1/256 … 256.
    public func resampled(to target: Int) throws(AudioError) -> AudioFile {
        guard target != rate else { return self }
        let ratio = Double(target) / Double(rate)
        // What libsamplerate can do.
        guard (1.0 / 256...256).contains(ratio) else {
            throw AudioError(
                path: "audio at \(rate) Hz", reason: .resampling("to \(target) Hz, expected a rate within a factor of 256"))
        }
        var output = [Float](repeating: 0, count: Int((Double(samples.count) * ratio).rounded(.up)) + 16)
        let (code, count) = samples.withUnsafeBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                var data = SRC_DATA()
                data.data_in = input.baseAddress
                data.input_frames = input.count
                data.data_out = output.baseAddress
                data.output_frames = output.count
                data.src_ratio = ratio
                let code = src_simple(&data, Int32(SRC_SINC_MEDIUM_QUALITY), 1)
                return (code, Int(data.output_frames_gen))
            }
        }
        guard code == 0 else {
            throw AudioError(path: "audio at \(rate) Hz", reason: .resampling("fault \(code) of libsamplerate"))
        }
        return AudioFile(samples: Array(output[..<count]), rate: target)
    }
}
