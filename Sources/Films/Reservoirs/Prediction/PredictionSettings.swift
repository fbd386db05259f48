/// How a continuous readout drives its film and what it reads: a trained one depends on all of it.
public struct PredictionSettings: Codable, Sendable, Equatable {
    /// Frames of the input stream for one step.
    public var every: Int
    /// Steps from the state to the target that is predicted from it.
    public var horizon: Int
    /// Steps after each beginning that are neither learned from nor predicted from.
    public var washout: Int
    /// Typical drive of an input of one standard deviation, in the drive's unit (for films tesla).
    public var scale_T: Double
    /// Share of the weights that are not 0.
    public var density: Double
    /// How much larger the biases are than the weights.
    public var bias: Double
    /// Of the input map.
    public var seed: UInt64
    /// What the readout sees. With virtual nodes a step drives the film with so many frames.
    public var features: StateFeatures
    /// Edges of the bands, hertz; nil for the samples themselves.
    public var inputBand_Hz: [Double]?
    public var targetBand_Hz: [Double]?
    /// Over which a band's root mean square is taken, in seconds.
    public var bandWindow_s: Double

    public init(
        every: Int = 1, horizon: Int = 1, washout: Int = 50, scale_T: Double = 0.05, density: Double = 0.1, bias: Double = 1,
        seed: UInt64, features: StateFeatures = StateFeatures(), inputBand_Hz: [Double]? = nil,
        targetBand_Hz: [Double]? = nil, bandWindow_s: Double = 0.25
    ) {
        (self.every, self.horizon, self.washout) = (every, horizon, washout)
        (self.scale_T, self.density, self.bias, self.seed) = (scale_T, density, bias, seed)
        self.features = features
        (self.inputBand_Hz, self.targetBand_Hz, self.bandWindow_s) = (inputBand_Hz, targetBand_Hz, bandWindow_s)
    }

    /// What makes the drive of a step of its inputs.
    /// - Parameter channels: of the drive.
    public func map(inputs: Int, channels: Int) -> InputMap {
        InputMap(inputs: inputs, channels: channels, scale: scale_T, density: density, bias: bias, seed: seed)
    }

    /// An input as it drives the film: standardised, and at most ±6, so that an artefact stays an artefact.
    public static func standardised(_ value: Double, mean: Double, deviation: Double) -> Double {
        max(-6, min(6, (value - mean) / deviation))
    }
}
