/// What goes wrong between a simulated device and its driver: a list of faults over the device's packets.
///
/// A plan is a value. The same plan and the same packets give the same bytes at the same times.
public struct FaultPlan: Equatable, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        /// `count` packets are not sent.
        case drop
        /// The packet is sent `count` times more.
        case duplicate
        /// One bit of each of `count` bytes is flipped, or all bits of the byte at `byte`.
        case corrupt
        /// Only the first `count` bytes of the packet are sent.
        case cut
        /// `count` random bytes come before the packet.
        case noise
        /// Nothing gets through for `seconds`, then all of it at once.
        case delay
        /// `count` packets are held and come together with the last of them.
        case burst
        /// The line hangs up before the packet and comes back after `seconds`; what was due meanwhile is lost.
        case disconnect
        /// The device's clock runs faster by `ppm`, during the whole stream.
        case drift
        /// The packet's counter is wrong by `count`.
        case counter
    }

    public struct Fault: Equatable, Sendable {
        public var kind: Kind
        /// First packet that is hit, from 0; with `every` the first of a row.
        public var at: Int?
        /// Repeats every `every` packets.
        public var every: Int?
        /// Or each packet with this probability.
        public var probability: Double
        public var count: Int
        public var seconds: Double
        public var ppm: Double
        /// Byte of the packet, from its end when negative.
        public var byte: Int?

        public init(
            _ kind: Kind, at: Int? = nil, every: Int? = nil, probability: Double = 0, count: Int = 1,
            seconds: Double = 0, ppm: Double = 0, byte: Int? = nil
        ) {
            self.kind = kind
            self.at = at
            self.every = every
            self.probability = probability
            self.count = count
            self.seconds = seconds
            self.ppm = ppm
            self.byte = byte
        }
    }

    public var seed: UInt64
    public var faults: [Fault]

    public init(seed: UInt64 = 1, _ faults: [Fault] = []) {
        self.seed = seed
        self.faults = faults
    }
}
