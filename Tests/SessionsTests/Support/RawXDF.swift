import Foundation

/// An XDF file put together chunk by chunk after the specification, independent of the writer under test.
struct RawXDF {
    private(set) var bytes = Array("XDF:".utf8)

    /// - Parameter info: further elements of the file's header.
    init(info: String = "") { chunk(1, Array("<?xml version=\"1.0\"?><info><version>1.0</version>\(info)</info>".utf8)) }

    static func little<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
    static func little(_ value: Double) -> [UInt8] { little(value.bitPattern) }

    /// - Parameter length: what the chunk says instead of its true length.
    mutating func chunk(_ tag: UInt16, _ content: [UInt8], length: Int? = nil) {
        bytes += [4] + Self.little(UInt32(length ?? content.count + 2)) + Self.little(tag) + content
    }

    mutating func header(
        _ id: UInt32, _ name: String, channels: Int = 1, rate: Double, format: String, type: String = "EEG",
        more: String = ""
    ) {
        header(
            id,
            Array(
                """
                <?xml version="1.0"?><info><name>\(name)</name><type>\(type)</type><channel_count>\(channels)</channel_count>\
                <nominal_srate>\(rate)</nominal_srate><channel_format>\(format)</channel_format>\(more)</info>
                """.utf8))
    }

    mutating func header(_ id: UInt32, _ xml: [UInt8]) { chunk(2, Self.little(id) + xml) }

    /// One chunk; rows are the bytes of each sample's values, a stamp of nil is not written.
    mutating func samples(_ id: UInt32, _ rows: [(stamp: Double?, bytes: [UInt8])], length: Int? = nil) {
        var content = Self.little(id) + [4] + Self.little(UInt32(rows.count))
        for row in rows {
            content += row.stamp.map { [8] + Self.little($0) } ?? [0]
            content += row.bytes
        }
        chunk(3, content, length: length)
    }

    mutating func text(_ id: UInt32, _ stamp: Double, _ texts: String...) {
        samples(id, [(stamp, texts.flatMap { [1, UInt8($0.utf8.count)] + Array($0.utf8) })])
    }

    mutating func offset(_ id: UInt32, time: Double, value: Double) {
        chunk(4, Self.little(id) + Self.little(time) + Self.little(value))
    }

    mutating func boundary() {
        chunk(
            5,
            [0x43, 0xA5, 0x46, 0xDC, 0xCB, 0xF5, 0x41, 0x0F, 0xB3, 0x0E, 0xD5, 0x46, 0x73, 0x83, 0xCB, 0xE4])
    }

    mutating func footer(_ id: UInt32, count: Int) {
        chunk(
            6,
            Self.little(id)
                + Array("<?xml version=\"1.0\"?><info><sample_count>\(count)</sample_count></info>".utf8))
    }

    func write(_ path: String) throws { try Data(bytes).write(to: URL(fileURLWithPath: path)) }
}
