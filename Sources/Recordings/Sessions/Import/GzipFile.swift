import CZlib
import Foundation

/// A file that gzip packed (`.xdfz`), unpacked into a file without a name, which is gone with this object.
final class GzipFile {
    static let magic: [UInt8] = [0x1F, 0x8B]
    /// A file in the system's way of naming an open one.
    var path: String { "/proc/self/fd/\(descriptor)" }
    /// What is missing of the file, in words; nil when it is whole.
    let damage: String?
    private let descriptor: Int32

    /// A file of 64 kB may unpack to all that gzip can pack into it (a thousand times its size: a recording of zeros), and what of a larger
    /// one is beyond 64 kB to a hundred times its size: more is made to fill a disk.
    private static let (leastLimit, mostRatio) = (72 << 20, 100)
    /// The recording in a file of 64 kB may take so much memory, and that in a larger one for each byte beyond so many more.
    private static let (leastMemory, mostMemory) = (40 << 20, 400)
    private static let smallSize = 64 << 10
    /// A recording that is no longer than this takes no more memory than that, whatever is in it: it is not looked through.
    private static let lightLength = 3 << 18

    /// - Parameter beginning: what the unpacked file must begin with.
    /// - Throws: ``SessionError`` when it cannot be read, begins otherwise, or unpacks to more than a recording does.
    init(_ packed: String, beginning: [UInt8]) throws(SessionError) {
        let size = try MappedFile(path: packed).count
        guard let source = gzopen(packed, "rb") else {
            throw SessionError(path: packed, reason: .system(call: "open", code: errno == 0 ? ENOMEM : errno))
        }
        defer { gzclose(source) }
        var name = Array((NSTemporaryDirectory() + "/larmor-XXXXXX").utf8CString)
        let file = mkstemp(&name)
        guard file >= 0 else { throw SessionError(path: packed, reason: .system(call: "mkstemp", code: errno)) }
        _ = fcntl(file, F_SETFD, FD_CLOEXEC)
        unlink(name)
        do throws(SessionError) {
            damage = try Self.unpack(source, to: file, packed, beginning: beginning, size: size)
            try Self.checkMemory("/proc/self/fd/\(file)", packed, size: size)
        } catch {
            close(file)
            throw error
        }
        descriptor = file
    }

    /// - Returns: what is wrong with the packed file.
    private static func unpack(
        _ source: gzFile, to file: Int32, _ packed: String, beginning: [UInt8], size: Int
    ) throws(SessionError) -> String? {
        let limit = leastLimit + mostRatio * max(0, size - smallSize)
        var piece = [UInt8](repeating: 0, count: 1 << 18)
        var total = 0
        while true {
            let count = Int(gzread(source, &piece, UInt32(piece.count)))
            guard count > 0 else {
                var code: Int32 = 0
                gzerror(source, &code)
                let text = fault(code)
                guard count < 0 || code != 0 else {
                    if total == 0 { throw refusal(packed, "it is packed by gzip, and empty") }
                    return nil
                }
                if total == 0 { throw refusal(packed, "it cannot be unpacked: \(text)") }
                return "it is damaged (\(text)); what could be unpacked was read"
            }
            if total == 0, !piece[..<count].starts(with: beginning) {
                let found = piece[..<min(count, 8)].map { String(format: "%02X", $0) }.joined(separator: " ")
                throw refusal(packed, "it is packed by gzip, and holds no XDF: “\(found)”")
            }
            total += count
            guard total <= limit else {
                throw refusal(
                    packed,
                    "its \(size) bytes unpack to more than \(limit), as those of hardly any recording do; unpack it with gunzip first"
                )
            }
            var written = 0
            while written < count {
                let done = piece.withUnsafeBytes { write(file, $0.baseAddress.map { $0 + written }, count - written) }
                if done < 0, errno == EINTR { continue }
                guard done > 0 else {
                    throw SessionError(path: NSTemporaryDirectory(), reason: .system(call: "write", code: errno))
                }
                written += done
            }
        }
    }

    /// - Throws: ``SessionError`` when reading what was unpacked would take much more memory than recordings do.
    private static func checkMemory(_ unpacked: String, _ packed: String, size: Int) throws(SessionError) {
        let file = try MappedFile(path: unpacked)
        let length = file.count
        guard length > max(lightLength, mostRatio * (size - smallSize)) else { return }
        let limit = leastMemory + mostMemory * max(0, size - smallSize)
        let weight = file.withBytes { XDFWeight($0, upTo: limit) { file.release($0) } }
        guard weight.memory > limit else { return }
        throw refusal(
            packed,
            "its \(size) bytes unpack to \(length), which take more than \(limit >> 20) MB of memory to read, as those of hardly any "
                + "recording do; unpack it with gunzip first")
    }

    /// zlib's codes in words.
    private static func fault(_ code: Int32) -> String {
        switch code {
        case Z_BUF_ERROR: "its end is missing"
        case Z_DATA_ERROR: "its bytes are not as they were packed"
        case Z_ERRNO: String(cString: strerror(errno))
        default: "fault \(code) of zlib"
        }
    }

    deinit { close(descriptor) }

    private static func refusal(_ path: String, _ what: String) -> SessionError {
        SessionError(path: path, reason: .unsupported(what))
    }
}

extension Recording {
    /// Reads an XDF file that was packed by gzip (`.xdfz`, `.xdf.gz`).
    init(gzip path: String) throws(SessionError) {
        let file = try GzipFile(path, beginning: XDF.magic)
        self.init(try XDFReader(path: file.path, options: .init(synchronisesClocks: true)))
        if let damage = file.damage { remarks.insert(damage, at: 0) }
    }
}
