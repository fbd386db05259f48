// One scenario of USBTransport or of a driver on a scripted usbfs, in a process of its own, because umockdev must be preloaded and a
// scenario ends with an unplugged device. Exit code 0 when everything was as expected; else a line per difference.
import Glibc
import ScriptedUSB
import Transports

let scenarios: [String: () throws -> Void] = [
    "order": order, "dripped": dripped, "written": written, "closing": closing, "unplugged": unplugged,
    "unplugged-with-event": unpluggedWithEvent, "failed-transfer": failedTransfer, "held": held, "busy": busy,
    "serial-number": serialNumber, "waker": waker, "listing": listing,
]

/// On a dongle with a HID interface.
let dongleScenarios: [String: () throws -> Void] = [
    "reports": reports, "dongle-stream": dongleStream, "dongle-gaps": dongleGaps, "dongle-loss": dongleLoss,
    "dongle-wrong-key": dongleWrongKey, "dongle-off": dongleOff, "dongle-goes-silent": dongleGoesSilent,
    "dongle-ends": dongleEnds, "dongle-heap": dongleHeap,
]

let name = CommandLine.arguments.count == 2 ? CommandLine.arguments[1] : ""
guard let scenario = scenarios[name] ?? dongleScenarios[name] else {
    print("usage: USBStand " + (scenarios.keys.sorted() + dongleScenarios.keys.sorted()).joined(separator: "|"))
    exit(64)
}
guard scripted_usb_plug_in(scenarios[name] == nil ? SCRIPTED_USB_DONGLE : SCRIPTED_USB_BOARD) != 0 else {
    print("the test bed cannot be made: is libumockdev-preload.so.0 preloaded?")
    exit(69)
}
do { try scenario() } catch { expect(false, "no error, found: \(error)") }
exit(differences == 0 ? 0 : 1)
