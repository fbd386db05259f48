public import Foundation
import Signals

/// Reads a wire log record by record, past damage.
public struct WireLogReader: Sendable {
    /// A stretch of the file that holds no whole record.
    public struct Damage: Equatable, Sendable {
        public enum Cause: Equatable, Sendable {
            /// The file ends within a record: a cut recording.
            case cutTail
            /// Bytes that are no record's header.
            case noRecord
            /// A header whose body fails its checksum.
            case bodyChecksum
        }
        public var offset: Int
        public var length: Int
        public var cause: Cause
    }

    private enum Content {
        case bytes([UInt8])
        case file(MappedFile)
    }

    public let path: String
    private let content: Content
    private var offset = 0
    private var released = 0
    /// The first 10,000 damaged places; ``damageCount`` counts all.
    public private(set) var damages: [Damage] = []
    public private(set) var damageCount = 0

    private static let damagesKept = 10_000
    /// Bytes after which pages are given back.
    private static let releaseInterval = 8 << 20

    /// - Throws: ``SessionError`` when the file cannot be opened, or is a link, a FIFO or a device.
    public init(path: String) throws(SessionError) {
        let folder = parentFolder(of: path)
        let name = path.utf8.split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) } ?? ""
        try self.init(name, in: folder.isEmpty ? "." : folder, path: path)
    }

    /// Reads a wire log of a session folder.
    /// - Parameter name: as the manifest has it.
    /// - Throws: ``SessionError``; one that is, or is reached over, a link is refused.
    init(_ name: String, in folder: String) throws(SessionError) {
        try self.init(name, in: folder, path: folder + "/" + name)
    }

    private init(_ name: String, in folder: String, path: String) throws(SessionError) {
        content = .file(try MappedFile(name, in: folder))
        self.path = path
    }

    public init(_ data: Data, path: String) {
        content = .bytes([UInt8](data))
        self.path = path
    }

    /// Bytes of the file up to the end of the last whole record.
    public private(set) var lastRecordEnd = 0

    /// The next whole record; nil at the end of the file. Damage on the way is added to ``damages``.
    public mutating func next() -> WireLogRecord? {
        switch content {
        case .bytes(let bytes): return bytes.withUnsafeBytes { next($0) }
        case .file(let file):
            if offset - released > Self.releaseInterval {
                file.release(released..<offset)
                released = offset
            }
            return file.withBytes { next($0) }
        }
    }

    private mutating func next(_ bytes: UnsafeRawBufferPointer) -> WireLogRecord? {
        while offset < bytes.count {
            switch Self.header(bytes, at: offset) {
            case .none:
                skip(to: Self.nextHeader(bytes, from: offset + 1) ?? bytes.count, .noRecord, bytes.count)
            case .some(let header):
                let body = offset + WireLogRecord.headerSize
                guard header.length <= bytes.count - body else {
                    skip(
                        to: Self.nextHeader(bytes, from: offset + 1) ?? bytes.count, .cutTail, bytes.count
                    )
                    continue
                }
                let end = body + header.length
                let content = UnsafeRawBufferPointer(rebasing: bytes[body..<end])
                guard CRC32C.checksum(content) == header.bodyCheck else {
                    skip(to: end, .bodyChecksum, bytes.count)
                    continue
                }
                offset = end
                lastRecordEnd = end
                // A kind of a later version is whole but means nothing here.
                guard let kind = header.kind else { continue }
                return WireLogRecord(kind: kind, hostTime: header.hostTime, body: Array(content))
            }
        }
        return nil
    }

    private mutating func skip(to end: Int, _ cause: Damage.Cause, _ size: Int) {
        let tail = end == size && cause == .noRecord && size - offset < WireLogRecord.headerSize
        damageCount += 1
        if damages.count < Self.damagesKept {
            damages.append(Damage(offset: offset, length: end - offset, cause: tail ? .cutTail : cause))
        }
        offset = end
    }

    private struct Header {
        var kind: WireRecordKind?
        var length: Int
        var hostTime: HostTime
        var bodyCheck: UInt32
    }

    private static func header(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Header? {
        guard bytes.count - offset >= WireLogRecord.headerSize,
            load(bytes, offset, UInt32.self) == WireLogRecord.magic,
            load(bytes, offset + 20, UInt32.self)
                == CRC32C.checksum(UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + 20]))
        else { return nil }
        let length = Int(load(bytes, offset + 8, UInt32.self))
        guard length <= WireLogRecord.maximumLength else { return nil }
        return Header(
            kind: WireRecordKind(rawValue: bytes[offset + 4]), length: length,
            hostTime: HostTime(nanoseconds: load(bytes, offset + 12, Int64.self)),
            bodyCheck: load(bytes, offset + 24, UInt32.self))
    }

    private static func nextHeader(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var offset = start
        while offset + WireLogRecord.headerSize <= bytes.count {
            if bytes[offset] == 0x4C, header(bytes, at: offset) != nil { return offset }
            offset += 1
        }
        return nil
    }

    private static func load<T: FixedWidthInteger & BitwiseCopyable>(
        _ bytes: UnsafeRawBufferPointer, _ offset: Int, _ type: T.Type
    ) -> T {
        T(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: type))
    }
}
