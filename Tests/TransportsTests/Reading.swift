import RealTime
import Signals
import Transports

extension Transport {
    /// One read; without a time, of what must come.
    func read(_ count: Int = 4096, timeout: Double = patience) throws(TransportError) -> (TransportRead, [UInt8]) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
        defer { buffer.deallocate() }
        let result = try read(into: buffer, timeout: timeout)
        guard case .bytes(let length) = result else { return (result, []) }
        return (result, Array(buffer[0..<length]))
    }

    /// The code of the error that a read throws, which must come.
    func lossCode() -> TransportError.Code? {
        var code: TransportError.Code?
        waitUntil(every: 0) {
            do throws(TransportError) { _ = try read(timeout: 0.05) } catch { code = error.code }
            return code != nil
        }
        return code
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
