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
    private let answers: Int
    private let scratch: UnsafeMutableBufferPointer<Float>
    public let inputs: Int
    public let nodes: Int
    public let description: String
    private var counter: UInt64 = 0

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
        self.answers = answers
        nodes = runner.streams[answers].channelCount
        description = door.device
        ring = SampleRing(streams: runner.streams.count, minimumItems: 1024, minimumSamples: 1024 * nodes)
        scratch = .allocate(capacity: max(nodes * 64, RigLinkDecoder.maximumPayload / 2))
        runner.start(rings: [ring], wire: wire)
    }

    deinit {
        runner.stop()
        scratch.deallocate()
    }

    public func reset(seed: UInt64) { queue.reset(seed: seed) }

    /// - Throws: `TransportError` when the device is lost or answers nothing for five seconds.
    public func run(_ inputs: [Float]) throws(TransportError) -> [Float] {
        precondition(inputs.count % self.inputs == 0, "inputs must hold whole steps")
        let steps = inputs.count / self.inputs
        var states = [Float](repeating: 0, count: steps * nodes)
        var sent = 0
        var received = 0
        let first = counter
        counter += UInt64(steps)
        var lastAnswer = HostTime.now()
        while received < steps {
            // As many frames as the way back has room for.
            while sent < steps, sent - received < 512 {
                let frame = inputs[sent * self.inputs..<(sent + 1) * self.inputs]
                guard frame.withUnsafeBufferPointer({ queue.send(counter: first + UInt64(sent), $0) }) else { break }
                sent += 1
            }
            guard let item = ring.take(into: scratch) else {
                if let failure = runner.failure { throw failure }
                if HostTime.now() - lastAnswer > 5 {
                    throw TransportError(
                        .timeout, port: description, detail: "the device answered \(received) of \(steps) drive frames")
                }
                WorkerThread.sleep(0.0001)
                continue
            }
            guard item.kind == .samples, Int(item.stream) == answers, item.firstCounter >= first,
                let start = Int(exactly: item.firstCounter - first), start < steps, Int(item.frames) <= steps - start
            else { continue }
            for index in 0..<item.sampleCount { states[start * nodes + index] = scratch[index] }
            received += Int(item.frames)
            lastAnswer = .now()
        }
        return states
    }
}
