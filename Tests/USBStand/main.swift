// One scenario of USBTransport on a scripted usbfs, in a process of its own, because umockdev must be preloaded and a
// scenario ends with an unplugged device. Exit code 0 when everything was as expected; else a line per difference.
import Glibc
import ScriptedUSB
import Transports

let scenarios: [String: () throws -> Void] = [
    "order": order, "dripped": dripped, "written": written, "closing": closing, "unplugged": unplugged,
    "unplugged-with-event": unpluggedWithEvent, "failed-transfer": failedTransfer, "held": held, "busy": busy,
    "serial-number": serialNumber, "waker": waker, "listing": listing,
]

guard CommandLine.arguments.count == 2, let scenario = scenarios[CommandLine.arguments[1]] else {
    print("usage: USBStand " + scenarios.keys.sorted().joined(separator: "|"))
    exit(64)
}
guard scripted_usb_plug_in() != 0 else {
    print("the test bed cannot be made: is libumockdev-preload.so.0 preloaded?")
    exit(69)
}
do { try scenario() } catch { expect(false, "no error, found: \(error)") }
exit(differences == 0 ? 0 : 1)
