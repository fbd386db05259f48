import CLibUSB
import Glibc
import Signals

/// Endpoints of a USB device, as one byte stream each way, through libusb's asynchronous interface.
///
/// Several IN transfers always fly, so the device never waits for the host between two of them; they come back in the order
/// in which they were sent off, and their bytes are delivered in that order. OUT transfers fly too: a write returns when its
/// bytes are on their way, and a failure shows in the next call. All of libusb's callbacks run inside ``read(into:timeout:)``,
/// ``write(_:timeout:)`` and ``close()``, on the caller's thread.
public final class USBTransport: Transport {
    public let backend = "libusb"
    public let port: String
    private let device: USBDevice
    private let incoming: EndpointTransfers
    /// nil for a device that is only read.
    private let outgoing: EndpointTransfers?
    private let waker: Waker?
    /// What a wait listens to: libusb's descriptors, and the waker's as the last one.
    private var polls: [pollfd]
    /// Set by the hot-plug callback, and by nothing else.
    private let departure: Departure
    /// Bytes of the oldest transfer that were delivered already.
    private var delivered = 0
    /// Why no transfer can be sent off any more; the next read throws it.
    private var refusal: TransportError?
    /// Failed transfers in a row.
    private var failures = 0
    private var isOpen = true

    private static let transfersOut = 4
    /// How long a last write may take while the transport is being closed, in seconds.
    private static let farewell = 0.2

    /// What the hot-plug callback writes to; apart from the transport, so that the callback touches nothing else.
    private final class Departure {
        var device: OpaquePointer?
        var hasLeft = false
        var registration: libusb_hotplug_callback_handle = 0
    }

    /// - Parameters:
    ///   - port: "usb:VID:PID" or "usb:VID:PID:SERIAL".
    ///   - endpoints: which of the device’s endpoints carry the bytes.
    ///   - waker: ends a wait when the device is to stop.
    /// - Throws: ``TransportError`` (absent, permission, busy, unsupported, gone).
    public init(_ port: String, endpoints: USBEndpoints = .bulk, waker: Waker?) throws(TransportError) {
        self.port = port
        self.waker = waker
        let device = try USBDevice(USBAddress(port), endpoints, port: port)
        self.device = device
        incoming = EndpointTransfers(
            device, endpoint: device.inEndpoint, endpoints, number: endpoints.transfersIn)
        outgoing = device.outEndpoint.map {
            EndpointTransfers(device, endpoint: $0, endpoints, number: Self.transfersOut)
        }
        polls =
            Self.descriptors(device.context) + [
                pollfd(fd: waker?.descriptor ?? -1, events: Int16(POLLIN), revents: 0)
            ]
        departure = Departure()
        departure.device = libusb_get_device(device.handle)
        watchForDeparture()
        for index in incoming.indices {
            let result = incoming.submit(index)
            guard result == 0 else {
                close()
                throw LibUSB.error(result, "submit", port: port)
            }
        }
    }

    deinit { close() }

    public func read(
        into buffer: UnsafeMutableRawBufferPointer, timeout: Double
    ) throws(TransportError) -> TransportRead {
        guard isOpen else { throw closed() }
        try waker?.checkRunning(port)
        if let refusal { throw refusal }
        if incoming.count == 0 {
            try wait(timeout)
            try settleWrites()
        }
        var filled = 0
        while let index = incoming.oldest, filled < buffer.count {
            if let failure = incoming.failure(index) {
                // What came before the failure is delivered first.
                if filled > 0 { break }
                return try handle(failure, index)
            }
            failures = 0
            let bytes = UnsafeRawBufferPointer(rebasing: incoming.bytes(index)[delivered...])
            let count = min(bytes.count, buffer.count - filled)
            UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<filled + count]).copyMemory(
                from: UnsafeRawBufferPointer(rebasing: bytes[..<count]))
            filled += count
            delivered += count
            guard delivered == incoming.bytes(index).count else { break }
            do throws(TransportError) {
                try sendOff(index)
            } catch {
                // The bytes are delivered first; the next read fails.
                refusal = error
                break
            }
        }
        if filled > 0 { return .bytes(filled) }
        if departure.hasLeft { throw LibUSB.error(LIBUSB_ERROR_NO_DEVICE.rawValue, "hot-plug", port: port) }
        return .nothing
    }

    public func write(_ bytes: UnsafeRawBufferPointer, timeout: Double) throws(TransportError) {
        guard isOpen else { throw closed() }
        guard let outgoing else {
            throw TransportError(.unsupported, port: port, detail: "nothing can be written to this device")
        }
        var rest = bytes
        let end = Self.now() + timeout
        while !rest.isEmpty {
            try settleWrites()
            guard let index = outgoing.idle else {
                let left = end - Self.now()
                guard left > 0 else {
                    throw TransportError(
                        .timeout, port: port,
                        detail: "\(rest.count) of \(bytes.count) bytes could not be sent in \(timeout) s",
                        errorNumber: ETIMEDOUT)
                }
                try wait(min(left, 0.1))
                continue
            }
            let room = outgoing.room(index)
            let count = min(rest.count, room.count)
            room.copyMemory(from: UnsafeRawBufferPointer(rebasing: rest[..<count]))
            try LibUSB.check(outgoing.submit(index, length: count), "submit", port: port)
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    /// Lets the last writes go out, calls every transfer back, waits for each one, and only then closes the device.
    public func close() {
        guard isOpen else { return }
        isOpen = false
        var end = Self.now() + Self.farewell
        while let outgoing, outgoing.flying > 0, !departure.hasLeft, Self.now() < end { handleEvents(0.02) }
        incoming.cancelAll()
        outgoing?.cancelAll()
        // libusb promises a callback for each; a kernel that never answers must still not hang the caller for ever.
        end = Self.now() + 5
        while flying > 0, Self.now() < end { handleEvents(0.1) }
        guard flying == 0 else {
            // Never seen; but memory that a callback may still touch must outlive this.
            _ = (Unmanaged.passRetained(incoming), Unmanaged.passRetained(device), Unmanaged.passRetained(departure))
            if let outgoing { _ = Unmanaged.passRetained(outgoing) }
            return
        }
        if departure.registration != 0 {
            libusb_hotplug_deregister_callback(device.context, departure.registration)
        }
        incoming.free()
        outgoing?.free()
        device.close()
    }

    private var flying: Int { incoming.flying + (outgoing?.flying ?? 0) }

    /// A transfer that was used up flies again.
    private func sendOff(_ index: Int) throws(TransportError) {
        incoming.removeOldest()
        delivered = 0
        try LibUSB.check(incoming.submit(index), "submit", port: port)
    }

    /// A failed transfer: its bytes are lost, and where the device is gone, so is the transport.
    private func handle(_ failure: EndpointTransfers.Failure, _ index: Int) throws(TransportError)
        -> TransportRead
    {
        failures += 1
        switch failure {
        case .gone: throw LibUSB.error(LIBUSB_ERROR_NO_DEVICE.rawValue, "transfer", port: port)
        case .stalled:
            throw TransportError(
                .failed, port: port, detail: "the device refuses to send (its endpoint is stalled)",
                errorNumber: EPIPE)
        case .lostBytes:
            // An unplugged device shows as an error first; sending off again says that it is gone.
            try sendOff(index)
            guard failures < 4 * incoming.indices.count else {
                throw LibUSB.error(LIBUSB_ERROR_IO.rawValue, "transfers fail", port: port)
            }
            return .overrun
        }
    }

    private func settleWrites() throws(TransportError) {
        while let outgoing, let index = outgoing.oldest {
            let failure = outgoing.failure(index)
            outgoing.removeOldest()
            guard failure == nil else { throw LibUSB.error(LIBUSB_ERROR_IO.rawValue, "write", port: port) }
        }
    }

    /// Until something happens on the bus, the waker calls, or the time is over; runs libusb's callbacks.
    private func wait(_ timeout: Double) throws(TransportError) {
        let result = polls.withUnsafeMutableBufferPointer {
            poll($0.baseAddress, nfds_t($0.count), Int32((timeout * 1000).rounded(.up)))
        }
        guard result >= 0 || errno == EINTR else { throw .system("poll", port: port, errno: errno) }
        if polls[polls.count - 1].revents != 0 { waker?.clear() }
        handleEvents(0)
    }

    private func handleEvents(_ timeout: Double) {
        _ = larmor_usb_handle_events(device.context, Int32(timeout * 1000))
    }

    private func watchForDeparture() {
        guard libusb_has_capability(LIBUSB_CAP_HAS_HOTPLUG.rawValue) != 0 else { return }
        let callback: libusb_hotplug_callback_fn = { _, device, _, context in
            guard let context else { return 0 }
            let departure = Unmanaged<Departure>.fromOpaque(context).takeUnretainedValue()
            if device == departure.device { departure.hasLeft = true }
            return 0
        }
        // Without hot-plug news, as without udev, the transfers themselves tell of the loss.
        if libusb_hotplug_register_callback(
            device.context, Int32(LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT.rawValue), 0, LIBUSB_HOTPLUG_MATCH_ANY,
            LIBUSB_HOTPLUG_MATCH_ANY, LIBUSB_HOTPLUG_MATCH_ANY, callback,
            Unmanaged.passUnretained(departure).toOpaque(), &departure.registration) != 0
        {
            departure.registration = 0
        }
    }

    private static func descriptors(_ context: OpaquePointer) -> [pollfd] {
        guard let list = libusb_get_pollfds(context) else { return [] }
        defer { libusb_free_pollfds(list) }
        var result: [pollfd] = []
        var index = 0
        while let entry = list[index] {
            result.append(pollfd(fd: entry.pointee.fd, events: entry.pointee.events, revents: 0))
            index += 1
        }
        return result
    }

    private func closed() -> TransportError {
        TransportError(.gone, port: port, detail: "the transport is closed", errorNumber: EBADF)
    }

    private static func now() -> Double { Double(HostTime.now().nanoseconds) * 1e-9 }
}
