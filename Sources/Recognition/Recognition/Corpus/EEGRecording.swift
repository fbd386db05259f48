package import Sessions
package import SignalFeatures
import Signals

/// The EEG of a recorded session in memory.
package struct EEGRecording {
    package let rate: Double
    package let channels: Int
    /// Volt, shape `[samples, channels]`.
    package let values: [Float]
    /// Of each sample, from 0; a hole in the stamps is a hole here, as in the device's own counter.
    package let counters: [UInt64]
    /// Whether it was computed from a sound.
    package let isSimulated: Bool

    /// - Throws: `SessionError` when the session has no EEG.
    package init(session folder: String) throws(SessionError) {
        let path = folder + "/" + SessionWriter.recordingName
        let recording = try XDFReader(session: folder)
        guard let stream = recording.streams.first(where: { $0.type == StreamDescription.Kind.eeg.rawValue }),
            stream.samples > 1, stream.nominalRate > 0
        else { throw SessionError(path: path, reason: .unsupported("it holds no EEG stream")) }
        (rate, channels) = (stream.nominalRate, stream.channels)
        // In volts, whatever unit the recording keeps.
        let scales = stream.units.map { Float(UnitWord(word: $0).scale) }
        var values = stream.values.floats
        if scales.contains(where: { $0 != 1 }) {
            for index in values.indices { values[index] *= scales[index % channels] }
        }
        self.values = values
        isSimulated = stream.name.hasPrefix(EEGSimulation.device)
        counters = Self.counters(stream.stamps, rate: rate)
    }

    package init(rate: Double, channels: Int, values: [Float], counters: [UInt64]? = nil) {
        (self.rate, self.channels, self.values) = (rate, channels, values)
        isSimulated = false
        self.counters = counters ?? (0..<UInt64(values.count / max(1, channels))).map { $0 }
    }

    /// A step of stamps of more than one and a half periods is a hole.
    static func counters(_ stamps: [Double], rate: Double) -> [UInt64] {
        var counter: UInt64 = 0
        return stamps.indices.map { index in
            guard index > 0 else { return 0 }
            let periods = (stamps[index] - stamps[index - 1]) * rate
            counter += periods > 1.5 && periods < 1e12 ? UInt64(periods.rounded()) : 1
            return counter
        }
    }

    /// Seconds from the first sample to the last.
    var seconds: Double { Double(counters.last ?? 0) / rate }

    func row<Result>(_ sample: Int, _ body: (UnsafeBufferPointer<Float>) -> Result) -> Result {
        values.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[sample * channels..<(sample + 1) * channels])) }
    }

    /// Raw features of every frame, a hundred a second from the first sample on, as a live run makes them on the EEG's clock; shape
    /// `[frames, rawFeatures]`. Where there are none all channels are masked.
    package func features(_ specification: EEGFrontEndSpecification, regression: [Double]) -> [Float] {
        let front = EEGWindowFrontEnd(specification, regression: regression)
        var absent = [Float](repeating: 0, count: front.features)
        for place in specification.kernelFeatures..<front.features { absent[place] = 1 }
        var frame = absent
        var rows: [Float] = []
        var nextFrame = 0
        let perFrame = rate / EEGFrontEndSpecification.frameRate
        for sample in counters.indices {
            let counter = counters[sample]
            // In a hole every channel is masked.
            while Double(nextFrame) * perFrame < Double(counter) {
                rows += absent
                nextFrame += 1
            }
            row(sample) { front.feed(counter: counter, $0) }
            while Double(nextFrame) * perFrame < Double(counter + 1) {
                let isThere = frame.withUnsafeMutableBufferPointer {
                    front.setFeatures(at: UInt64(Double(nextFrame) * perFrame), $0)
                }
                rows += isThere ? frame : absent
                nextFrame += 1
            }
        }
        return rows
    }
}
