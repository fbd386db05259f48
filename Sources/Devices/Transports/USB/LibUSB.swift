import CLibUSB

/// The one place where libusb's results become errors of ours.
enum LibUSB {
    static let permissionRemedy =
        "install the rules that `larmor devices --udev-rules` prints, and plug the device in again"

    static func check(_ result: Int32, _ call: String, port: String) throws(TransportError) {
        if result < 0 { throw error(result, call, port: port) }
    }

    /// The error for a failed call: what it means for the port, and what to do.
    static func error(_ result: Int32, _ call: String, port: String) -> TransportError {
        let text = "\(call): " + String(cString: libusb_error_name(result))
        switch libusb_error(rawValue: result) {
        case LIBUSB_ERROR_NO_DEVICE, LIBUSB_ERROR_IO, LIBUSB_ERROR_PIPE:
            return TransportError(
                .gone, port: port, detail: "the device is gone (\(text))", errorNumber: systemNumber(result))
        case LIBUSB_ERROR_ACCESS:
            return TransportError(
                .permission, port: port, detail: "this user may not open it (\(text))",
                remedy: permissionRemedy,
                errorNumber: systemNumber(result))
        case LIBUSB_ERROR_BUSY:
            return TransportError(
                .busy, port: port, detail: "another program or a kernel driver has it (\(text))",
                remedy: "close that program", errorNumber: systemNumber(result))
        case LIBUSB_ERROR_NOT_FOUND:
            return TransportError(
                .absent, port: port, detail: "there is no such device (\(text))",
                remedy: "plug the device in; `larmor devices` lists what is there",
                errorNumber: systemNumber(result))
        case LIBUSB_ERROR_TIMEOUT:
            return TransportError(
                .timeout, port: port, detail: "no answer in time (\(text))", errorNumber: systemNumber(result)
            )
        default:
            return TransportError(.failed, port: port, detail: text, errorNumber: systemNumber(result))
        }
    }

    /// The system's number for an error of libusb, so that events carry the same numbers as those of other transports.
    private static func systemNumber(_ result: Int32) -> Int32 {
        switch libusb_error(rawValue: result) {
        case LIBUSB_ERROR_NO_DEVICE: 19  // ENODEV
        case LIBUSB_ERROR_ACCESS: 13  // EACCES
        case LIBUSB_ERROR_BUSY: 16  // EBUSY
        case LIBUSB_ERROR_NOT_FOUND: 2  // ENOENT
        case LIBUSB_ERROR_TIMEOUT: 110  // ETIMEDOUT
        default: 5  // EIO
        }
    }
}
