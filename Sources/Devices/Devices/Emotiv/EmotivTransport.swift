import Glibc
import Protocols
import Transports

/// A dongle's reports, decrypted as they are read: what follows (decoder, wire log, replay) needs no key.
final class EmotivTransport: Transport {
    let backend: String
    let port: String
    private let reports: any Transport
    private let cipher: EmotivCipher

    /// - Parameter reports: delivers whole encrypted reports.
    init(_ reports: any Transport, _ cipher: EmotivCipher) {
        self.reports = reports
        self.cipher = cipher
        backend = reports.backend
        port = reports.port
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, timeout: Double) throws(TransportError) -> TransportRead {
        let whole = UnsafeMutableRawBufferPointer(rebasing: buffer[..<(buffer.count - buffer.count % EmotivReport.size)])
        let read = try reports.read(into: whole, timeout: timeout)
        guard case .bytes(let count) = read else { return read }
        // libusb's transfers hold one report each; what is no whole report cannot be decrypted.
        guard count % EmotivReport.size == 0 else { return .overrun }
        guard cipher.apply(UnsafeMutableRawBufferPointer(rebasing: whole[..<count])) else {
            throw TransportError(.failed, port: port, detail: "libcrypto did not decrypt a report", errorNumber: EIO)
        }
        return read
    }

    func write(_ bytes: UnsafeRawBufferPointer, timeout: Double) throws(TransportError) {
        try reports.write(bytes, timeout: timeout)
    }

    func close() { reports.close() }
}
