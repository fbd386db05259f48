import Transports

/// The udev rules that let users open the devices that are known.
public enum UdevRules {
    /// Where they belong: before 73-seat-late.rules, which gives devices tagged `uaccess` to whoever sits at the machine.
    public static let path = "/etc/udev/rules.d/70-larmor.rules"

    /// The whole file.
    public static let text: String = {
        var lines = [
            "# Devices of Larmor: larmor devices --udev-rules | sudo tee \(path)",
            "# then: sudo udevadm control --reload, and plug the devices in again.",
        ]
        for device in KnownUSBDevice.all {
            let isDevice = "\(ids("ATTR", device)), "
            let opened = "MODE=\"0660\", GROUP=\"\(device.way == .serial ? "dialout" : "plugdev")\", TAG+=\"uaccess\""
            lines += ["", "# \(device.name)"]
            switch device.way {
            case .serial:
                lines.append("SUBSYSTEM==\"tty\", \(ids("ATTRS", device)), \(opened)")
                // ModemManager would ask a headset whether it is a modem.
                lines.append(#"SUBSYSTEM=="usb", ENV{DEVTYPE}=="usb_device", \#(isDevice)ENV{ID_MM_DEVICE_IGNORE}="1""#)
                guard device.vendor == ftdi else { continue }
                // FTDI hands bytes on every 16 ms by default: too late for EEG.
                lines.append(
                    #"ACTION=="add", SUBSYSTEM=="usb-serial", DRIVER=="ftdi_sio", \#(ids("ATTRS", device)), ATTR{latency_timer}="1""#
                )
            case .bulk, .hid:
                lines.append(#"SUBSYSTEM=="usb", ENV{DEVTYPE}=="usb_device", \#(isDevice)\#(opened)"#)
            }
        }
        return lines.joined(separator: "\n")
    }()

    private static let ftdi: UInt16 = 0x0403

    private static func ids(_ attribute: String, _ device: KnownUSBDevice) -> String {
        "\(attribute){idVendor}==\"\(USBAddress.hex(device.vendor))\", \(attribute){idProduct}==\"\(USBAddress.hex(device.product))\""
    }
}
