public import Signals

/// A device's introduction of itself: who it is, and what goes out of it and into it.
public struct RigLinkDescriptor: Equatable, Sendable, Codable {
    /// Who sends a stream.
    public enum Direction: UInt8, Sendable, Codable {
        /// The device sends it.
        case out = 0
        /// The host sends it.
        case drive = 1
    }

    /// How a value stands on the wire.
    public enum Format: UInt8, Sendable, Codable {
        case float32 = 0
        case int16 = 1
        case int32 = 2

        /// Bytes of one value.
        public var size: Int { self == .int16 ? 2 : 4 }
    }

    /// One stream of the device.
    public struct Stream: Equatable, Sendable, Codable {
        /// Unique within the device.
        public var name: String
        public var direction: Direction
        public var kind: StreamDescription.Kind
        /// Frames per second; 0 when a frame comes only as an answer.
        public var rate: Double
        /// Index of the drive stream whose frames this stream's frames answer, with the same counters; nil when none.
        public var answers: Int?
        /// Values of one frame.
        public var channels: Int
        /// Channel k is called prefix + k, from 1.
        public var labelPrefix: String
        /// SI unit of the values, scaled.
        public var unit: Unit
        /// How values are written.
        public var format: Format
        /// Unit per count for the integer formats; 1 for floating point.
        public var scale: Float

        public init(
            name: String, direction: Direction, kind: StreamDescription.Kind, rate: Double,
            answers: Int? = nil,
            channels: Int, labelPrefix: String, unit: Unit, format: Format = .float32, scale: Float = 1
        ) {
            self.name = name
            self.direction = direction
            self.kind = kind
            self.rate = rate
            self.answers = answers
            self.channels = channels
            self.labelPrefix = labelPrefix
            self.unit = unit
            self.format = format
            self.scale = scale
        }
    }

    public var maker: String
    public var model: String
    public var serialNumber: String
    public var firmware: String
    /// Longest payload that the device takes.
    public var maximumPayload: UInt32
    /// Drive frames that fit in the device's queue.
    public var queueFrames: UInt32
    /// Time from a drive frame to its answer, when the queue is empty.
    public var latency_us: UInt32
    /// Messages name them by their place here, from 0.
    public var streams: [Stream]
    /// How a reservoir takes its inputs, where the device says so.
    public var timing: RigLinkTiming?
    /// Settings that a host may change, where the device has some.
    public var knobs: RigLinkKnobs?

    public init(
        maker: String, model: String, serialNumber: String, firmware: String, maximumPayload: UInt32,
        queueFrames: UInt32, latency_us: UInt32, streams: [Stream], timing: RigLinkTiming? = nil,
        knobs: RigLinkKnobs? = nil
    ) {
        self.maker = maker
        self.model = model
        self.serialNumber = serialNumber
        self.firmware = firmware
        self.maximumPayload = maximumPayload
        self.queueFrames = queueFrames
        self.latency_us = latency_us
        self.streams = streams
        self.timing = timing
        self.knobs = knobs
    }

    /// As a descriptor message carries it.
    public var payload: [UInt8] {
        var writer = ByteWriter()
        for text in [maker, model, serialNumber, firmware] { writer.write(text) }
        for number in [maximumPayload, queueFrames, latency_us] { writer.write(number) }
        writer.write(UInt8(streams.count))
        for stream in streams {
            writer.write(stream.name)
            writer.write(stream.direction.rawValue)
            writer.write(stream.kind.rawValue)
            writer.write(stream.rate)
            writer.write(stream.answers.map { UInt8($0) } ?? 0xFF)
            writer.write(UInt16(stream.channels))
            writer.write(stream.labelPrefix)
            writer.write(stream.unit.rawValue)
            writer.write(stream.format.rawValue)
            writer.write(stream.scale)
        }
        for (tag, content) in [(RigLinkTiming.tag, timing?.content), (RigLinkKnobs.tag, knobs?.content)] {
            guard let content else { continue }
            writer.write(tag)
            writer.write(UInt16(content.count))
            writer.bytes += content
        }
        return writer.bytes
    }

    /// More channels than these in all streams together are refused.
    public static let maximumChannels = 65_535
    /// A stream with more frames per second is refused.
    public static let maximumRate = 1e8

    /// nil when the payload is refused by ``init(checking:)``.
    public init?(_ payload: UnsafeRawBufferPointer) {
        do throws(InvalidField) { try self.init(checking: payload) } catch { return nil }
    }

    /// Reads what a device sends.
    /// - Throws: where the payload is cut, the text of a kind or unit or the number of a direction or format that is not known, two
    ///   streams of one name, or what ``check()`` refuses.
    public init(checking payload: UnsafeRawBufferPointer) throws(InvalidField) {
        var reader = ByteReader(payload)
        guard let maker = reader.readText(), let model = reader.readText(), let serial = reader.readText(),
            let firmware = reader.readText(), let maximum = reader.read(UInt32.self),
            let queue = reader.read(UInt32.self), let latency = reader.read(UInt32.self),
            let count = reader.read(UInt8.self)
        else { throw InvalidField("descriptor", found: "cut after \(payload.count) bytes", expected: "all its fields") }
        var streams: [Stream] = []
        for index in 0..<Int(count) { streams.append(try Self.stream(&reader, "streams[\(index)]")) }
        let rest = payload[reader.offset...]
        self.init(
            maker: maker, model: model, serialNumber: serial, firmware: firmware, maximumPayload: maximum,
            queueFrames: queue, latency_us: latency, streams: streams,
            timing: Self.content(of: RigLinkTiming.tag, in: rest).flatMap { RigLinkTiming($0) },
            knobs: Self.content(of: RigLinkKnobs.tag, in: rest).flatMap { RigLinkKnobs($0) })
        try check()
        var names: Set<String> = []
        for (index, stream) in streams.enumerated() {
            try InvalidField.check(
                names.insert(stream.name).inserted, "streams[\(index)].name", InvalidField.quoted(stream.name),
                "a name that no other stream of the device has")
        }
    }

    /// - Throws: a field that no device can have: more than 255 streams or ``maximumChannels``, a stream without channels, with a
    ///   rate above ``maximumRate``, with a scale that is not finite, with a frame that no payload holds, or an answer to something
    ///   that is no drive stream.
    public func check() throws(InvalidField) {
        try InvalidField.check(streams.count <= 255, "streams", "\(streams.count)", "255 at most")
        var channels = 0
        for (index, stream) in streams.enumerated() {
            let place = "streams[\(index)]"
            try stream.check(place)
            channels += stream.channels
            guard let answers = stream.answers else { continue }
            let isDrive = streams.indices.contains(answers) && streams[answers].direction == .drive
            try InvalidField.check(
                isDrive && stream.direction == .out, place + ".answers", "\(answers)", "the index of a drive stream")
        }
        try InvalidField.check(
            channels <= Self.maximumChannels, "streams", "\(channels) channels",
            "\(Self.maximumChannels) in all streams at most")
        try timing?.check("timing")
        try knobs?.check("knobs")
    }

    /// Looks through the extensions after the streams; blocks of other numbers are skipped, a cut one ends the list.
    private static func content(of wanted: UInt8, in rest: Slice<UnsafeRawBufferPointer>) -> UnsafeRawBufferPointer? {
        let bytes = UnsafeRawBufferPointer(rebasing: rest)
        var reader = ByteReader(bytes)
        while let tag = reader.read(UInt8.self), let length = reader.read(UInt16.self), reader.remaining >= Int(length) {
            let content = UnsafeRawBufferPointer(rebasing: bytes[reader.offset..<reader.offset + Int(length)])
            if tag == wanted { return content }
            reader.skip(Int(length))
        }
        return nil
    }

    private static func stream(_ reader: inout ByteReader, _ place: String) throws(InvalidField) -> Stream {
        func read<Value>(_ value: Value?) throws(InvalidField) -> Value {
            guard let value else { throw InvalidField(place, found: "cut", expected: "all its fields") }
            return value
        }
        func known<Raw, Value>(_ raw: Raw?, _ field: String, _ make: (Raw) -> Value?) throws(InvalidField) -> Value {
            let raw = try read(raw)
            guard let value = make(raw) else {
                throw InvalidField(
                    place + field, found: InvalidField.quoted("\(raw)"), expected: "one that this version knows")
            }
            return value
        }
        let name = try read(reader.readText())
        let direction = try known(reader.read(UInt8.self), ".direction") { Direction(rawValue: $0) }
        let kind = try known(reader.readText(), ".kind") { StreamDescription.Kind(rawValue: $0) }
        let rate = try read(reader.readDouble())
        let answers = try read(reader.read(UInt8.self))
        let channels = try read(reader.read(UInt16.self))
        let prefix = try read(reader.readText())
        let unit = try known(reader.readText(), ".unit") { Unit(rawValue: $0) }
        let format = try known(reader.read(UInt8.self), ".format") { Format(rawValue: $0) }
        return Stream(
            name: name, direction: direction, kind: kind, rate: rate, answers: answers == 0xFF ? nil : Int(answers),
            channels: Int(channels), labelPrefix: prefix, unit: unit, format: format, scale: try read(reader.readFloat()))
    }
}

extension RigLinkDescriptor.Stream {
    /// The label prefix of digital lines.
    public static let digitalLine = "line"

    /// Whether the channels are digital lines: a free-running auxiliary stream of the unit 1 whose channels are called line1, line2, ….
    public var isDigitalLines: Bool {
        direction == .out && answers == nil && kind == .auxiliary && unit == .dimensionless && labelPrefix == Self.digitalLine
            && rate > 0
    }

    /// Whether the channels are digital outputs: an auxiliary drive stream of the unit 1 whose channels are called line1, line2, ….
    public var isDigitalOutputs: Bool {
        direction == .drive && kind == .auxiliary && unit == .dimensionless && labelPrefix == Self.digitalLine && rate == 0
    }

    fileprivate func check(_ place: String) throws(InvalidField) {
        // A payload's length also bounds the product, which a foreign number of channels could make too large.
        let most = (RigLinkDecoder.maximumPayload - RigLinkFrames.headerSize) / format.size
        try InvalidField.check(
            (1...most).contains(channels), place + ".channels", "\(channels)", "1 to \(most), which a payload holds")
        try InvalidField.check(
            (0...RigLinkDescriptor.maximumRate).contains(rate), place + ".rate", "\(rate)",
            "0 to \(RigLinkDescriptor.maximumRate)")
        try InvalidField.check(scale.isFinite, place + ".scale", "\(scale)", "a finite number")
    }
}
