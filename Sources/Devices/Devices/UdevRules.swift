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
            "",
            "# FTDI hands bytes on every 16 ms by default: too late for EEG.",
            #"ACTION=="add", SUBSYSTEM=="usb-serial", DRIVER=="ftdi_sio", ATTR{latency_timer}="1""#,
        ]
        for device in KnownUSBDevice.all {
            let vendor = USBAddress.hex(device.vendor)
            let product = USBAddress.hex(device.product)
            lines += ["", "# \(device.name)"]
            switch device.way {
            case .serial:
                lines.append(
                    "SUBSYSTEM==\"tty\", ATTRS{idVendor}==\"\(vendor)\", ATTRS{idProduct}==\"\(product)\", "
                        + "MODE=\"0660\", GROUP=\"dialout\", TAG+=\"uaccess\"")
            case .bulk, .hid:
                lines.append(
                    "SUBSYSTEM==\"usb\", ENV{DEVTYPE}==\"usb_device\", ATTR{idVendor}==\"\(vendor)\", "
                        + "ATTR{idProduct}==\"\(product)\", MODE=\"0660\", GROUP=\"plugdev\", TAG+=\"uaccess\""
                )
            }
        }
        return lines.joined(separator: "\n")
    }()
}
