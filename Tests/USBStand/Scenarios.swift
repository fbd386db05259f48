import Glibc
import ScriptedUSB
import Transports

func order() throws {
    let transport = try USBTransport(port, waker: nil)
    expect(scripted_usb_count().flying_in == 8, "eight IN transfers in flight after opening")
    // More packets than transfers, of sizes that differ: the bytes come in the order in which they were sent.
    var expected: [UInt8] = []
    for index in 0..<100 {
        let packet = [UInt8](repeating: UInt8(index), count: 1 + index * 7 % 512)
        expected += packet
        send(packet)
    }
    let found = try read(transport, expected.count)
    expect(found == expected, "\(expected.count) bytes in order, found \(found.count)")
    expect(scripted_usb_count().flying_in == 8, "eight IN transfers in flight after reading")
    transport.close()
    expect(
        scripted_usb_count().flying_at_release == 0, "no transfer in flight when the interface is released")
}

func dripped() throws {
    let transport = try USBTransport(port, waker: nil)
    let packet = (0..<512).map { UInt8(truncatingIfNeeded: $0) }
    send(packet)
    send([])
    send([1, 2, 3])
    let found = try read(transport, 515, piece: 7)
    expect(found == packet + [1, 2, 3], "the same bytes through a buffer of seven, found \(found.count)")
    transport.close()
}

func written() throws {
    let transport = try USBTransport(port, waker: nil)
    var expected: [UInt8] = []
    for index in 0..<20 {
        let bytes = [UInt8](repeating: UInt8(index), count: index * 1000)
        expected += bytes
        try transport.write(bytes)
    }
    try transport.write([7, 8, 9])
    transport.close()
    let found = sent()
    expect(
        found == expected + [7, 8, 9], "all \(expected.count + 3) bytes out in order, found \(found.count)")
}

func closing() throws {
    let transport = try USBTransport(port, waker: nil)
    scripted_usb_hold_out(1)
    try transport.write([1, 2, 3])
    transport.close()
    transport.close()
    let counts = scripted_usb_count()
    expect(
        counts.discarded == 9,
        "eight IN transfers and one OUT transfer called back, found \(counts.discarded)")
    expect(
        counts.flying_at_release == 0,
        "no transfer in flight at the release, found \(counts.flying_at_release)")
    expect(counts.released == 1, "one release, found \(counts.released)")
    expect(failure { _ = try read(transport, 1) }?.code == .gone, "reading a closed transport fails")
    expect(failure { try transport.write([1]) }?.code == .gone, "writing to a closed transport fails")
}

private func lose(withEvent: Bool) throws {
    let transport = try USBTransport(port, waker: nil)
    send([1, 2, 3])
    scripted_usb_unplug(withEvent ? 1 : 0)
    // What came before the loss is delivered.
    let found = try read(transport, 3)
    expect(found == [1, 2, 3], "the last bytes, found \(found)")
    let error = failure { _ = try read(transport, 1) }
    expect(error?.code == .gone, "gone, found \(error.map { "\($0)" } ?? "nothing")")
    expect(error?.errorNumber == ENODEV, "ENODEV, found \(error?.errorNumber ?? 0)")
    expect(failure { try transport.write([1]) }?.code == .gone, "writing fails too")
    transport.close()
    expect(scripted_usb_count().flying_in == 0, "no transfer in flight after closing")
}

func unplugged() throws { try lose(withEvent: false) }

func unpluggedWithEvent() throws { try lose(withEvent: true) }

func failedTransfer() throws {
    let transport = try USBTransport(port, waker: nil)
    send([1])
    scripted_usb_fail(-EPROTO)
    send([2])
    expect(try read(transport, 1) == [1], "what came before the failure")
    var buffer = [UInt8](repeating: 0, count: 64)
    let result = try buffer.withUnsafeMutableBytes { try transport.read(into: $0, timeout: 0.1) }
    expect(result == .overrun, "a failed transfer is told as lost bytes, found \(result)")
    expect(try read(transport, 1) == [2], "what came after the failure")
    // A stalled endpoint is no loss of the device, but nothing more comes.
    scripted_usb_fail(-EPIPE)
    let error = failure { _ = try read(transport, 1) }
    expect(
        error?.code == .failed && error?.errorNumber == EPIPE,
        "stalled, found \(error.map { "\($0)" } ?? "nothing")")
    transport.close()
}

func held() throws {
    let transport = try USBTransport(port, waker: nil)
    scripted_usb_hold_out(1)
    // Four transfers of 16,384 bytes fly; the rest finds no room.
    let error = failure { try transport.write([UInt8](repeating: 1, count: 100_000), timeout: 0.05) }
    expect(error?.code == .timeout, "time-out, found \(error.map { "\($0)" } ?? "nothing")")
    expect(
        error?.detail.contains("34464 of 100000") == true, "the rest counted, found \(error?.detail ?? "")")
    scripted_usb_hold_out(0)
    try transport.write([2])
    transport.close()
    expect(sent().count == 65_537, "what flew went out, found \(sent().count)")
}

func busy() throws {
    scripted_usb_refuse_claim(EBUSY)
    let error = failure { _ = try USBTransport(port, waker: nil) }
    expect(
        error?.code == .busy && error?.remedy != nil,
        "busy with a remedy, found \(error.map { "\($0)" } ?? "nothing")")
    scripted_usb_refuse_claim(0)
    let transport = try USBTransport(port, waker: nil)
    transport.close()
}

func serialNumber() throws {
    let right = try USBTransport(port + ":0001", waker: nil)
    right.close()
    let error = failure { _ = try USBTransport(port + ":0002", waker: nil) }
    expect(error?.code == .absent, "absent, found \(error.map { "\($0)" } ?? "nothing")")
    expect(
        error?.detail.contains("0001") == true,
        "the serial number that is there, found \(error?.detail ?? "")")
}

func waker() throws {
    let waker = try Waker()
    let transport = try USBTransport(port, waker: waker)
    var buffer = [UInt8](repeating: 0, count: 64)
    waker.wake()
    let result = try buffer.withUnsafeMutableBytes { try transport.read(into: $0, timeout: 1) }
    expect(result == .nothing, "a called read ends, found \(result)")
    transport.close()
}

func listing() throws {
    let devices = USBDeviceListing.all().filter { $0.vendor == 0x1209 }
    expect(
        devices.map(\.address) == ["usb:1209:0001:0001"],
        "the device's address, found \(devices.map(\.address))")
    expect(
        devices.first?.description == "Larmor scripted board",
        "its names, found \(devices.first?.description ?? "")")
    expect(devices.first?.accessible == true, "it may be opened")
}
