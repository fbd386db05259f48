/// Which of a USB device's endpoints a transport uses.
public enum USBEndpoints: Sendable, Equatable {
    /// The bulk endpoints, one each way, of the first interface of class 0xFF.
    case bulk
    /// The interrupt endpoint of the HID interface whose packets have so many bytes: each packet is one input report. A kernel
    /// driver that has the interface lets go while the transport is open. Nothing can be written.
    case hidReports(bytes: Int)

    /// Bytes of one transfer.
    var transferBytes: Int {
        switch self {
        case .bulk: 16_384
        case .hidReports(let bytes): bytes
        }
    }

    /// Transfers that wait for the device at any time. Reports are small and come at a pace: these cover a pause of the host
    /// of a quarter of a second at 128 reports a second.
    var transfersIn: Int {
        switch self {
        case .bulk: 8
        case .hidReports: 32
        }
    }
}
