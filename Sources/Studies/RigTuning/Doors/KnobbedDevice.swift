public import Devices
public import Protocols
public import Signals
public import Transports

/// A RigLink device with knobs: asked, set and driven by one thread, one thing after the other.
///
/// It is opened by its driver, which also knows the rig file's limits of the drive. Time is its clock's: a simulated device in this
/// process has a clock of its own.
public final class KnobbedDevice {
    public let name: String
    public let descriptor: RigLinkDescriptor
    /// The device in its own words, for people.
    public var words: String {
        "\(descriptor.maker) \(descriptor.model), serial number \(descriptor.serialNumber), firmware \(descriptor.firmware)"
    }
    public var hasKnobs: Bool { descriptor.knobs != nil }
    /// What the device says of its knobs; none for a device without.
    public var knobs: RigLinkKnobs { descriptor.knobs ?? RigLinkKnobs([]) }
    private let driver: any Driver
    private let clock: any HostClock
    private let limits: DriveLimits
    private var opened: OpenedDevice
    private var encoder = RigLinkEncoder()
    private var decoder = RigLinkDecoder()
    private var request: UInt32 = 0
    private var isStreaming = false
    private var lastFrame: [Float]

    // What came since it was asked for.
    private var knobState: RigLinkKnobState?
    private var fault: String?
    private var dropped: UInt32 = 0
    private var answers: [Float] = []
    private var isAnswered: [Bool] = []
    private var missing = 0
    private var firstCounter: UInt64 = 0
    private var counter: UInt64 = 0

    private let driveStream: Int?
    private let answerStream: Int?
    /// Values of a drive frame, and of its answer; 0 for a device that cannot be driven.
    public let channels: Int
    public let nodes: Int

    private static let patience = 5.0

    /// - Throws: `TransportError` when the device is not there.
    public init(name: String, driver: any Driver, clock: any HostClock = MonotonicClock()) throws(TransportError) {
        (self.name, self.driver, self.clock) = (name, driver, clock)
        opened = try driver.open(tap: { _, _ in })
        guard let configuration = opened.configuration.value as? RigLinkConfiguration else {
            opened.transport.close()
            throw TransportError(
                .unsupported, port: opened.transport.port, detail: "the device \(name) does not speak RigLink",
                remedy: "only RigLink devices have knobs")
        }
        descriptor = configuration.descriptor
        limits = driver.drive?.limits ?? DriveLimits()
        let streams = configuration.descriptor.streams
        let drive = streams.firstIndex { $0.direction == .drive }
        let answer = streams.firstIndex { $0.direction == .out && drive != nil && $0.answers == drive }
        (driveStream, answerStream) = (drive, answer)
        channels = drive.map { streams[$0].channels } ?? 0
        nodes = answer.map { streams[$0].channels } ?? 0
        lastFrame = [Float](repeating: limits.safe ?? 0, count: channels)
        greeted()
    }

    /// The driver's greeting was message 0.
    private func greeted() {
        encoder = RigLinkEncoder()
        _ = encoder.encode(.hello)
        decoder.reset()
        isStreaming = false
        dropped = 0
    }

    /// Opens it again after a loss. Another device in its place is refused.
    public func reopen() throws(TransportError) {
        opened.transport.close()
        opened = try driver.open(tap: { _, _ in })
        greeted()
    }

    deinit { close() }

    /// Leaves the drive at its safe value and says stop, which brings the knobs to rest. A device that is gone needs neither.
    public func close() {
        if isStreaming, let safe = limits.safe { _ = try? drive([Float](repeating: safe, count: channels)) }
        try? send(.stop, [])
        opened.transport.close()
    }

    // MARK: Knobs

    /// Where all knobs are. Changes nothing.
    public func ask() throws(TransportError) -> RigLinkKnobState { try exchange([]) }

    /// Sets some knobs.
    public func set(_ entries: [RigLinkKnobSetting.Entry]) throws(TransportError) -> RigLinkKnobState {
        try exchange(entries)
    }

    private func exchange(_ entries: [RigLinkKnobSetting.Entry]) throws(TransportError) -> RigLinkKnobState {
        request &+= 1
        knobState = nil
        try send(.setKnobs, RigLinkKnobSetting(request: request, entries: entries).payload)
        try wait("an answer to the setting of knobs") { knobState != nil }
        guard let state = knobState, state.values.count == knobs.knobs.count else {
            throw TransportError(
                .protocolViolation, port: opened.transport.port,
                detail: "\(name) reads back \(knobState?.values.count ?? 0) knobs and has \(knobs.knobs.count)")
        }
        return state
    }

    // MARK: Drive

    /// Back to the initial state, before the next frame.
    public func reset(seed: UInt64) throws(TransportError) {
        try begin()
        try send(.reset, withUnsafeBytes(of: seed.littleEndian) { Array($0) })
    }

    /// - Parameter frames: shape `[steps, channels]`, brought within the rig file's limits of the drive.
    /// - Returns: the answers, shape `[steps, nodes]`.
    /// - Throws: `TransportError` when the device is lost, drops a frame or answers nothing for five seconds.
    public func drive(_ frames: [Float]) throws(TransportError) -> [Float] {
        guard let driveStream, answerStream != nil else {
            throw TransportError(
                .unsupported, port: opened.transport.port, detail: "\(name) has no drive stream whose frames it answers")
        }
        precondition(frames.count % channels == 0, "whole frames")
        try begin()
        let steps = frames.count / channels
        var frames = frames
        limit(&frames)
        answers = [Float](repeating: 0, count: steps * nodes)
        isAnswered = [Bool](repeating: false, count: steps)
        (missing, firstCounter) = (steps, counter)
        counter += UInt64(steps)
        let format = descriptor.streams[driveStream]
        let most = max(1, min(Int(descriptor.queueFrames), 128))
        let together = max(
            1, min(16, (Int(descriptor.maximumPayload) - RigLinkFrames.headerSize) / (channels * format.format.size)))
        let before = dropped
        var sent = 0
        while missing > 0 {
            while sent < steps, sent - (steps - missing) < most {
                let count = min(together, steps - sent, most - (sent - (steps - missing)))
                try send(
                    .drive,
                    RigLinkFrames.payload(
                        stream: driveStream, firstCounter: firstCounter + UInt64(sent), frames: count,
                        values: Array(frames[sent * channels..<(sent + count) * channels]), format: format.format,
                        scale: format.scale))
                sent += count
            }
            let waiting = missing
            try wait("\(missing) answers to drive frames") { missing < waiting || dropped != before }
            guard dropped == before else {
                throw TransportError(
                    .failed, port: opened.transport.port,
                    detail: "\(name) dropped \(dropped &- before) drive frames" + (fault.map { ": \($0)" } ?? ""),
                    remedy: "a weaker drive, or a look at the device")
            }
        }
        return answers
    }

    private func limit(_ frames: inout [Float]) {
        frames.withUnsafeMutableBufferPointer { frames in
            lastFrame.withUnsafeMutableBufferPointer { last in
                for first in stride(from: 0, to: frames.count, by: channels) {
                    _ = limits.apply(to: .init(rebasing: frames[first..<first + channels]), last: last)
                }
            }
        }
    }

    private func begin() throws(TransportError) {
        guard !isStreaming else { return }
        try send(.start, [])
        isStreaming = true
    }

    // MARK: Messages

    private func send(_ type: RigLinkType, _ payload: [UInt8]) throws(TransportError) {
        try opened.transport.write(encoder.encode(type, payload))
    }

    private func wait(_ what: String, _ isDone: () -> Bool) throws(TransportError) {
        var attended = AttendedTime()
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while !isDone() {
            guard attended.seconds < Self.patience else {
                throw TransportError(
                    .timeout, port: opened.transport.port, detail: "\(name): expected \(what), none came in 5 s",
                    remedy: "look for errors of the device")
            }
            let begin = clock.now()
            var found = Result<TransportRead, TransportError>.success(.nothing)
            buffer.withUnsafeMutableBytes { bytes in
                do throws(TransportError) { found = .success(try opened.transport.read(into: bytes, timeout: 0.05)) } catch {
                    found = .failure(error)
                }
            }
            guard case .bytes(let count) = try found.get() else {
                attended.add(clock.now() - begin, asked: 0.05)
                continue
            }
            attended = AttendedTime()
            buffer.withUnsafeBytes { bytes in
                decoder.feed(UnsafeRawBufferPointer(rebasing: bytes[0..<count])) { header, payload in take(header.type, payload)
                }
            }
        }
    }

    private func take(_ type: RigLinkType, _ payload: UnsafeRawBufferPointer) {
        switch type {
        case .knobs:
            if let state = RigLinkKnobState(payload), state.request == request { knobState = state }
        case .status: dropped = RigLinkStatus(payload)?.droppedFrames ?? dropped
        case .error: fault = RigLinkFault(payload)?.text
        case .samples: takeAnswers(payload)
        default: break
        }
    }

    private func takeAnswers(_ payload: UnsafeRawBufferPointer) {
        guard let answerStream, let frames = RigLinkFrames(payload), frames.stream == answerStream else { return }
        let stream = descriptor.streams[answerStream]
        guard frames.values.count == frames.frames * nodes * stream.format.size else { return }
        for frame in 0..<frames.frames {
            let place = frames.firstCounter &+ UInt64(frame) &- firstCounter
            guard place < UInt64(isAnswered.count), !isAnswered[Int(place)] else { continue }
            isAnswered[Int(place)] = true
            missing -= 1
            for node in 0..<nodes {
                answers[Int(place) * nodes + node] = stream.value(frames.values, frame * nodes + node)
            }
        }
    }
}

extension RigLinkDescriptor.Stream {
    /// A value of a message, in the stream's unit.
    fileprivate func value(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> Float {
        switch format {
        case .float32:
            Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)))
        case .int16: Float(Int16(littleEndian: bytes.loadUnaligned(fromByteOffset: 2 * index, as: Int16.self))) * scale
        case .int32: Float(Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * index, as: Int32.self))) * scale
        }
    }
}
