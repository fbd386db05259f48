import Signals

/// Lays a fault plan over a stream of packets. Pure: packets with the times at which they are due go in, pieces of bytes with the
/// times at which they reach the host come out.
public struct FaultInjector: Sendable {
    /// What reaches the host.
    public enum Delivery: Equatable, Sendable {
        /// Bytes at a time in seconds. `packet` is the packet's number when they are that packet as it was sent.
        case bytes([UInt8], at: Double, packet: Int?)
        case hangUp(at: Double, until: Double)
    }

    /// What was done so far.
    public struct Tally: Equatable, Sendable {
        public var packets = 0
        public var dropped = 0
        public var duplicated = 0
        public var corrupted = 0
        public var cut = 0
        public var noiseBytes = 0
        public var delays = 0
        public var bursts = 0
        public var disconnects = 0
        public var wrongCounters = 0
        /// Packets that were due while the line was hung up.
        public var unsent = 0
    }

    public let plan: FaultPlan
    public private(set) var tally = Tally()
    private var random: SplitMix64
    private var dropsLeft = 0
    private var blockedUntil = -Double.infinity
    private var hungUpUntil = -Double.infinity
    private var held: [(bytes: [UInt8], packet: Int?)] = []
    private var holdsLeft = 0

    public init(_ plan: FaultPlan) {
        self.plan = plan
        random = SplitMix64(seed: plan.seed)
    }

    /// The device was started again: times count from 0 again, and what was held is gone. Packets go on being numbered.
    public mutating func restart() {
        blockedUntil = -.infinity
        hungUpUntil = -.infinity
        tally.unsent += held.count
        held = []
        holdsLeft = 0
        dropsLeft = 0
    }

    /// - Parameters:
    ///   - packet: as the device sends it.
    ///   - due: seconds since the stream began, by the device's nominal rate.
    ///   - counter: first byte and number of bytes of the packet's counter; nil when it has none.
    /// - Returns: what reaches the host on account of this packet, in order.
    public mutating func next(
        _ packet: [UInt8], due: Double, counter: (offset: Int, bytes: Int)? = nil
    ) -> [Delivery] {
        let number = tally.packets
        tally.packets += 1
        let faster = plan.faults.reduce(0) { $0 + ($1.kind == .drift ? $1.ppm : 0) }
        let time = due / (1 + faster * 1e-6)
        var deliveries: [Delivery] = []
        var copies = 1
        var bytes = packet
        var isIntact = true
        var noise: [UInt8] = []
        // Each fault asks for its chance, whatever the others do: a plan's faults do not shift one another.
        for fault in plan.faults where hits(fault, number) {
            switch fault.kind {
            case .drop: dropsLeft = max(dropsLeft, fault.count)
            case .duplicate: copies += fault.count
            case .corrupt:
                corrupt(&bytes, fault)
                isIntact = false
            case .cut:
                bytes = Array(bytes.prefix(fault.count))
                isIntact = false
                tally.cut += 1
            case .noise: noise += (0..<fault.count).map { _ in UInt8(random.integer(below: 256)) }
            case .delay:
                blockedUntil = max(blockedUntil, time + fault.seconds)
                tally.delays += 1
            case .burst:
                holdsLeft = max(holdsLeft, fault.count)
                tally.bursts += 1
            case .disconnect:
                guard time >= hungUpUntil else { continue }
                hungUpUntil = time + fault.seconds
                tally.disconnects += 1
                // What was held on the way is gone, too.
                tally.unsent += held.count
                held = []
                holdsLeft = 0
                deliveries.append(.hangUp(at: time, until: hungUpUntil))
            case .counter:
                if let counter { addToCounter(&bytes, counter, fault.count) }
                isIntact = false
                tally.wrongCounters += 1
            case .drift: break
            }
        }
        if time < hungUpUntil - 1e-9 {
            tally.unsent += 1
            return deliveries
        }
        if dropsLeft > 0 {
            dropsLeft -= 1
            tally.dropped += 1
            return deliveries
        }
        if !noise.isEmpty {
            tally.noiseBytes += noise.count
            held.append((noise, nil))
        }
        tally.duplicated += copies - 1
        for _ in 0..<copies { held.append((bytes, isIntact ? number : nil)) }
        if holdsLeft > 1 {
            holdsLeft -= 1
            return deliveries
        }
        holdsLeft = 0
        let arrival = max(time, blockedUntil)
        deliveries += held.map { .bytes($0.bytes, at: arrival, packet: $0.packet) }
        held = []
        return deliveries
    }

    private mutating func hits(_ fault: FaultPlan.Fault, _ number: Int) -> Bool {
        if fault.probability > 0, random.uniform() < fault.probability { return true }
        if let every = fault.every, every > 0 {
            let first = fault.at ?? every
            return number >= first && (number - first) % every == 0
        }
        return fault.at == number
    }

    private mutating func corrupt(_ bytes: inout [UInt8], _ fault: FaultPlan.Fault) {
        guard !bytes.isEmpty else { return }
        tally.corrupted += 1
        if let byte = fault.byte {
            let place = byte < 0 ? bytes.count + byte : byte
            if bytes.indices.contains(place) { bytes[place] ^= 0xFF }
            return
        }
        for _ in 0..<fault.count {
            bytes[random.integer(below: bytes.count)] ^= 1 << UInt8(random.integer(below: 8))
        }
    }

    /// The counter may have any number of bytes, least significant first.
    private func addToCounter(_ bytes: inout [UInt8], _ place: (offset: Int, bytes: Int), _ amount: Int) {
        guard place.offset + place.bytes <= bytes.count else { return }
        var carry = amount
        for index in place.offset..<place.offset + place.bytes {
            let sum = Int(bytes[index]) + carry
            bytes[index] = UInt8(truncatingIfNeeded: sum)
            carry = sum >> 8
        }
    }
}
