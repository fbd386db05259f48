import Foundation
public import Signals
import Texts

/// Writes an XDF 1.0 file piece by piece.
///
/// Each block becomes one samples chunk. Its samples carry time stamps in seconds of the host's monotonic clock, by the stream's
/// `FrameClock`: arrival jitter does not enter the file, and stamps never fall. Where the found rate is the header's within
/// 10 ppm only the first sample of a chunk is stamped, and a reader places the others by the header's rate.
public final class XDFWriter {
    let file: AppendFile
    var streams: [Stream] = []

    struct Stream {
        var description: StreamDescription?
        /// For blocks that come without times.
        var clock: FrameClock?
        var samples: UInt64 = 0
        var first: Double?
        var last = 0.0
        /// Counter and stamp of the last block's first frame, and seconds from a frame to the next.
        var lastBlock: (counter: UInt64, stamp: Double, period: Double)?
        var isClosed = false
    }

    /// Where the samples of a file come from.
    enum Origin {
        /// They were recorded as they came.
        case recorded
        /// They are a file of another program, whose time 0 is the anchor's; whether its date is known, and what else it tells.
        /// `sessionStart`: of the session that they were taken from, in seconds of the stamps' clock.
        case imported(hasDate: Bool, metadata: [String: String], sessionStart: Double? = nil)
    }

    /// - Throws: ``SessionError`` when the file exists or cannot be made.
    public convenience init(creating path: String, anchor: WallClockAnchor) throws(SessionError) {
        try self.init(creating: path, anchor: anchor, origin: .recorded)
    }

    init(creating path: String, anchor: WallClockAnchor, origin: Origin) throws(SessionError) {
        file = try AppendFile(creating: path)
        try file.append(Self.fileStart(anchor, origin))
    }

    /// Magic and file header.
    static func fileStart(_ anchor: WallClockAnchor, _ origin: Origin = .recorded) -> [UInt8] {
        let begin = Date(timeIntervalSince1970: (Double(anchor.utcNanoseconds) * 1e-9).rounded(.down))
        var date = "<datetime>\(begin.ISO8601Format())</datetime>"
        var rest = ""
        if case .imported(let hasDate, let metadata, let sessionStart) = origin {
            if !hasDate { date = "<date_unknown>true</date_unknown>" }
            rest = "<time_zero_s>\(anchor.host.seconds)</time_zero_s>"
            if let sessionStart { rest += "<session_start_s>\(sessionStart)</session_start_s>" }
            let elements = metadata.sorted { $0.key < $1.key }.map { HeaderElement($0.key, $0.value).xml }
            if !elements.isEmpty { rest += "<metadata>\(elements.joined())</metadata>" }
        }
        let text =
            "<?xml version=\"1.0\"?><info><version>1.0</version>\(date)"
            + "<monotonic_anchor_s>\(anchor.host.seconds)</monotonic_anchor_s>"
            + "<utc_anchor_s>\(Double(anchor.utcNanoseconds) * 1e-9)</utc_anchor_s>\(rest)</info>"
        return XDF.magic + XDF.chunk(.fileHeader, Array(text.utf8))
    }

    /// Declares a stream.
    /// - Returns: its identifier in ``append(stream:item:values:)``.
    public func addStream(_ description: StreamDescription) throws(SessionError) -> Int {
        let clock = description.nominalRate > 0 ? FrameClock(nominalRate: description.nominalRate) : nil
        streams.append(Stream(description: description, clock: clock))
        let channels = description.channels.indices.map { description.element(ofChannel: $0) }
        try header(
            name: description.name, type: description.typeWord, channels: description.channelCount,
            rate: description.nominalRate, format: description.isText ? "string" : description.sampleFormat.rawValue,
            source: description.serialNumber.isEmpty ? description.name : description.serialNumber,
            content: "<desc><channels>\(channels.joined())</channels><acquisition><model>"
                + "\(ForeignText.xml(description.device))</model><serial_number>"
                + "\(ForeignText.xml(description.serialNumber))</serial_number></acquisition>"
                + description.details.map(\.xml).joined() + "</desc>")
        return streams.count
    }

    /// Declares a stream of text with one channel at irregular times.
    public func addMarkers(name: String) throws(SessionError) -> Int {
        streams.append(Stream())
        try header(
            name: name, type: "Markers", channels: 1, rate: 0, format: "string", source: name,
            content: "<desc/>")
        return streams.count
    }

    /// Appends one block.
    /// - Parameters:
    ///   - id: as the stream was added.
    ///   - item: the block's header; its counter and host time feed the stream's clock.
    ///   - values: the block's words; its numbers are written as they are, in the stream's format.
    public func append(
        stream id: Int, item: SampleRingItem, values: UnsafeBufferPointer<Float>
    ) throws(SessionError) {
        let frames = Int(item.frames)
        guard frames > 0 else { return }
        precondition(
            item.format == streams[id - 1].description?.sampleFormat ?? .float32, "a block has the format of its stream")
        let bytes = SampleValues(item, values).bytes
        let rowSize = Int(item.channels) * item.format.size
        let (stamp, period) = times(of: item, &streams[id - 1])
        streams[id - 1].lastBlock = (item.firstCounter, stamp, period)
        let rate = streams[id - 1].description?.nominalRate ?? 0
        let isImplied = abs(period * rate - 1) <= Self.impliedDifference
        var head: [UInt8] = []
        XDF.append(UInt32(id), to: &head)
        head += XDF.variableLength(frames)
        // Written in place: appending to an array takes longer than all the rest for a channel of sound.
        let content = [UInt8](unsafeUninitializedCapacity: head.count + frames * (9 + rowSize)) { room, count in
            let room = UnsafeMutableRawBufferPointer(room)
            room.copyBytes(from: head)
            count = head.count
            for frame in 0..<frames {
                let isStamped = frame == 0 || !isImplied
                room[count] = isStamped ? 8 : 0
                count += 1
                if isStamped {
                    let bits = (stamp + Double(frame) * period).bitPattern.littleEndian
                    room.storeBytes(of: bits, toByteOffset: count, as: UInt64.self)
                    count += 8
                }
                let row = UnsafeRawBufferPointer(rebasing: bytes[frame * rowSize..<(frame + 1) * rowSize])
                UnsafeMutableRawBufferPointer(rebasing: room[count...]).copyMemory(from: row)
                count += rowSize
            }
        }
        try file.append(XDF.chunk(.samples, content))
        note(id, frames: frames, first: stamp, last: stamp + Double(frames - 1) * period)
    }

    public func append(marker text: String, stream id: Int, at time: HostTime) throws(SessionError) {
        try append(texts: [text], stream: id, at: time.seconds)
    }

    /// Appends one sample of texts, one for each channel.
    /// - Parameter stamp: seconds, on the clock that the stream's clock offsets speak of.
    func append(texts: [String], stream id: Int, at stamp: Double) throws(SessionError) {
        var content: [UInt8] = []
        XDF.append(UInt32(id), to: &content)
        content += XDF.variableLength(1)
        content.append(8)
        XDF.append(stamp.bitPattern, to: &content)
        for text in texts {
            content += XDF.variableLength(text.utf8.count)
            content += Array(text.utf8)
        }
        try file.append(XDF.chunk(.samples, content))
        note(id, frames: 1, first: stamp, last: stamp)
    }

    /// Samples that a stream has so far.
    func samples(of id: Int) -> Int { Int(streams[id - 1].samples) }

    /// A boundary, and for each stream without a clock of its own that its stamps are already on the host's clock (offset 0).
    public func mark(at time: HostTime) throws(SessionError) {
        try file.append(XDF.chunk(.boundary, XDF.boundary))
        for id in streams.indices where streams[id].description?.hasOwnClock != true {
            try append(clockOffset: 0, stream: id + 1, at: time.seconds)
        }
    }

    /// Appends a measurement of a stream's clock.
    /// - Parameters:
    ///   - clockOffset: seconds that bring the stream's stamps to the host's clock.
    ///   - time: when it was measured, in seconds of the stream's own clock.
    func append(clockOffset: Double, stream id: Int, at time: Double) throws(SessionError) {
        var content: [UInt8] = []
        XDF.append(UInt32(id), to: &content)
        XDF.append(time.bitPattern, to: &content)
        XDF.append(clockOffset.bitPattern, to: &content)
        try file.append(XDF.chunk(.clockOffset, content))
    }

    public func sync() throws(SessionError) { try file.sync() }

    /// Writes the footers and closes the file.
    public func close() throws(SessionError) {
        for id in streams.indices where !streams[id].isClosed {
            streams[id].isClosed = true
            let stream = streams[id]
            let rate =
                stream.first.map { stream.last > $0 ? Double(stream.samples - 1) / (stream.last - $0) : 0 }
                ?? 0
            var content: [UInt8] = []
            XDF.append(UInt32(id + 1), to: &content)
            content += Array(
                ("<?xml version=\"1.0\"?><info><first_timestamp>\(stream.first ?? 0)</first_timestamp>"
                    + "<last_timestamp>\(stream.last)</last_timestamp><sample_count>\(stream.samples)</sample_count>"
                    + "<measured_srate>\(rate)</measured_srate></info>").utf8)
            try file.append(XDF.chunk(.streamFooter, content))
        }
        try file.close()
    }

    func note(_ id: Int, frames: Int, first: Double, last: Double) {
        streams[id - 1].samples += UInt64(frames)
        if streams[id - 1].first == nil { streams[id - 1].first = first }
        streams[id - 1].last = last
    }

    /// Relative difference of the rates up to which a reader may place samples by the header's.
    private static let impliedDifference = 10e-6

    /// Stamp of a block's first frame, and seconds from a frame to the next.
    private func times(of item: SampleRingItem, _ stream: inout Stream) -> (stamp: Double, period: Double) {
        let rate = stream.description?.nominalRate ?? 0
        let period = rate > 0 ? 1 / rate : 0
        // A device's own stamps are written as they are, its known delay included: the clock offsets beside them are as measured, too.
        if let stamp = item.deviceTime { return (stamp, period) }
        guard rate > 0 else { return (max((item.made ?? item.hostTime).seconds, stream.last), 0) }
        var item = item
        if item.made == nil {
            stream.clock?.observe(counter: item.firstCounter &+ UInt64(item.frames) &- 1, at: item.hostTime) { _ in }
            stream.clock?.stamp(&item, counter: Double(item.firstCounter))
        }
        return ((item.made ?? item.hostTime).seconds, item.made == nil ? period : item.framePeriod)
    }

    func header(
        name: String, type: String, channels: Int, rate: Double, format: String, source: String,
        content: String
    ) throws(SessionError) {
        var bytes: [UInt8] = []
        XDF.append(UInt32(streams.count), to: &bytes)
        bytes += Array(
            ("<?xml version=\"1.0\"?><info><name>\(ForeignText.xml(name))</name><type>\(type)</type>"
                + "<channel_count>\(channels)</channel_count><nominal_srate>\(rate)</nominal_srate>"
                + "<channel_format>\(format)</channel_format><source_id>\(ForeignText.xml(source))</source_id>"
                + "\(content)</info>").utf8)
        try file.append(XDF.chunk(.streamHeader, bytes))
    }
}
