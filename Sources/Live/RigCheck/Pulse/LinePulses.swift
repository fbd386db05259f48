import Devices
import Protocols
import Signals

/// Sets a digital output of a RigLink board high for 50 ms at each pulse and learns when each command left this machine.
final class LinePulses {
    static let length = 0.05

    /// When the commands were handed to the system, in the order of the pulses.
    private(set) var sent: [HostTime] = []
    private let queue: DriveQueue
    private let line: Int
    /// Times at which the output changes, from the beginning on, in seconds.
    private var changes: [(time: Double, isHigh: Bool)] = []
    private var next = 0
    private var decoder = RigLinkDecoder()
    private var scratch = [UInt8](repeating: 0, count: 1 << 16)

    /// - Parameters:
    ///   - line: from 0.
    ///   - times: of the pulses, in seconds from the beginning.
    init(_ queue: DriveQueue, line: Int, times: [Double]) {
        self.queue = queue
        self.line = line
        for time in times { changes += [(time, true), (time + Self.length, false)] }
    }

    /// Sends what is due.
    func serve(seconds: Double) {
        while next < changes.count, changes[next].time <= seconds {
            var frame = [Float](repeating: 0, count: queue.channels)
            frame[line] = changes[next].isHigh ? 1 : 0
            // Even counters are rises. A full queue is a pulse that is not sent.
            _ = frame.withUnsafeBufferPointer { queue.send(counter: UInt64(next), $0) }
            next += 1
        }
    }

    /// Finds the commands in what the driver sent.
    func take(_ wire: WireRing) {
        while let record = wire.peek() {
            if Int(record.length) > scratch.count { scratch = [UInt8](repeating: 0, count: Int(record.length)) }
            guard let record = scratch.withUnsafeMutableBufferPointer({ wire.take(into: $0) }), record.kind == .sent else {
                continue
            }
            scratch.withUnsafeBytes { bytes in
                decoder.feed(UnsafeRawBufferPointer(rebasing: bytes[0..<Int(record.length)])) { header, payload in
                    guard header.type == .drive, let frames = RigLinkFrames(payload), frames.firstCounter % 2 == 0 else {
                        return
                    }
                    sent.append(record.hostTime)
                }
            }
        }
    }
}
