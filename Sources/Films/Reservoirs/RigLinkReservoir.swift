public import Devices
import Protocols
public import Signals
public import Transports

/// A device with a drive stream behind RigLink, driven in batches.
public final class RigLinkReservoir: Reservoir {
    private let runner: DeviceRunner
    private let ring: SampleRing
    private let queue: DriveQueue
    /// The stream of the answers.
    private let answering: Int
    private let scratch: UnsafeMutableBufferPointer<Float>
    public let inputs: Int
    public let nodes: Int
    public let description: String
    /// What a drive is brought within before it is sent.
    public let limits: DriveLimits
    private var counter: UInt64 = 0
    /// Longest wait for an answer, in seconds.
    private static let patience = 5.0

    /// Opens the device.
    /// - Parameter wire: gets everything that goes over the wire, for whoever records it and empties the ring.
    /// - Throws: `TransportError`; also when the device has no drive stream with an answer.
    public init(
        name: String, driver: any Driver, runner: DeviceRunner, wire: WireRing? = nil
    ) throws(TransportError) {
        self.runner = runner
        try runner.open()
        guard let door = driver.drive, let answers = door.answers else {
            runner.stop()
            throw TransportError(
                .unsupported, port: name, detail: "the device has no drive stream whose frames it answers",
                remedy: "name a reservoir device")
        }
        queue = door.queue
        inputs = door.queue.channels
        answering = answers
        nodes = runner.streams[answers].channelCount
        description = door.device
        limits = door.limits
        let words = runner.streams[answers].sampleFormat.words(nodes)
        ring = SampleRing(streams: runner.streams.count, minimumItems: 1024, minimumSamples: 1024 * words)
        scratch = .allocate(capacity: max(nodes * 64, RigLinkDecoder.maximumPayload / 2))
        runner.start(rings: [ring], wire: wire)
        if !runner.isStarted, let failure = runner.failure { throw failure }
    }

    /// Frames that were sent otherwise than they were asked for, because of the drive's limits.
    public var limitedFrames: UInt64 { queue.limitedCount }

    deinit {
        runner.stop()
        scratch.deallocate()
    }

    /// - Throws: `TransportError` when the device does not take what is queued before it within five seconds.
    public func reset(seed: UInt64) throws(TransportError) {
        var attended = AttendedTime()
        while !queue.reset(seed: seed) {
            if let failure = runner.failure { throw failure }
            guard attended.seconds < Self.patience else {
                throw TransportError(
                    .timeout, port: description, detail: "the device takes no drive frames: its reset cannot be queued")
            }
            attended.add(asked: 0.001) { WorkerThread.sleep(0.001) }
        }
    }

    /// - Throws: `TransportError` when the device is lost, when it answers nothing for five seconds, and when it forgets a frame: no state is
    ///   made up for one.
    public func run(_ inputs: [Float]) throws(TransportError) -> [Float] {
        precondition(inputs.count % self.inputs == 0, "inputs must hold whole steps")
        let steps = inputs.count / self.inputs
        var sent = 0
        let first = counter
        var answers = DriveAnswers(first: first, steps: steps, nodes: nodes)
        counter += UInt64(steps)
        var silence = AttendedTime()
        while answers.answered < steps {
            // As many frames as the way back has room for.
            while sent < steps, sent - answers.answered < 512 {
                let frame = inputs[sent * self.inputs..<(sent + 1) * self.inputs]
                guard frame.withUnsafeBufferPointer({ queue.send(counter: first + UInt64(sent), $0) }) else { break }
                sent += 1
            }
            guard let item = ring.take(into: scratch) else {
                if let failure = runner.failure { throw failure }
                if silence.seconds > Self.patience {
                    throw TransportError(
                        .timeout, port: description,
                        detail: "the device answered \(answers.answered) of \(steps) drive frames; "
                            + "the first without an answer is number \((answers.firstMissing ?? first) - first + 1)",
                        remedy: "look for errors of the device; a film that forgets frames cannot be measured")
                }
                silence.add(asked: 0.0001) { WorkerThread.sleep(0.0001) }
                continue
            }
            guard item.kind == .samples, Int(item.stream) == answering else { continue }
            let values = SampleValues(item, UnsafeBufferPointer(scratch))
            let isNew = withUnsafeTemporaryAllocation(of: Float.self, capacity: max(1, values.count)) { floats in
                for index in 0..<values.count { floats[index] = Float(values[index]) }
                let found = UnsafeBufferPointer(rebasing: UnsafeBufferPointer(floats)[0..<values.count])
                return answers.take(counter: item.firstCounter, found) > 0
            }
            if isNew { silence = AttendedTime() }
        }
        return answers.states
    }
}
