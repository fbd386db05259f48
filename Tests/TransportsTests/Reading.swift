import Signals
import Transports

extension Transport {
    /// One read.
    func read(_ count: Int = 4096, timeout: Double = 1) throws(TransportError) -> (TransportRead, [UInt8]) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
        defer { buffer.deallocate() }
        let result = try read(into: buffer, timeout: timeout)
        guard case .bytes(let length) = result else { return (result, []) }
        return (result, Array(buffer[0..<length]))
    }

    /// The code of the error that a read throws, at the latest after two seconds.
    func lossCode() -> TransportError.Code? {
        let end = HostTime.now() + 2
        while HostTime.now() < end {
            do throws(TransportError) { _ = try read(timeout: 0.05) } catch { return error.code }
        }
        return nil
    }
}

/// The error of an attempt to open.
func openingError(_ body: () throws(TransportError) -> any Transport) -> TransportError? {
    do throws(TransportError) {
        try body().close()
        return nil
    } catch {
        return error
    }
}
