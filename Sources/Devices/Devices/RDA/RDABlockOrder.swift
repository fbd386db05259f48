package import Signals

/// Where RDA's data messages belong, by their block counters and the clock. Pure; allocates nothing.
///
/// RDA has no checksum, so one wrong counter is no reason to throw its block away, nor one to believe that others are missing. A
/// block whose counter does not follow the last one's is held until the next message, which decides who was wrong:
///
/// | next message | the held block |
/// |---|---|
/// | follows the held one | follows behind a hole, as long as the counters say, if the clock has room for it; else the counter started over |
/// | follows as if the held one had been in order | is in order, its counter was wrong |
/// | is the one that was expected | came twice or late |
/// | has the same counter and another content | is in order: the counter does not move, and the clock replaces it |
package struct RDABlockOrder: Sendable {
    package enum Place: Equatable, Sendable {
        /// Next, behind so many missing points; with what is to be reported of its counter.
        case follows(missing: UInt64, report: DeviceEvent.Code?)
        /// Nowhere: it came twice or late.
        case duplicate
    }

    package struct Decision: Equatable, Sendable {
        /// Of the block that was held; nil when none was, or it still is.
        package var held: Place?
        /// Of the block at hand; nil when it is to be held.
        package var block: Place?
    }

    private struct Block {
        var counter: UInt32
        var points: Int
        var content: UInt32
        var time: HostTime
    }

    /// Blocks of one content and one counter after which the clock is asked whether they are copies.
    private static let copies = 8
    private let rate: Double
    private var lag: ArrivalLag
    private var last: Block?
    /// Counter of the next block; nil before the first one, and after an interruption.
    private var expected: UInt32?
    private var held: Block?
    private var isInterrupted = false
    /// The counter does not move.
    private var isStuck = false
    private var repeats = 0

    /// - Parameter rate: points per second.
    package init(rate: Double) {
        self.rate = rate
        lag = ArrivalLag(rate: rate)
    }

    /// Monitoring starts over, or the line was lost: the counter says nothing of what went by, the clock does. A held block is
    /// forgotten; it is part of the hole.
    package mutating func interrupt() {
        isInterrupted = last != nil
        expected = nil
        held = nil
        isStuck = false
    }

    /// - Parameters:
    ///   - content: a checksum of the values.
    ///   - time: arrival; never earlier than before.
    package mutating func next(counter: UInt32, points: Int, content: UInt32, at time: HostTime) -> Decision {
        let block = Block(counter: counter, points: points, content: content, time: time)
        guard let held else { return place(block) }
        if block.counter == held.counter, block.content == held.content { return Decision(block: .duplicate) }
        self.held = nil
        let before = settle(held, knowing: block)
        var decision = place(block)
        decision.held = before
        return decision
    }

    /// Nothing follows: decides about the held block, if there is one.
    package mutating func settle() -> Place? {
        guard let held, let expected else { return nil }
        self.held = nil
        guard Self.distance(from: expected, to: held.counter) > 0 else { return .duplicate }
        return hole(of: held, after: expected).map { accept(held, $0, nil) } ?? acceptOutOfOrder(held, .counterWrong)
    }

    /// A block with none before it that is held.
    private mutating func place(_ block: Block) -> Decision {
        guard let expected, let last else {
            var missing: UInt64 = 0
            if isInterrupted, let last {
                missing = Self.count((rate * (block.time - last.time)).rounded() - Double(block.points))
            }
            return Decision(block: accept(block, missing, nil))
        }
        if isStuck {
            let moves = block.counter != last.counter
            isStuck = !moves
            return Decision(block: accept(block, clockHole(block), moves ? .counterReset : nil))
        }
        if block.counter == expected { return Decision(block: accept(block, 0, nil)) }
        if block.counter == last.counter, block.content == last.content {
            repeats += 1
            // Copies take no time; a signal that rests and a counter that rests do.
            guard repeats >= Self.copies, lag.behind(at: block.time, with: 0) > 0.5 * Double(repeats * block.points)
            else { return Decision(block: .duplicate) }
            isStuck = true
            return Decision(block: accept(block, clockHole(block), .counterStuck))
        }
        held = block
        return Decision()
    }

    private mutating func settle(_ held: Block, knowing next: Block) -> Place {
        guard let expected else { return accept(held, 0, nil) }
        let ahead = Self.distance(from: expected, to: held.counter)
        if next.counter == held.counter &+ 1 {
            // What follows the last block anyway says nothing for one that came between.
            if next.counter == expected { return .duplicate }
            guard let missing = hole(of: held, after: expected) else { return accept(held, clockHole(held), .counterReset) }
            return accept(held, missing, nil)
        }
        if next.counter == expected &+ 1 { return acceptOutOfOrder(held, .counterWrong) }
        if next.counter == expected { return .duplicate }
        if next.counter == held.counter {
            isStuck = true
            return accept(held, clockHole(held), .counterStuck)
        }
        guard ahead > 0 else { return .duplicate }
        if Self.distance(from: held.counter, to: next.counter) > 0, let missing = hole(of: held, after: expected) {
            return accept(held, missing, nil)
        }
        return acceptOutOfOrder(held, .counterWrong)
    }

    /// Points between the last block and this one by their counters; nil when it steps back, or further than the clock allows.
    private func hole(of block: Block, after expected: UInt32) -> UInt64? {
        let blocks = Self.distance(from: expected, to: block.counter)
        guard blocks >= 0 else { return nil }
        let points = Double(blocks) * Double(last?.points ?? 0)
        guard points <= max(0, lag.behind(at: block.time, with: block.points)) + slack(block) else { return nil }
        return Self.count(points)
    }

    /// Points that are missing before a block as far as only the clock can tell.
    private func clockHole(_ block: Block) -> UInt64 {
        let behind = lag.behind(at: block.time, with: block.points)
        return behind > slack(block) ? Self.count(behind.rounded()) : 0
    }

    /// Points by which arrivals may differ from the clock: half a second, or four blocks.
    private func slack(_ block: Block) -> Double { max(0.5 * rate, 4 * Double(block.points)) }

    private mutating func accept(_ block: Block, _ missing: UInt64, _ report: DeviceEvent.Code?) -> Place {
        expected = block.counter &+ 1
        last = block
        isInterrupted = false
        repeats = 0
        lag.count(Double(missing) + Double(block.points), at: block.time)
        return .follows(missing: missing, report: report)
    }

    /// The block is the expected one, whatever it says.
    private mutating func acceptOutOfOrder(_ block: Block, _ report: DeviceEvent.Code) -> Place {
        var block = block
        if let expected { block.counter = expected }
        return accept(block, 0, report)
    }

    /// Steps from one counter to another, the shorter way round.
    private static func distance(from a: UInt32, to b: UInt32) -> Int { Int(Int32(bitPattern: b &- a)) }

    private static func count(_ points: Double) -> UInt64 { points > 0 ? UInt64(min(points, 0x1p52)) : 0 }
}
