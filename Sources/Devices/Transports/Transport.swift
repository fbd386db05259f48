public import Signals

/// A way to a device's bytes. One thread uses it; that thread also closes it.
///
/// A back-end opens in its initialiser and throws ``TransportError`` there. It must tell loss from silence: a device that is
/// gone throws ``TransportError/Code/gone``, it never looks like a time-out. It must not allocate, lock or log in
/// ``read(into:timeout:)``. After ``close()`` no byte moves and no callback runs; closing twice is harmless.
public protocol Transport: AnyObject {
    /// What reaches the device: "libserialport", "termios", "ALSA", "TCP".
    var backend: String { get }
    /// The port as the user named it.
    var port: String { get }

    /// What one read of it is.
    var framing: TransportFraming { get }

    /// Waits until bytes are there, a waker calls, or the time is over.
    /// - Parameters:
    ///   - buffer: as many bytes as are there, up to its size, go to its start.
    ///   - timeout: seconds, 0 … 1; with 0 all that has come is found, also what the kernel still has to move up.
    func read(into buffer: UnsafeMutableRawBufferPointer, timeout: Double) throws(TransportError) -> TransportRead

    /// When the last of the bytes of the last read came from the device, by the stamp of a kernel driver that keeps one; nil for
    /// the time of the read. Only a transport whose framing is ``TransportFraming/stamped`` has any.
    var arrival: HostTime? { get }

    /// Sends all bytes.
    /// - Parameters:
    ///   - bytes: lent for the call.
    ///   - timeout: seconds until ``TransportError/Code/timeout``.
    func write(_ bytes: UnsafeRawBufferPointer, timeout: Double) throws(TransportError)

    func close()
}

/// What one read of a transport is.
public enum TransportFraming: Sendable {
    /// A stretch of a stream of bytes: where it ends means nothing, and all that waits may take several reads.
    case stream
    /// Complete in itself; the next one is another piece.
    case messages
    /// Complete in itself, with a stamp of its own (``Transport/arrival``), which may be earlier than the read and than reads of other
    /// devices.
    case stamped
}

/// What a read found.
public enum TransportRead: Equatable, Sendable {
    case bytes(Int)
    case nothing
    /// The kernel or card lost data before the next byte; how much is not known.
    case overrun
}

extension Transport {
    public var arrival: HostTime? { nil }
    public var framing: TransportFraming { .messages }

    public func write(_ bytes: [UInt8], timeout: Double = 1) throws(TransportError) {
        do {
            try bytes.withUnsafeBytes { try write($0, timeout: timeout) }
        } catch let error as TransportError {
            throw error
        } catch {
            throw TransportError(.failed, port: port, detail: "\(error)")
        }
    }
}
