public import Signals

/// A device's introduction of itself: who it is, and what goes out of it and into it.
public struct RigLinkDescriptor: Equatable, Sendable, Codable {
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

        public var size: Int { self == .int16 ? 2 : 4 }
    }

    public struct Stream: Equatable, Sendable, Codable {
        public var name: String
        public var direction: Direction
        public var kind: StreamDescription.Kind
        /// Frames per second; 0 when a frame comes only as an answer.
        public var rate: Double
        /// Index of the drive stream whose frames this stream's frames answer, with the same counters; nil when none.
        public var answers: Int?
        public var channels: Int
        /// Channel k is called prefix + k, from 1.
        public var labelPrefix: String
        public var unit: Unit
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
    public var streams: [Stream]
    /// How a reservoir takes its inputs, where the device says so.
    public var timing: RigLinkTiming?

    public init(
        maker: String, model: String, serialNumber: String, firmware: String, maximumPayload: UInt32,
        queueFrames: UInt32, latency_us: UInt32, streams: [Stream], timing: RigLinkTiming? = nil
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
    }

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
        if let timing {
            let content = timing.content
            writer.write(RigLinkTiming.tag)
            writer.write(UInt16(content.count))
            writer.bytes += content
        }
        return writer.bytes
    }

    /// More channels than these in all streams together are refused.
    public static let maximumChannels = 65_535
    /// A stream with more frames per second is refused.
    public static let maximumRate = 1e8

    /// nil when the payload is cut, names a kind, unit or format that is not known, a stream without channels, with a rate
    /// above ``maximumRate`` or with a frame that no payload holds, more than ``maximumChannels``, or an answer to something that is no drive stream.
    public init?(_ payload: UnsafeRawBufferPointer) {
        var reader = ByteReader(payload)
        guard let maker = reader.readText(), let model = reader.readText(), let serial = reader.readText(),
            let firmware = reader.readText(), let maximum = reader.read(UInt32.self),
            let queue = reader.read(UInt32.self), let latency = reader.read(UInt32.self),
            let count = reader.read(UInt8.self)
        else { return nil }
        var streams: [Stream] = []
        for _ in 0..<count {
            guard let stream = Self.stream(&reader) else { return nil }
            streams.append(stream)
        }
        guard streams.reduce(0, { $0 + $1.channels }) <= Self.maximumChannels,
            streams.allSatisfy({ stream in
                stream.answers.map {
                    $0 < streams.count && streams[$0].direction == .drive && stream.direction == .out
                } ?? true
            })
        else { return nil }
        self.init(
            maker: maker, model: model, serialNumber: serial, firmware: firmware, maximumPayload: maximum,
            queueFrames: queue, latency_us: latency, streams: streams, timing: Self.timing(payload[reader.offset...]))
    }

    /// Looks through the extensions after the streams; blocks of other numbers are skipped, a cut one ends the list.
    private static func timing(_ rest: Slice<UnsafeRawBufferPointer>) -> RigLinkTiming? {
        let bytes = UnsafeRawBufferPointer(rebasing: rest)
        var reader = ByteReader(bytes)
        while let tag = reader.read(UInt8.self), let length = reader.read(UInt16.self), reader.remaining >= Int(length) {
            let content = UnsafeRawBufferPointer(rebasing: bytes[reader.offset..<reader.offset + Int(length)])
            if tag == RigLinkTiming.tag { return RigLinkTiming(content) }
            reader.skip(Int(length))
        }
        return nil
    }

    private static func stream(_ reader: inout ByteReader) -> Stream? {
        guard let name = reader.readText(),
            let direction = reader.read(UInt8.self).flatMap(Direction.init(rawValue:)),
            let kind = reader.readText().flatMap(StreamDescription.Kind.init(rawValue:)),
            let rate = reader.readDouble(), (0...Self.maximumRate).contains(rate), let answers = reader.read(UInt8.self),
            let channels = reader.read(UInt16.self), channels > 0, let prefix = reader.readText(),
            let unit = reader.readText().flatMap(Unit.init(rawValue:)),
            let format = reader.read(UInt8.self).flatMap(Format.init(rawValue:)),
            let scale = reader.readFloat(),
            scale.isFinite,
            RigLinkFrames.headerSize + Int(channels) * format.size <= RigLinkDecoder.maximumPayload
        else { return nil }
        return Stream(
            name: name, direction: direction, kind: kind, rate: rate,
            answers: answers == 0xFF ? nil : Int(answers),
            channels: Int(channels), labelPrefix: prefix, unit: unit, format: format, scale: scale)
    }
}
