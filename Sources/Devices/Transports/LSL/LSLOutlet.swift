import Glibc
import Protocols
public import Signals

/// Publishes one stream on the Lab Streaming Layer. For one thread.
///
/// Numbers go out in the description's format and its senders' units, texts as strings. Stamps are host times: liblsl's
/// clock on this machine is the same monotonic clock, and what may lie between the two is measured when the outlet is made.
/// Samples that are pushed while nobody listens are gone.
///
///     let outlet = try LSLOutlet(StreamDescription(name: "words", kind: .markers, …, isText: true))
///     outlet.push(["seven"], at: .now())
public final class LSLOutlet {
    /// What is sent.
    public let stream: StreamDescription
    private let functions: LSLFunctions
    private var handle: OpaquePointer?
    private let hostMinusLocal: Double
    private var texts: [UnsafePointer<CChar>?]
    private var lengths: [UInt32]

    /// - Parameters:
    ///   - stream: its name, channels, rate and number format.
    ///   - sourceID: names the source for programs that come back after a loss; the stream's name by default.
    ///   - secondsKept: what liblsl keeps for a consumer that is slow.
    ///   - library: nil for the one that is found.
    /// - Throws: ``TransportError`` when liblsl is not installed or refuses the stream.
    public init(
        _ stream: StreamDescription, sourceID: String? = nil, secondsKept: Int = 60, library: LibLSL? = nil
    ) throws(TransportError) {
        let library = try LibLSL.load(or: library)
        self.stream = stream
        functions = library.functions
        hostMinusLocal = library.hostMinusLocal()
        texts = [UnsafePointer<CChar>?](repeating: nil, count: stream.channelCount)
        lengths = [UInt32](repeating: 0, count: stream.channelCount)
        let format = stream.isText ? LSLFormat.string : LSLFormat(stream.sampleFormat)
        guard
            let info = functions.createStreamInfo(
                stream.name, stream.kind.rawValue, Int32(stream.channelCount), stream.nominalRate,
                Int32(format.rawValue), sourceID ?? stream.name)
        else {
            throw TransportError(.failed, port: stream.name, detail: "liblsl cannot describe this stream")
        }
        defer { functions.destroyStreamInfo(info) }
        describe(info)
        // For an irregular stream the buffer's length counts hundreds of samples.
        guard let handle = functions.createOutlet(info, 0, Int32(secondsKept)) else {
            throw TransportError(
                .failed, port: stream.name, detail: "liblsl cannot publish this stream",
                remedy: "see what it says on standard error; a firewall or the lack of a network may be the cause")
        }
        self.handle = handle
    }

    deinit { close() }

    /// Pushes frames; liblsl converts them where the stream has another format.
    /// - Parameters:
    ///   - frames: frame-major, shape `[frames, channels]`.
    ///   - time: when the last of them was sampled; the others are placed before it by the nominal rate.
    public func push(_ frames: UnsafeBufferPointer<Float>, lastAt time: HostTime) {
        precondition(!stream.isText && frames.count % stream.channelCount == 0, "a stream of numbers takes whole frames")
        push(UnsafeRawBufferPointer(frames), .float32, lastAt: time)
    }

    /// Pushes a block as it lies in a ring.
    /// - Parameters:
    ///   - item: of the stream, of kind `samples`.
    ///   - words: those of the item.
    ///   - time: as above.
    public func push(_ item: SampleRingItem, _ words: UnsafeBufferPointer<Float>, lastAt time: HostTime) {
        precondition(
            !stream.isText && Int(item.channels) == stream.channelCount, "a stream of numbers takes frames of its channels")
        push(SampleValues(item, words).bytes, item.format, lastAt: time)
    }

    private func push(_ bytes: UnsafeRawBufferPointer, _ format: SampleFormat, lastAt time: HostTime) {
        guard let handle, let start = bytes.baseAddress, !bytes.isEmpty, let push = functions.push(LSLFormat(format)) else {
            return
        }
        _ = push(handle, start, UInt(bytes.count / format.size), time.seconds - hostMinusLocal, 1)
    }

    /// Pushes a block of the stream.
    /// - Parameters:
    ///   - block: frames in the stream's unit.
    ///   - time: when its last frame was sampled; the block's own time by default.
    public func push(_ block: SampleBlock, lastAt time: HostTime? = nil) {
        block.samples.withUnsafeBufferPointer { push($0, lastAt: time ?? block.hostTime) }
    }

    /// Pushes one sample of texts, one for each channel.
    public func push(_ values: [String], at time: HostTime) {
        precondition(stream.isText && values.count == stream.channelCount, "a stream of texts takes one for each channel")
        push(values, 0, at: time)
    }

    /// Lends the texts' bytes one after the other, then pushes.
    private func push(_ values: [String], _ index: Int, at time: HostTime) {
        guard let handle else { return }
        guard index < values.count else {
            _ = functions.pushTexts(handle, &texts, lengths, time.seconds - hostMinusLocal, 1)
            return
        }
        lengths[index] = UInt32(values[index].utf8.count)
        values[index].withCString { text in
            texts[index] = text
            push(values, index + 1, at: time)
        }
    }

    /// Whether anybody listens.
    public var hasConsumers: Bool { handle.map { functions.haveConsumers($0) != 0 } ?? false }

    /// - Returns: whether somebody listens before the time is over.
    public func waitForConsumers(seconds: Double) -> Bool {
        handle.map { functions.waitForConsumers($0, seconds) != 0 } ?? false
    }

    /// Ends the stream. A second call does nothing.
    ///
    /// While somebody listens, the stream ends with the process instead: liblsl 1.17 and 1.18 walk the list of their
    /// connections while it shrinks when an outlet is destroyed (`tcp_server::close_inflight_sessions`), which crashes now and then.
    public func close() {
        guard let handle else { return }
        if !hasConsumers { functions.destroyOutlet(handle) }
        self.handle = nil
    }

    /// Channels and device, in the words of XDF's meta-data.
    private func describe(_ info: OpaquePointer) {
        guard let root = functions.description(info) else { return }
        if let channels = functions.appendChild(root, "channels") {
            for (index, channel) in stream.channels.enumerated() {
                guard let node = functions.appendChild(channels, "channel") else { continue }
                _ = functions.appendChildValue(node, "label", channel.label)
                _ = functions.appendChildValue(node, "unit", channel.unitWord)
                _ = functions.appendChildValue(node, "type", channel.type?.rawValue ?? stream.kind.rawValue)
                guard let place = stream.position(of: index), let location = functions.appendChild(node, "location") else {
                    continue
                }
                for (name, value) in [("X", place.x), ("Y", place.y), ("Z", place.z)] {
                    _ = functions.appendChildValue(location, name, "\((value * 100).rounded() / 100)")
                }
            }
        }
        if let reference = stream.reference, let node = functions.appendChild(root, "reference") {
            _ = functions.appendChildValue(node, "label", reference)
        }
        if let acquisition = functions.appendChild(root, "acquisition") {
            _ = functions.appendChildValue(acquisition, "model", stream.device)
            _ = functions.appendChildValue(acquisition, "serial_number", stream.serialNumber)
        }
    }
}

extension LibLSL {
    /// Seconds that bring liblsl's clock on this machine to the host's monotonic clock. On Linux both are one clock; a
    /// difference below the reading's own duration counts as none.
    func hostMinusLocal() -> Double {
        let before = HostTime.now()
        let local = localClock
        let after = HostTime.now()
        let difference = before.seconds + (after - before) / 2 - local
        return abs(difference) <= 1e-4 + (after - before) ? 0 : difference
    }
}
