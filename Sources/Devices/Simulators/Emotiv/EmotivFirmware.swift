public import Protocols

/// What an Emotiv dongle sends while its headset is on: a report 128 times a second, encrypted or not.
public struct EmotivFirmware: SimulatedFirmware {
    public let packetRate = EmotivReport.rate
    public let isStreaming = true
    public let counterPlace: (offset: Int, bytes: Int)? = (0, 1)
    private var source: any EEGSource
    private let key: EmotivKey?
    private var counter: Int

    /// Amplitude of the calibration signal that all electrodes report: a good contact.
    public static let quality = 540
    /// Where both axes of the gyroscope rest.
    public static let rest = [1652, 1681]
    /// The battery's byte: 97.02 %.
    public static let battery: UInt8 = 246

    /// - Parameters:
    ///   - source: microvolts; channels that it lacks repeat from its first.
    ///   - key: nil for decrypted reports.
    ///   - counter: where the headset's counter stands, 0–128.
    public init(source: any EEGSource, key: EmotivKey? = nil, counter: Int = 0) {
        self.source = source
        self.key = key
        self.counter = counter
    }

    public mutating func nextPacket() -> [UInt8] {
        let microvolts = source.next()
        let counts = EmotivReport.electrodes.indices.map { electrode in
            let volts = microvolts[electrode % microvolts.count] * 1e-6
            return EmotivReport.zeroCount + Int((volts / EmotivReport.voltsPerCount).rounded())
        }
        var bytes = EmotivReport.bytes(
            counter: counter, battery: Self.battery, counts: counts, quality: Self.quality, gyroscope: Self.rest)
        counter = (counter + 1) % Int(EmotivReport.counterValues)
        // A cipher belongs to one thread, and a firmware may be copied to another one: each report makes its own.
        if let key, let cipher = EmotivCipher(key, .encrypt) {
            _ = bytes.withUnsafeMutableBytes { cipher.apply($0) }
        }
        return bytes
    }
}
