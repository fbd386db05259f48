import Glibc
import RealTime
import ScriptedUSB
import Transports

nonisolated(unsafe) private(set) var differences = 0  // The main thread's only.

func expect(_ condition: Bool, _ what: String) {
    guard !condition else { return }
    print("expected: \(what)")
    differences += 1
}

let port = "usb:1209:0001"

func send(_ bytes: [UInt8]) { _ = scripted_usb_send(bytes, bytes.count) }

/// Reads until so many bytes came, which must come.
func read(_ transport: USBTransport, _ count: Int, piece: Int = 4096) throws -> [UInt8] {
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: piece)
    try waitUntil(every: 0) {
        if result.count >= count { return true }
        let read = try buffer.withUnsafeMutableBytes { try transport.read(into: $0, timeout: 0.01) }
        if case .bytes(let found) = read { result += buffer[..<found] }
        return false
    }
    return result
}

/// The error of a call, or nil.
func failure(_ body: () throws -> Void) -> TransportError? {
    do {
        try body()
        return nil
    } catch {
        return error as? TransportError
    }
}

func sent() -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = scripted_usb_received(&bytes, bytes.count)
    return Array(bytes[..<count])
}
