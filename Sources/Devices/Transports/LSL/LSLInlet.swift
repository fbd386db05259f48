import Glibc
public import Protocols
import Signals

/// Reads one stream of the Lab Streaming Layer. Its bytes are `LSLRecord`s: chunks of samples as the sender sent and stamped
/// them, and the measured offset of the sender's clock.
///
/// liblsl's own recovery is off: a stream that ends is a loss here, which the supervision counts and mends. What liblsl
/// allocates inside is its own; nothing is allocated on this side of ``read(into:timeout:)``.
public final class LSLInlet: Transport {
    public let backend = "Lab Streaming Layer"
    public let port: String
    /// What the stream says of itself, its description included.
    public let header: LSLStreamHeader
    private let functions: LSLFunctions
    private let hostMinusLocal: Double
    private let waker: Waker?
    private var handle: OpaquePointer?
    private var pulled: UInt64 = 0
    private var lastOffset: LSLClockOffset?
    private var isOffsetNew = false
    private var nextOffsetPoll = HostTime(nanoseconds: 0)
    private let values: UnsafeMutableRawBufferPointer
    private let stamps: UnsafeMutableBufferPointer<Double>
    private let texts: LSLTextBuffer
    private let pull: (LSLFunctions.PullSample, LSLFunctions.PullChunk)?

    /// Longest wait in one call of the library, between which a stop is heard.
    private static let slice = 0.25
    private static let longestWait = 0.01
    /// Seconds of data that liblsl keeps while nobody pulls.
    private static let secondsKept: Int32 = 30
    private static let offsetInterval = 0.5

    /// Finds the stream, opens it and measures its clock.
    /// - Parameters:
    ///   - query: which stream.
    ///   - port: the stream as the user named it, for messages.
    ///   - seconds: time for each of the three.
    ///   - known: the stream that was there before; one of the same shape and source is taken, and its clock may be measured
    ///     while it already runs.
    ///   - readSize: largest buffer that ``read(into:timeout:)`` will be given.
    ///   - waker: ends a wait when the device is to stop.
    ///   - library: nil for the one that is found.
    /// - Throws: ``TransportError``: absent, ambiguous (unsupported), missing library, timeout.
    public init(
        _ query: LSLQuery, port: String, seconds: Double = 3, known: LSLStreamHeader? = nil, readSize: Int,
        waker: Waker? = nil, library: LibLSL? = nil
    ) throws(TransportError) {
        let library = try LibLSL.load(or: library)
        self.port = port
        self.waker = waker
        let functions = library.functions
        self.functions = functions
        hostMinusLocal = library.hostMinusLocal()
        let info = try LSLSearch(functions: functions, port: port, waker: waker).one(query, seconds: seconds, known: known)
        defer { functions.destroyStreamInfo(info) }
        guard let handle = functions.createInlet(info, Self.secondsKept, 0, 0) else {
            throw TransportError(.failed, port: port, detail: "liblsl cannot make an inlet for this stream")
        }
        do throws(TransportError) {
            header = try Self.open(handle, functions, port: port, seconds: seconds, waker: waker)
        } catch {
            functions.destroyInlet(handle)
            throw error
        }
        let size = header.format == .string ? 1 : header.format.size * header.channelCount
        let most = max(1, (readSize - LSLRecord.headerSize) / (size + 8))
        values = .allocate(byteCount: max(16, size * most), alignment: 16)
        stamps = .allocate(capacity: most)
        texts = LSLTextBuffer(channels: header.format == .string ? header.channelCount : 0)
        pull = functions.pull(header.format)
        self.handle = handle
        guard LSLRecord.valuesOffset(samples: 1) + size <= readSize else {
            close()
            throw TransportError(
                .unsupported, port: port,
                detail: "a sample of \(header.channelCount) channels has \(size) bytes, at most \(readSize - 32) are taken")
        }
        do throws(TransportError) {
            try measureClock(seconds: known == nil ? seconds : 1, isNeeded: known == nil)
        } catch {
            close()
            throw error
        }
    }

    deinit {
        close()
        values.deallocate()
        stamps.deallocate()
    }

    public func read(
        into buffer: UnsafeMutableRawBufferPointer, timeout: Double
    ) throws(TransportError) -> TransportRead {
        guard let handle else {
            throw TransportError(.gone, port: port, detail: "it was closed", errorNumber: EBADF)
        }
        try waker?.checkRunning(port)
        // A record of long texts is handed on piece by piece, nothing between.
        if texts.waiting > 0 { return .bytes(texts.take(into: buffer)) }
        if let bytes = try clockRecord(handle, into: buffer) { return .bytes(bytes) }
        let wait = min(timeout, Self.longestWait)
        guard let (pullSample, pullChunk) = pull else {
            return try readText(handle, into: buffer, timeout: wait)
        }
        guard let values = values.baseAddress, let stamps = stamps.baseAddress else { return .nothing }
        let channels = header.channelCount
        let most = min(
            self.stamps.count, (buffer.count - LSLRecord.headerSize) / (header.format.size * channels + 8))
        var code: Int32 = 0
        stamps[0] = pullSample(handle, values, Int32(channels), wait, &code)
        try check(code)
        guard stamps[0] != 0, most > 0 else { return .nothing }
        var count = 1
        if most > 1 {
            let more = pullChunk(
                handle, values + channels * header.format.size, stamps + 1, UInt((most - 1) * channels), UInt(most - 1), 0,
                &code)
            // A loss is told again by the next call, after what has come.
            count += Int(more) / channels
        }
        return .bytes(record(count, into: buffer))
    }

    /// Nothing goes back to a stream's sender.
    public func write(_ bytes: UnsafeRawBufferPointer, timeout: Double) throws(TransportError) {
        throw TransportError(.unsupported, port: port, detail: "nothing can be written to an inlet")
    }

    public func close() {
        guard let handle else { return }
        self.handle = nil
        functions.destroyInlet(handle)
    }

    /// The bytes of pulled numbers.
    private func record(_ samples: Int, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let valueBytes = samples * header.channelCount * header.format.size
        let offset = LSLRecord.valuesOffset(samples: samples)
        LSLRecord.putHeader(
            .samples, format: header.format, channels: header.channelCount, samples: samples, firstSample: pulled,
            size: offset + valueBytes, into: buffer)
        pulled += UInt64(samples)
        for index in 0..<samples {
            LSLRecord.put(stamps[index], at: LSLRecord.headerSize + 8 * index, into: buffer)
        }
        UnsafeMutableRawBufferPointer(rebasing: buffer[offset..<offset + valueBytes]).copyMemory(
            from: UnsafeRawBufferPointer(rebasing: values[0..<valueBytes]))
        return offset + valueBytes
    }

    /// The bytes of one sample of texts, or their beginning.
    private func readText(
        _ handle: OpaquePointer, into buffer: UnsafeMutableRawBufferPointer, timeout: Double
    ) throws(TransportError) -> TransportRead {
        var code: Int32 = 0
        let stamp = texts.pull(handle, functions, timeout: timeout, &code)
        try check(code)
        guard stamp != 0 else { return .nothing }
        texts.compose(stamp: stamp, firstSample: pulled, functions)
        pulled += 1
        return .bytes(texts.take(into: buffer))
    }

    // MARK: The sender's clock

    /// A new measurement of the sender's clock as bytes; nil when there is none.
    private func clockRecord(
        _ handle: OpaquePointer, into buffer: UnsafeMutableRawBufferPointer
    ) throws(TransportError) -> Int? {
        let now = HostTime.now()
        if now > nextOffsetPoll {
            nextOffsetPoll = now + Self.offsetInterval
            _ = try pollClock(handle, timeout: 0)
        }
        guard isOffsetNew, let lastOffset else { return nil }
        isOffsetNew = false
        lastOffset.put(into: buffer)
        return LSLClockOffset.size
    }

    /// Asks for the correction that liblsl measures every few seconds, on a thread of its own.
    /// - Returns: whether there is one.
    private func pollClock(_ handle: OpaquePointer, timeout: Double) throws(TransportError) -> Bool {
        var (remote, uncertainty, code) = (0.0, 0.0, Int32(0))
        let correction = functions.timeCorrection(handle, &remote, &uncertainty, timeout, &code)
        if code == Self.timedOut { return false }
        try check(code)
        guard remote != lastOffset?.remote || lastOffset == nil else { return true }
        lastOffset = LSLClockOffset(
            remote: remote, correction: correction, uncertainty: uncertainty, hostMinusLocal: hostMinusLocal)
        isOffsetNew = true
        return true
    }

    private func measureClock(seconds: Double, isNeeded: Bool) throws(TransportError) {
        guard let handle else { return }
        var attended = AttendedTime()
        while attended.seconds < seconds {
            try waker?.checkRunning(port)
            let isMeasured = try attended.add(asked: Self.slice) { () throws(TransportError) in
                try pollClock(handle, timeout: Self.slice)
            }
            if isMeasured { return }
        }
        guard isNeeded else { return }
        throw TransportError(
            .timeout, port: port, detail: "the clock of \(header.host) was not measured within \(seconds) s",
            remedy: "let UDP ports 16572 to 16604 through the firewalls of both machines")
    }

    // MARK: Opening and errors

    private static let timedOut: Int32 = -1
    private static let lost: Int32 = -2

    private static func open(
        _ handle: OpaquePointer, _ functions: LSLFunctions, port: String, seconds: Double, waker: Waker?
    ) throws(TransportError) -> LSLStreamHeader {
        var attended = AttendedTime()
        var header: LSLStreamHeader?
        while attended.seconds < seconds {
            try waker?.checkRunning(port)
            var code: Int32 = 0
            if header == nil {
                guard let info = attended.add(asked: slice, { functions.fullInfo(handle, slice, &code) }) else {
                    if code == timedOut { continue }
                    try check(code, port)
                    continue
                }
                defer { functions.destroyStreamInfo(info) }
                header = LSLStreamHeader(info, functions)
            }
            attended.add(asked: slice) { functions.openStream(handle, slice, &code) }
            if code == timedOut { continue }
            try check(code, port)
            if let header { return header }
        }
        throw TransportError(
            .timeout, port: port, detail: "the stream was found, but no connection to it stood within \(seconds) s",
            remedy: "let TCP ports 16572 to 16604 through the firewalls of both machines")
    }

    private func check(_ code: Int32) throws(TransportError) { if code != 0 { try Self.check(code, port) } }

    private static func check(_ code: Int32, _ port: String) throws(TransportError) {
        switch code {
        case 0, timedOut: return
        case lost: throw TransportError(.gone, port: port, detail: "the stream has ended (liblsl: lost)", errorNumber: ENODEV)
        default: throw TransportError(.failed, port: port, detail: "liblsl answers with error \(code)")
        }
    }
}
