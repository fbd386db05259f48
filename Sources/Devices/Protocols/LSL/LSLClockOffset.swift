/// A measurement of the sender's clock against this machine's, as a record of 56 bytes.
public struct LSLClockOffset: Equatable, Sendable {
    public static let size = LSLRecord.headerSize + 32

    /// The sender's clock at the measurement, in seconds.
    public var remote: Double
    /// Seconds that bring a stamp of the sender to liblsl's clock on this machine.
    public var correction: Double
    /// Half the round trip of the probe: how wrong the correction can be, in seconds.
    public var uncertainty: Double
    /// Seconds that bring liblsl's clock on this machine to the host's monotonic clock; 0 where they are the same.
    public var hostMinusLocal: Double

    public init(remote: Double, correction: Double, uncertainty: Double, hostMinusLocal: Double) {
        self.remote = remote
        self.correction = correction
        self.uncertainty = uncertainty
        self.hostMinusLocal = hostMinusLocal
    }

    /// Seconds that bring a stamp of the sender to the host's monotonic clock.
    public var offset: Double { correction + hostMinusLocal }

    /// nil when the bytes are no such record or hold what is no number.
    public init?(_ record: UnsafeRawBufferPointer) {
        guard record.count == Self.size, record[8] == LSLRecord.Kind.clockOffset.rawValue else { return nil }
        let start = LSLRecord.headerSize
        self.init(
            remote: LSLRecord.double(record, at: start), correction: LSLRecord.double(record, at: start + 8),
            uncertainty: LSLRecord.double(record, at: start + 16),
            hostMinusLocal: LSLRecord.double(record, at: start + 24))
        let largest = 1e12
        guard abs(remote) < largest, abs(correction) < largest, abs(uncertainty) < largest, abs(hostMinusLocal) < largest
        else { return nil }
    }

    /// Writes the record to the start of a buffer of at least ``size`` bytes.
    public func put(into buffer: UnsafeMutableRawBufferPointer) {
        LSLRecord.putHeader(
            .clockOffset, format: .double64, channels: 1, samples: 0, firstSample: 0, size: Self.size, into: buffer)
        let start = LSLRecord.headerSize
        LSLRecord.put(remote, at: start, into: buffer)
        LSLRecord.put(correction, at: start + 8, into: buffer)
        LSLRecord.put(uncertainty, at: start + 16, into: buffer)
        LSLRecord.put(hostMinusLocal, at: start + 24, into: buffer)
    }
}
