import Signals

/// Impedance of an electrode from the voltage that the board's lead-off drive makes across it.
///
///     Z = A / I − R        A: amplitude at the drive's frequency, I = 6 nA, R = 2.2 kΩ in series on the board
///
/// The amplitude is that of the sine that fits best (least squares), at the frequency within half a hertz of 31.25 Hz where it is
/// largest: the data sheet says 31.2 Hz, the clock divides to 31.25 Hz (2.048 MHz / 2¹⁶).
///
/// - Source: OpenBCI GUI, `BoardCytonConstants` and its impedance formula (√2 · rms / 6 nA − 2.2 kΩ); ADS1299 data
///   sheet, register LOFF.
public enum CytonImpedance {
    /// Ampere.
    public static let current = 6e-9
    /// Ohm.
    public static let seriesResistance = 2200.0
    /// Hertz.
    public static let frequency = 2_048_000.0 / 65_536

    /// Impedance in ohm, never below 0.
    /// - Parameters:
    ///   - volts: one channel, at least a quarter of a second of it.
    ///   - rate: frames per second.
    /// - Returns: nil for too few samples or a rate that cannot carry the drive's frequency.
    public static func ohms(_ volts: [Float], rate: Double) -> Double? {
        guard rate > 2 * (frequency + 0.5), Double(volts.count) >= rate / 4 else { return nil }
        return max(0, amplitude(volts, rate: rate) / current - seriesResistance)
    }

    /// Largest amplitude of a fitted sine near the drive's frequency, in volt.
    static func amplitude(_ volts: [Float], rate: Double) -> Double {
        (-25...25).map { SineFit.amplitude(of: volts, at: frequency + 0.02 * Double($0), rate: rate) }.max() ?? 0
    }
}
