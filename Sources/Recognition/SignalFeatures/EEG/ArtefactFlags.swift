/// Why a window of a channel is not to be taken for EEG.
public struct ArtefactFlags: OptionSet, Sendable, Hashable {
    public var rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Samples are missing, and the last one before them stands in their place.
    public static let lost = ArtefactFlags(rawValue: 1)
    /// The device gave no number: an electrode is off.
    public static let leadOff = ArtefactFlags(rawValue: 2)
    /// The filters have just begun.
    public static let settling = ArtefactFlags(rawValue: 4)
    /// A filtered value is larger than the limit.
    public static let amplitude = ArtefactFlags(rawValue: 8)
    /// The unfiltered signal moves less than the limit.
    public static let flat = ArtefactFlags(rawValue: 16)
    /// Two filtered samples beside each other differ by more than the limit.
    public static let step = ArtefactFlags(rawValue: 32)
    /// The band of muscles is stronger than the limit.
    public static let muscle = ArtefactFlags(rawValue: 64)
}

/// From where on a window is an artefact. In microvolts; nil for no such limit.
public struct ArtefactLimits: Codable, Sendable, Equatable {
    /// Largest absolute filtered value.
    public var amplitude_uV: Double?
    /// Least difference between the largest and the smallest unfiltered value.
    public var flat_uV: Double?
    /// Largest difference between neighbouring filtered samples.
    public var step_uV: Double?
    /// Largest root mean square of the filtered signal above ``muscleBand``.
    public var muscle_uV: Double?

    /// Hertz above which scalp muscles are stronger than the brain.
    public static let muscleBand = 30.0

    /// Blinks and jaws of an adult's scalp recording lie above, its EEG below.
    public init(amplitude_uV: Double? = 200, flat_uV: Double? = 0.01, step_uV: Double? = 100, muscle_uV: Double? = 50) {
        (self.amplitude_uV, self.flat_uV) = (amplitude_uV, flat_uV)
        (self.step_uV, self.muscle_uV) = (step_uV, muscle_uV)
    }

    var all: [Double] { [amplitude_uV, flat_uV, step_uV, muscle_uV].compactMap { $0 } }
}
