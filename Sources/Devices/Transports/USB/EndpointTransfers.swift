import CLibUSB

/// Asynchronous bulk or interrupt transfers of one endpoint, of which several fly at once.
///
/// libusb calls ``completed`` inside its event handling, on the thread that handles events; that is the transport's own, so
/// nothing here is locked. A transfer's memory is freed only after its callback has run. Allocates nothing after creation;
/// libusb's Linux back-end (1.0.26) makes one small request block for each transfer that it submits, in `submit_bulk_transfer`.
final class EndpointTransfers {
    enum Failure: Equatable {
        /// The bytes of one transfer are lost, the device is still there.
        case lostBytes
        case gone
        case stalled
    }

    private let transfers: [UnsafeMutablePointer<libusb_transfer>]
    private let memory: UnsafeMutableRawBufferPointer
    /// Bytes that each transfer must bring; nil takes any number.
    private let exactLength: Int?
    private var isFlying: [Bool]
    /// Numbers of the transfers that came back, in that order, `count` of them from `first` on, wrapping.
    private var back: [Int]
    private var first = 0
    private(set) var count = 0
    private(set) var flying = 0

    /// - Parameter endpoints: of bulk endpoints transfers hold whole packets; of a HID interface each holds one report, and one
    ///   with another number of bytes has failed.
    init(_ device: USBDevice, endpoint: UInt8, _ endpoints: USBEndpoints, number: Int) {
        let bytes = endpoints.transferBytes
        let made = (0..<number).map { _ in
            // As for every allocation in Swift, there is no going on without memory.
            guard let transfer = libusb_alloc_transfer(0) else { preconditionFailure("out of memory") }
            return transfer
        }
        transfers = made
        memory = .allocate(byteCount: number * bytes, alignment: 64)
        exactLength = endpoints == .bulk ? nil : bytes
        isFlying = [Bool](repeating: false, count: number)
        back = [Int](repeating: 0, count: number)
        let own = Unmanaged.passUnretained(self).toOpaque()
        let completed: libusb_transfer_cb_fn = { transfer in
            guard let transfer, let owner = transfer.pointee.user_data else { return }
            Unmanaged<EndpointTransfers>.fromOpaque(owner).takeUnretainedValue().completed(transfer)
        }
        for (index, transfer) in made.enumerated() {
            let start = memory.baseAddress.unsafelyUnwrapped.advanced(by: index * bytes)
                .assumingMemoryBound(to: UInt8.self)
            if endpoints == .bulk {
                libusb_fill_bulk_transfer(transfer, device.handle, endpoint, start, Int32(bytes), completed, own, 0)
            } else {
                libusb_fill_interrupt_transfer(transfer, device.handle, endpoint, start, Int32(bytes), completed, own, 0)
            }
        }
    }

    /// Frees the transfers: when none flies, and before the device's context is closed, which libusb still asks for here.
    func free() {
        precondition(flying == 0, "the kernel may still write to a transfer that has not come back")
        for transfer in transfers { libusb_free_transfer(transfer) }
        memory.deallocate()
    }

    var indices: Range<Int> { transfers.indices }

    /// The oldest transfer that came back.
    var oldest: Int? { count > 0 ? back[first] : nil }

    /// The oldest one was used up.
    func removeOldest() {
        first = (first + 1) % back.count
        count -= 1
    }

    /// What is wrong with a transfer that came back; nil when nothing is.
    func failure(_ index: Int) -> Failure? {
        let transfer = transfers[index].pointee
        switch transfer.status {
        case LIBUSB_TRANSFER_COMPLETED:
            return exactLength.map { Int(transfer.actual_length) != $0 } == true ? .lostBytes : nil
        case LIBUSB_TRANSFER_NO_DEVICE: return .gone
        case LIBUSB_TRANSFER_STALL: return .stalled
        default: return .lostBytes
        }
    }

    /// The bytes that a transfer brought.
    func bytes(_ index: Int) -> UnsafeRawBufferPointer {
        let transfer = transfers[index].pointee
        return UnsafeRawBufferPointer(start: transfer.buffer, count: Int(transfer.actual_length))
    }

    /// The room for the bytes that a transfer is to carry.
    func room(_ index: Int) -> UnsafeMutableRawBufferPointer {
        let size = memory.count / transfers.count
        return UnsafeMutableRawBufferPointer(rebasing: memory[index * size..<(index + 1) * size])
    }

    /// A transfer that is not in flight.
    var idle: Int? { isFlying.firstIndex(of: false) }

    /// - Parameter length: bytes to carry; nil for a whole transfer.
    /// - Returns: libusb's result.
    func submit(_ index: Int, length: Int? = nil) -> Int32 {
        transfers[index].pointee.length = Int32(length ?? memory.count / transfers.count)
        let result = libusb_submit_transfer(transfers[index])
        if result == 0 {
            isFlying[index] = true
            flying += 1
        }
        return result
    }

    /// Asks every flying transfer to come back; each one's callback still has to run.
    func cancelAll() {
        for index in indices where isFlying[index] { libusb_cancel_transfer(transfers[index]) }
    }

    private func completed(_ transfer: UnsafeMutablePointer<libusb_transfer>) {
        guard let index = transfers.firstIndex(of: transfer), isFlying[index] else { return }
        isFlying[index] = false
        flying -= 1
        back[(first + count) % back.count] = index
        count += 1
    }
}
