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

    public let path: String
    private let data: Data
    private var offset = 0
    public private(set) var damages: [Damage] = []

    /// - Throws: ``SessionError`` when the file cannot be opened.
    public init(path: String) throws(SessionError) {
        do {
            let data = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
            self.init(data, path: path)
        } catch {
            throw SessionError(path: path, reason: .system(call: "open", code: errno == 0 ? ENOENT : errno))
        }
    }

    public init(_ data: Data, path: String) {
        self.data = data.startIndex == 0 ? data : Data(data)
        self.path = path
    }

    /// Bytes of the file up to the end of the last whole record.
    public private(set) var lastRecordEnd = 0

    /// The next whole record; nil at the end of the file. Damage on the way is added to ``damages``.
    public mutating func next() -> WireLogRecord? {
        data.withUnsafeBytes { bytes in
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
    }

    private mutating func skip(to end: Int, _ cause: Damage.Cause, _ size: Int) {
        let tail = end == size && cause == .noRecord && size - offset < WireLogRecord.headerSize
        damages.append(Damage(offset: offset, length: end - offset, cause: tail ? .cutTail : cause))
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
