/// Brings raw EEG features to what a network takes, frame by frame: z-score, kernel PCA, slopes, mask. Its state is a value: a copy is a
/// branch of the same stream. Nothing is allocated for a frame.
public struct EEGProjection: Sendable {
    public let specification: EEGFrontEndSpecification
    public let fit: EEGFrontEndFit
    private var slopes: Slopes
    private var row: [Double]
    private var scratch: [Double]
    private var decoder: EnvelopeDecoder?
    private var frame: [Double]

    public init(_ specification: EEGFrontEndSpecification, _ fit: EEGFrontEndFit) {
        (self.specification, self.fit) = (specification, fit)
        let features =
            specification.decoder != nil ? EnvelopeDecoder.outputs : fit.kernel?.components ?? specification.kernelFeatures
        slopes = Slopes(features: features, order: specification.slopes)
        row = [Double](repeating: 0, count: specification.kernelFeatures)
        scratch = [Double](repeating: 0, count: fit.kernel?.count ?? 0)
        frame = [Double](repeating: 0, count: features * (1 + specification.slopes))
        decoder = specification.decoder.map {
            EnvelopeDecoder($0, channels: specification.featureChannels.count, weights: fit.decoder)
        }
    }

    /// What comes next does not follow what was before.
    public mutating func restart() {
        slopes.restart()
        decoder?.restart()
    }

    /// Raw features of a frame without EEG: every channel is masked.
    public var absentRow: [Float] {
        let width = specification.kernelFeatures
        return (0..<specification.rawFeatures).map { $0 < width ? 0 : 1 }
    }

    /// A whole utterance from its beginning, shape `[frames, outputs]`.
    /// - Parameter raw: shape `[frames, rawFeatures]`.
    public func rows(_ raw: [Float]) -> [Float] {
        var own = self
        own.restart()
        let (width, outputs) = (specification.rawFeatures, specification.outputs)
        let frames = raw.count / width
        var result = [Float](repeating: 0, count: frames * outputs)
        raw.withUnsafeBufferPointer { raw in
            result.withUnsafeMutableBufferPointer { result in
                for frame in 0..<frames {
                    own.set(
                        UnsafeBufferPointer(rebasing: raw[frame * width..<(frame + 1) * width]),
                        into: UnsafeMutableBufferPointer(rebasing: result[frame * outputs..<(frame + 1) * outputs]))
                }
            }
        }
        return result
    }

    /// - Parameters:
    ///   - raw: of one frame, as ``EEGWindowFrontEnd`` makes them; nil when there is no EEG: every channel is masked.
    ///   - target: ``EEGFrontEndSpecification/outputs`` values, the share of masked channels last.
    public mutating func set(_ raw: UnsafeBufferPointer<Float>?, into target: UnsafeMutableBufferPointer<Float>) {
        let width = row.count
        let channels = width / WindowFeatures.count
        var masked = 0
        for channel in 0..<channels {
            let isMasked = raw.map { $0[width + channel] != 0 } ?? true
            masked += isMasked ? 1 : 0
            for k in channel * WindowFeatures.count..<(channel + 1) * WindowFeatures.count {
                guard let raw, !isMasked else {
                    row[k] = 0
                    continue
                }
                row[k] = EEGFrontEndFit.standardised(raw[k], fit.mean[k], fit.deviation[k], specification.largest)
            }
        }
        if decoder != nil {
            decoder?.begin()
            for channel in 0..<channels {
                decoder?.take(row[channel * WindowFeatures.count + WindowFeatures.meanPlace], channel: channel)
            }
        }
        frame.withUnsafeMutableBufferPointer { frame in
            row.withUnsafeBufferPointer { row in
                if let decoder {
                    decoder.set(UnsafeMutableBufferPointer(rebasing: frame[..<EnvelopeDecoder.outputs]))
                } else if let kernel = fit.kernel {
                    scratch.withUnsafeMutableBufferPointer { scratch in
                        kernel.project(
                            row, scratch: scratch, into: UnsafeMutableBufferPointer(rebasing: frame[..<kernel.components]))
                    }
                } else {
                    for k in 0..<width { frame[k] = row[k] }
                }
            }
            slopes.set(frame)
            for k in 0..<frame.count { target[k] = Float(frame[k]) }
        }
        if specification.tellsMask { target[frame.count] = Float(masked) / Float(channels) }
    }
}
