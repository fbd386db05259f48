public import Signals

/// One record of a wire log: what went over a device's wire, and when.
///
/// On disk, little-endian:
///
/// | bytes | content |
/// |---|---|
/// | 4 | magic, "LWR1" |
/// | 1 | kind (`WireRecordKind`) |
/// | 3 | 0 |
/// | 4 | length of the body |
/// | 8 | host time in nanoseconds |
/// | 4 | CRC-32C of the 20 bytes before |
/// | 4 | CRC-32C of the body |
/// | length | body |
///
/// The length is trusted only after the header's own checksum, so that a reader can go on behind a damaged record.
public struct WireLogRecord: Equatable, Sendable {
    public static let headerSize = 28
    static let magic: UInt32 = 0x3152_574C
    /// A longer body is damage.
    static let maximumLength = 1 << 24

    public var kind: WireRecordKind
    public var hostTime: HostTime
    public var body: [UInt8]

    public init(kind: WireRecordKind, hostTime: HostTime, body: [UInt8]) {
        self.kind = kind
        self.hostTime = hostTime
        self.body = body
    }

    /// The device event in the body, for records of that kind.
    public var event: DeviceEvent? {
        kind == .event ? body.withUnsafeBytes { DeviceEvent(wireBytes: $0, at: hostTime) } : nil
    }

    /// The 28 bytes before a body.
    package static func header(
        kind: WireRecordKind, hostTime: HostTime, body: UnsafeRawBufferPointer
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(headerSize)
        func put(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
        }
        put(magic)
        put(kind.rawValue)
        bytes += [0, 0, 0]
        put(UInt32(body.count))
        put(hostTime.nanoseconds)
        put(CRC32C.checksum(bytes))
        put(CRC32C.checksum(body))
        return bytes
    }
}
