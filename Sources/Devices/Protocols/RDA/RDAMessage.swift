/// The messages of Brain Products' Remote Data Access, which Recorder publishes over TCP. All numbers are little-endian.
///
/// Every message begins with a header of 24 bytes: 16 bytes of identifier, the size of the whole message (4 bytes) and its
/// type (4 bytes).
///
/// - Source: the public clients of FieldTrip (`rdadefs.h`) and BCI2000 (`RDAProtocol.h`).
public enum RDAMessage {
    /// Bytes of the header.
    public static let headerSize = 24
    /// {4358458E-C996-4C86-AF4A-98BBF6C91450} as bytes.
    public static let identifier: [UInt8] = [
        0x8E, 0x45, 0x58, 0x43, 0x96, 0xC9, 0x86, 0x4C, 0xAF, 0x4A, 0x98, 0xBB, 0xF6, 0xC9, 0x14, 0x50,
    ]
    /// TCP port of the 16-bit form.
    public static let int16Port = 51_234
    /// TCP port of the 32-bit floating-point form.
    public static let float32Port = 51_244

    /// Type of a message, as the header has it.
    public enum Kind: UInt32, Sendable {
        case start = 1
        case int16Data = 2
        case stop = 3
        case float32Data = 4
    }

    static func message(_ kind: Kind, _ body: [UInt8]) -> [UInt8] {
        var writer = ByteWriter()
        writer.bytes = identifier
        writer.write(UInt32(headerSize + body.count))
        writer.write(kind.rawValue)
        return writer.bytes + body
    }

    /// The message that monitoring has ended.
    public static let stop = message(.stop, [])
}

/// The set-up of a recording: sent when a client connects and when monitoring starts.
public struct RDAStart: Equatable, Sendable, Codable {
    /// Microseconds between two points.
    public var samplingInterval_us: Double
    /// Microvolt per count, one per channel: what the values of data messages are multiplied with.
    public var resolutions: [Double]
    /// Labels of the channels.
    public var names: [String]

    public init(samplingInterval_us: Double, resolutions: [Double], names: [String]) {
        precondition(resolutions.count == names.count, "each channel has a resolution and a name")
        self.samplingInterval_us = samplingInterval_us
        self.resolutions = resolutions
        self.names = names
    }

    /// Points per second.
    public var rate: Double { 1e6 / samplingInterval_us }

    /// More channels are refused.
    public static let largestChannels = 1024
    /// Intervals that an amplifier may have, in microseconds.
    public static let intervals = 1e-3...1e12
    /// A larger resolution, in microvolt per count, is refused: values would leave the numbers that samples are stored in.
    public static let largestResolution = 1e12

    /// nil when the body is refused by ``init(checking:)``.
    public init?(_ body: UnsafeRawBufferPointer) {
        do throws(InvalidField) { try self.init(checking: body) } catch { return nil }
    }

    /// Reads the body of a start message.
    /// - Throws: where it is cut, or what ``check()`` refuses.
    public init(checking body: UnsafeRawBufferPointer) throws(InvalidField) {
        func read<Value>(_ value: Value?, _ field: String) throws(InvalidField) -> Value {
            guard let value else { throw InvalidField(field, found: "cut", expected: "all of it") }
            return value
        }
        var reader = ByteReader(body)
        let count = try read(reader.read(UInt32.self), "channels")
        try InvalidField.check(
            (1...UInt32(Self.largestChannels)).contains(count), "channels", "\(count)", "1 to \(Self.largestChannels)")
        let interval = try read(reader.readDouble(), "samplingInterval_us")
        var resolutions: [Double] = []
        for index in 0..<count { resolutions.append(try read(reader.readDouble(), "resolutions[\(index)]")) }
        var names: [String] = []
        for index in 0..<count { names.append(try read(reader.readZeroTerminated(), "names[\(index)]")) }
        self.init(samplingInterval_us: interval, resolutions: resolutions, names: names)
        try check()
    }

    /// - Throws: a field that no amplifier has: no channels or more than ``largestChannels``, other than one resolution and one
    ///   name for each of them, an interval outside ``intervals``, a resolution above ``largestResolution``.
    public func check() throws(InvalidField) {
        try InvalidField.check(
            (1...Self.largestChannels).contains(names.count), "names", "\(names.count) names", "1 to \(Self.largestChannels)")
        try InvalidField.check(
            resolutions.count == names.count, "resolutions", "\(resolutions.count) numbers",
            "\(names.count), one for each of the names")
        try InvalidField.check(
            Self.intervals.contains(samplingInterval_us), "samplingInterval_us", "\(samplingInterval_us)",
            "\(Self.intervals.lowerBound) to \(Self.intervals.upperBound)")
        for (index, resolution) in resolutions.enumerated() {
            try InvalidField.check(
                abs(resolution) <= Self.largestResolution, "resolutions[\(index)]", "\(resolution)",
                "\(-Self.largestResolution) to \(Self.largestResolution)")
        }
    }

    /// What of this set-up is other than of an earlier one, in words: "8 channels, expected 4"; nil when they are equal.
    public func difference(from earlier: RDAStart) -> String? {
        if names.count != earlier.names.count { return "\(names.count) channels, expected \(earlier.names.count)" }
        if samplingInterval_us != earlier.samplingInterval_us { return "\(rate) Hz, expected \(earlier.rate) Hz" }
        if let index = names.indices.first(where: { names[$0] != earlier.names[$0] }) {
            return "channel \(index + 1) named \(InvalidField.quoted(names[index])), expected "
                + InvalidField.quoted(earlier.names[index])
        }
        guard let index = resolutions.indices.first(where: { resolutions[$0] != earlier.resolutions[$0] }) else { return nil }
        return "a resolution of \(resolutions[index]) µV for channel \(index + 1), expected \(earlier.resolutions[index]) µV"
    }

    public var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.write(UInt32(names.count))
        writer.write(samplingInterval_us)
        for resolution in resolutions { writer.write(resolution) }
        for name in names { writer.bytes += Array(name.utf8) + [0] }
        return RDAMessage.message(.start, writer.bytes)
    }
}

/// An annotation of the recording: a stimulus, a response, a comment.
public struct RDAMarker: Equatable, Sendable {
    /// Point in its data block.
    public var position: UInt32
    /// Length in points; 1 for a moment.
    public var points: UInt32
    /// Channel, from 0; −1 for all.
    public var channel: Int32
    /// "Stimulus", "Response", …
    public var type: String
    /// "S  1", …
    public var text: String

    public init(position: UInt32, points: UInt32 = 1, channel: Int32 = -1, type: String, text: String) {
        self.position = position
        self.points = points
        self.channel = channel
        self.type = type
        self.text = text
    }

    var bytes: [UInt8] {
        let texts = Array(type.utf8) + [0] + Array(text.utf8) + [0]
        var writer = ByteWriter()
        writer.write(UInt32(16 + texts.count))
        writer.write(position)
        writer.write(points)
        writer.write(channel)
        return writer.bytes + texts
    }
}

/// One block of points.
public struct RDAData {
    /// Fixed part after the header.
    public static let fixedSize = 12

    /// Counts the blocks since monitoring began.
    public var block: UInt32
    /// Points of the block.
    public var points: Int
    /// 32-bit floats, else 16-bit integers.
    public var isFloat: Bool
    /// Values as they came, all channels of a point together; valid as long as the message is.
    public var values: UnsafeRawBufferPointer
    private let markerBytes: UnsafeRawBufferPointer
    private let markerCount: Int

    /// nil when its points, channels and markers are not the whole body: a byte more or less would make every value a false one.
    public init?(_ body: UnsafeRawBufferPointer, channels: Int, isFloat: Bool) {
        var reader = ByteReader(body)
        guard let block = reader.read(UInt32.self), let points = reader.read(UInt32.self),
            let markers = reader.read(UInt32.self), points <= 1 << 20, markers <= 1 << 16
        else { return nil }
        let size = Int(points) * channels * (isFloat ? 4 : 2)
        guard reader.remaining >= size else { return nil }
        self.block = block
        self.points = Int(points)
        self.isFloat = isFloat
        values = UnsafeRawBufferPointer(rebasing: body[Self.fixedSize..<Self.fixedSize + size])
        markerBytes = UnsafeRawBufferPointer(rebasing: body[(Self.fixedSize + size)...])
        markerCount = Int(markers)
        guard markersFillTheirBytes() else { return nil }
    }

    private func markersFillTheirBytes() -> Bool {
        var rest = markerBytes
        for _ in 0..<markerCount {
            guard let marker = Marker(rest) else { return false }
            rest = marker.rest
        }
        return rest.isEmpty
    }

    /// The marker at the front of bytes, without its texts, and these in UTF-8.
    private struct Marker {
        let fields: RDAMarker
        let type: UnsafeRawBufferPointer
        let text: UnsafeRawBufferPointer
        let rest: UnsafeRawBufferPointer

        /// nil when it is cut, or smaller than its fields and two ends of texts.
        init?(_ bytes: UnsafeRawBufferPointer) {
            var reader = ByteReader(bytes)
            guard let size = reader.read(UInt32.self), size >= 18, Int(size) <= bytes.count,
                let position = reader.read(UInt32.self), let points = reader.read(UInt32.self),
                let channel = reader.read(Int32.self)
            else { return nil }
            var texts = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[16..<Int(size)]))
            guard let type = texts.readZeroTerminatedBytes(), let text = texts.readZeroTerminatedBytes() else { return nil }
            fields = RDAMarker(position: position, points: points, channel: channel, type: "", text: "")
            self.type = type
            self.text = text
            rest = UnsafeRawBufferPointer(rebasing: bytes[Int(size)...])
        }
    }

    /// A value before its resolution is applied.
    public func value(_ index: Int) -> Float {
        isFloat
            ? Float(
                bitPattern: UInt32(
                    littleEndian: values.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)))
            : Float(Int16(littleEndian: values.loadUnaligned(fromByteOffset: 2 * index, as: Int16.self)))
    }

    /// Whether markers follow the values.
    public var hasMarkers: Bool { markerCount > 0 }

    /// The markers of the block.
    public var markers: [RDAMarker] {
        var found: [RDAMarker] = []
        forEachMarker { marker, type, text in
            var marker = marker
            marker.type = String(decoding: type, as: UTF8.self)
            marker.text = String(decoding: text, as: UTF8.self)
            found.append(marker)
        }
        return found
    }

    /// Hands on each marker without its texts, and these in UTF-8, lent for the call. Nothing is allocated.
    public func forEachMarker(
        _ body: (_ marker: RDAMarker, _ type: UnsafeRawBufferPointer, _ text: UnsafeRawBufferPointer) -> Void
    ) {
        var rest = markerBytes
        for _ in 0..<markerCount {
            guard let marker = Marker(rest) else { return }
            body(marker.fields, marker.type, marker.text)
            rest = marker.rest
        }
    }

    /// The message of a block.
    /// - Parameters:
    ///   - block: the block's counter.
    ///   - points: frames of the block.
    ///   - values: counts, all channels of a point together.
    ///   - isFloat: 32-bit floats, else 16-bit integers.
    ///   - markers: of this block.
    public static func bytes(
        block: UInt32, points: Int, values: [Double], isFloat: Bool, markers: [RDAMarker] = []
    ) -> [UInt8] {
        var writer = ByteWriter()
        writer.write(block)
        writer.write(UInt32(points))
        writer.write(UInt32(markers.count))
        for value in values {
            if isFloat {
                writer.write(Float(value))
            } else {
                writer.write(Int16(max(-32_768, min(32_767, value.rounded()))))
            }
        }
        for marker in markers { writer.bytes += marker.bytes }
        return RDAMessage.message(isFloat ? .float32Data : .int16Data, writer.bytes)
    }
}
