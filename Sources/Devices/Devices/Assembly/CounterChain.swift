import Signals

/// Gives each of a device's packets its place: from their small wrapping counters, from each other, and from the clock.
///
/// A packet that follows the last one is taken at once. One that does not is judged by the packets after it: if they go on from the
/// old counter, its own was wrong and it keeps its place; if they go on from it, packets are missing before it or the device
/// started over. The clock bounds what can be missing: bytes may be late, but never early. It also tells how many whole turns of the
/// counter went by, and replaces a counter that does not move.
struct CounterChain {
    /// What becomes of a packet.
    enum Place: Equatable {
        case at(UInt64)
        /// It came twice, or late.
        case duplicate
        /// The packets after it must decide.
        case open
    }

    /// A packet: its counter, and a number made of its samples, by which doubled packets are told.
    struct Packet {
        var raw: UInt64
        var fingerprint: UInt64
    }

    /// Number of values of the counter.
    let modulus: UInt64
    /// Packets that belong together; a place keeps the counter's rest by it.
    let alignment: UInt64
    private(set) var next: UInt64?
    private var last = Packet(raw: 0, fingerprint: 0)
    private var isStuck = false
    /// Packets in a row that had the counter of the one before.
    private var standing = 0
    private var isRestarted = false
    private var late = 0.0
    private var usual = 0.0
    private var silence = 0.0
    /// Whether packets wait for the next piece to tell how many turns of the counter are missing before them.
    private var hasWaited = false
    /// Pieces that the clock has seen. Of the first ones nobody knows how old they were.
    private var pieces = 0
    private var isTrusted = false

    /// Most packets that wait for a decision.
    static let patience = 8
    /// Steps back by so many are packets that came late or twice, not a new beginning.
    private static let lateSteps: UInt64 = 16

    init(modulus: UInt64, alignment: UInt64 = 1) {
        precondition(modulus >= 2, "a counter has at least two values")
        self.modulus = modulus
        self.alignment = alignment
    }

    /// The device was opened again: it may count from 0 again.
    mutating func restart() { isRestarted = next != nil }

    /// Places the packets of one piece of bytes.
    /// - Parameters:
    ///   - packets: in their order; those that were open before come first.
    ///   - places: room for as many; those from the first open one on are ``Place/open``.
    ///   - end: counter, with fraction, that the device has come to now, as the clock says; nil while it says nothing.
    ///   - slack: packets by which that may be wrong.
    ///   - late: packets that may be under way or lost at the end: the last one that came may be so much older than now.
    ///   - usual: how much older it usually is at most.
    ///   - silence: packets that can have been made since the last piece came; infinite where its last bytes were old.
    ///   - tell: takes events: code and value.
    /// - Returns: number of packets that are placed.
    mutating func place(
        _ packets: UnsafeBufferPointer<Packet>, _ places: UnsafeMutableBufferPointer<Place>, end: Double?, slack: Double,
        late: Double, usual: Double, silence: Double, _ tell: (DeviceEvent.Code, UInt64) -> Void
    ) -> Int {
        self.late = late
        self.usual = usual
        self.silence = silence
        isTrusted = end != nil && pieces >= 8
        if end != nil { pieces += 1 }
        var index = 0
        // Packets that the ones in hand say are missing between them.
        var inside = missingInside(packets)
        while index < packets.count {
            let packet = packets[index]
            if index > 0 { inside -= missing(packets[index - 1], packet) }
            let rest = Double(packets.count - index - 1) + inside
            let target = end.map { $0 - rest }
            guard let next else {
                take(packet, at: packet.raw)
                places[index] = .at(packet.raw)
                index += 1
                continue
            }
            if isRestarted {
                isRestarted = false
                let place = anew(packet, max(next, target.map { Self.count(($0 + 0.5).rounded(.down)) } ?? next))
                take(packet, at: place)
                places[index] = .at(place)
            } else if isStuck {
                places[index] = .at(placeByClock(packet, next, target, slack))
            } else if ahead(packet) == 0 {
                // A line that catches up is late without a silence, or with much after it.
                let isSilent = silence >= 0.9 * Double(modulus) - slack && Double(packets.count) < silence / 4
                let place = index == 0 && isSilent ? wholeTurns(next, target, slack) : next
                take(packet, at: place)
                places[index] = .at(place)
            } else {
                let place = judge(packets, index, next, target, slack, tell)
                if place == .open { break }
                places[index] = place
            }
            index += 1
        }
        for open in index..<packets.count { places[open] = .open }
        return index
    }

    /// Places a packet that is a piece of its own and came without a silence, where its counter is the next one; as ``place`` would.
    /// - Returns: nil where that must decide.
    mutating func placeOfNext(_ packet: Packet) -> UInt64? {
        guard let next, !isRestarted, !isStuck, ahead(packet) == 0 else { return nil }
        pieces += 1
        take(packet, at: next)
        return next
    }

    // MARK: Parts

    /// Packets that are missing between two that follow each other; steps back are none.
    private func missing(_ one: Packet, _ next: Packet) -> Double {
        let step = (next.raw % modulus + 2 * modulus - one.raw % modulus - 1) % modulus
        return isLate(step) ? 0 : Double(step)
    }

    private func missingInside(_ packets: UnsafeBufferPointer<Packet>) -> Double {
        var sum = 0.0
        for index in 1..<max(1, packets.count) { sum += missing(packets[index - 1], packets[index]) }
        return sum
    }

    /// Steps of a packet's counter from the one that is expected, 0 … modulus − 1.
    private func ahead(_ packet: Packet) -> UInt64 { (packet.raw % modulus + 2 * modulus - last.raw % modulus - 1) % modulus }

    /// The place of a packet of a device that started over.
    private func anew(_ packet: Packet, _ place: UInt64) -> UInt64 {
        place &+ (packet.raw % alignment + alignment - place % alignment) % alignment
    }

    private mutating func take(_ packet: Packet, at place: UInt64) {
        last = packet
        next = place &+ 1
        standing = 0
        hasWaited = false
    }

    /// The packet's counter follows; are there just whole turns of it missing? Bytes that are late look alike, so the clock must
    /// agree to the packet.
    private func wholeTurns(_ next: UInt64, _ target: Double?, _ slack: Double) -> UInt64 {
        guard let target, slack + late < 0.75 * Double(modulus) else { return next }
        let beyond = target - Double(next)
        let turns = ((beyond + slack) / Double(modulus)).rounded(.down)
        guard turns >= 1, beyond - turns * Double(modulus) <= slack + 1 else { return next }
        return next &+ Self.count(turns) &* modulus
    }

    /// A counter that does not move is replaced by the clock: a silence of more than a tenth of a turn, but at least 16, is a hole.
    private mutating func placeByClock(_ packet: Packet, _ next: UInt64, _ target: Double?, _ slack: Double) -> UInt64 {
        // It moves again.
        if ahead(packet) == 0 {
            standing += 1
            if standing >= Self.patience { isStuck = false }
        } else {
            standing = 0
        }
        var place = next
        if let target, target - Double(next) > max(16, Double(modulus) / 10) + slack {
            place = Self.count((target + 0.25).rounded(.down))
        }
        let runs = standing
        take(packet, at: max(next, place))
        standing = runs
        return max(next, place)
    }

    private mutating func judge(
        _ packets: UnsafeBufferPointer<Packet>, _ index: Int, _ next: UInt64, _ target: Double?, _ slack: Double,
        _ tell: (DeviceEvent.Code, UInt64) -> Void
    ) -> Place {
        let packet = packets[index]
        let step = ahead(packet)
        if packet.raw == last.raw { return stands(packets, index, next, target, slack, tell) }
        // Copies of the packet say nothing about it.
        let following = packets[(index + 1)...].drop { $0.raw == packet.raw && $0.fingerprint == packet.fingerprint }
        guard let follower = following.first else {
            // Alone: packets are missing before it, if there was time for them.
            guard let target, Double(next &+ step) <= target + min(slack, 0.5) else { return .open }
            return jump(packet, step, next, target, slack, tell)
        }
        let second = ahead(follower)
        // The old counter goes on behind it.
        if second == 1 { return keep(packet, next, tell) }
        if second == 0 { return .duplicate }
        // Its own counter goes on.
        if second == (step + 1) % modulus { return goesOn(packets, index, step, next, target, slack, tell) }
        if following.count > 1 {
            let third = ahead(following[following.startIndex + 1])
            if third == 2 { return keep(packet, next, tell) }
            if third == 1 || third == 0 { return isLate(step) ? .duplicate : keep(packet, next, tell) }
            if third == (step + 2) % modulus { return goesOn(packets, index, step, next, target, slack, tell) }
        }
        // Two holes with this packet between them.
        if step < second, !isLate(second), target.map({ Double(next &+ step) <= $0 + slack + 1 }) ?? true {
            return jump(packet, step, next, target, slack, tell)
        }
        guard following.count >= 3 else { return .open }
        return isLate(step) ? .duplicate : keep(packet, next, tell)
    }

    private func isLate(_ step: UInt64) -> Bool { step >= modulus - Self.lateSteps }

    /// The counter is that of the packet before.
    private mutating func stands(
        _ packets: UnsafeBufferPointer<Packet>, _ index: Int, _ next: UInt64, _ target: Double?, _ slack: Double,
        _ tell: (DeviceEvent.Code, UInt64) -> Void
    ) -> Place {
        let packet = packets[index]
        if let target, target - Double(next) >= Double(modulus - 1) - slack {
            // There was time for a whole turn.
            return jump(packet, modulus - 1, next, target, slack, tell)
        }
        if packet.fingerprint == last.fingerprint {
            standing += 1
            // The same samples again and again may also be a device that measures nothing: then time goes by.
            if standing >= Self.patience, let target, target - Double(next) >= Double(Self.patience) - 2 {
                return stuck(packet, next, tell)
            }
            return .duplicate
        }
        let following = packets[(index + 1)...]
        if let follower = following.first {
            if ahead(follower) == 0 { return .duplicate }
            if ahead(follower) == 1 { return keep(packet, next, tell) }
        }
        let same = following.prefix { $0.raw == packet.raw }.count
        if same + 1 >= Self.patience { return stuck(packet, next, tell) }
        return same < following.count ? keep(packet, next, tell) : .open
    }

    private mutating func stuck(
        _ packet: Packet, _ next: UInt64, _ tell: (DeviceEvent.Code, UInt64) -> Void
    ) -> Place {
        isStuck = true
        tell(.counterStuck, packet.raw)
        take(packet, at: next)
        return .at(next)
    }

    /// The packet is the one that was expected, whatever its counter says.
    private mutating func keep(
        _ packet: Packet, _ next: UInt64, _ tell: (DeviceEvent.Code, UInt64) -> Void
    ) -> Place {
        tell(.counterWrong, packet.raw)
        take(Packet(raw: (last.raw + 1) % modulus, fingerprint: packet.fingerprint), at: next)
        return .at(next)
    }

    /// The packets after this one follow its counter. A row that leads back to the expected counter came late or twice.
    private mutating func goesOn(
        _ packets: UnsafeBufferPointer<Packet>, _ index: Int, _ step: UInt64, _ next: UInt64, _ target: Double?,
        _ slack: Double,
        _ tell: (DeviceEvent.Code, UInt64) -> Void
    ) -> Place {
        if isLate(step) {
            let back = Int(modulus - step)
            let row = packets[index...].prefix(back)
            if row.enumerated().allSatisfy({ ahead($0.element) == (step + UInt64($0.offset)) % modulus }) {
                // Too few to tell a late row from a new beginning: the next ones will.
                if index + back >= packets.count, packets.count - index < Self.patience { return .open }
                if index + back < packets.count, ahead(packets[index + back]) == 0 { return .duplicate }
            }
        }
        return jump(packets[index], step, next, target, slack, tell)
    }

    /// Packets are missing before this one, or the device started over.
    private mutating func jump(
        _ packet: Packet, _ step: UInt64, _ next: UInt64, _ target: Double?, _ slack: Double,
        _ tell: (DeviceEvent.Code, UInt64) -> Void
    ) -> Place {
        let place = next &+ step
        guard let target else {
            take(packet, at: place)
            return .at(place)
        }
        let beyond = target - Double(place)
        if beyond < -(slack + 1), isTrusted {
            // There was no time for so many: the counter started over.
            let place = anew(packet, max(next, Self.count((target + 0.25).rounded(.down))))
            tell(.counterReset, place)
            take(packet, at: place)
            return .at(place)
        }
        // Bytes are late, never early: the fewest turns with which they are late enough. Without a silence no turn was lost.
        func turns(_ age: Double) -> Double {
            silence < Double(modulus) / 2 && !hasWaited ? 0 : max(0, ((beyond - age - slack) / Double(modulus)).rounded(.up))
        }
        // Where the end of the piece may be lost, too, the next piece tells.
        if turns(usual) > turns(late), !hasWaited {
            hasWaited = true
            return .open
        }
        let turns = turns(hasWaited ? usual : late)
        let found = place &+ Self.count(turns) &* modulus
        take(packet, at: found)
        return .at(found)
    }

    private static func count(_ value: Double) -> UInt64 { value >= 1 ? UInt64(min(value, 0x1p60)) : 0 }
}
