import Devices
import Signals
import Testing

/// Who was wrong when a block counter does not follow the one before. Blocks of 20 points at 1 kHz, so one every 20 ms.
@Suite struct RDABlockOrderTests {
    private typealias Place = RDABlockOrder.Place

    /// Feeds blocks by their counters, each 20 ms after the one before, with a content of its own.
    private struct Feed {
        var order = RDABlockOrder(rate: 1000)
        var time = 10.0
        var content: UInt32 = 0
        /// What became of each block, in the order in which it was decided.
        var places: [Place] = []

        mutating func feed(_ counters: [UInt32], every seconds: Double = 0.02, copies: Bool = false) {
            for counter in counters {
                time += seconds
                if !copies { content += 1 }
                let decision = order.next(counter: counter, points: 20, content: content, at: HostTime(seconds: time))
                if let held = decision.held { places.append(held) }
                if let block = decision.block { places.append(block) }
            }
        }

        var missing: UInt64 {
            places.reduce(0) { if case .follows(let missing, _) = $1 { $0 + missing } else { $0 } }
        }
        var taken: Int { places.count { $0 != .duplicate } }
        var reports: [DeviceEvent.Code] { places.compactMap { if case .follows(_, let report) = $0 { report } else { nil } } }
    }

    @Test(arguments: [505, 3, 501, 498, 499, UInt32.max, 1 << 31, 1 << 30])
    func `a counter that is wrong once costs no block and no point`(wrong: UInt32) {
        var feed = Feed()
        feed.feed(Array(0..<500) + [wrong] + Array(501..<1000))
        #expect(feed.taken == 1000 && feed.missing == 0)
        #expect(feed.reports == [.counterWrong])
    }

    @Test func `blocks that are missing are counted by their counters, also one by one`() {
        var feed = Feed()
        feed.feed(Array(0..<50))
        feed.time += 0.2
        feed.feed([60, 61])
        feed.time += 0.02
        feed.feed([63])
        feed.time += 0.02
        feed.feed([65, 66])
        #expect(feed.taken == 55 && feed.missing == (10 + 1 + 1) * 20 && feed.reports.isEmpty)
    }

    @Test func `a hole behind a backlog is one although the blocks come at once`() {
        var feed = Feed()
        feed.feed(Array(0..<100))
        // This machine paused for 3 s; the server kept 50 blocks and dropped the next 100.
        feed.time += 3
        feed.feed(Array(100..<150), every: 0)
        feed.feed(Array(250..<300), every: 0)
        #expect(feed.missing == 2000 && feed.reports.isEmpty)
    }

    @Test(arguments: [1 << 30, 1 << 31, 1_000_000, UInt32.max - 5] as [UInt32])
    func `a counter that jumps and goes on from there began anew: the clock has no room for a hole`(jump: UInt32) {
        var feed = Feed()
        feed.feed(Array(0..<100))
        feed.feed((0..<100).map { jump &+ $0 })
        #expect(feed.taken == 200 && feed.missing == 0 && feed.reports == [.counterReset])
    }

    @Test func `a counter that begins anew behind a pause leaves a hole as long as the pause`() {
        var feed = Feed()
        feed.feed(Array(0..<100))
        feed.time += 5
        feed.feed(Array(0..<100))
        #expect(feed.taken == 200 && feed.reports == [.counterReset] && feed.missing == 5000)
    }

    @Test func `copies are dropped, however many, and a late block is dropped`() {
        var feed = Feed()
        feed.feed(Array(0..<100))
        feed.feed([99, 99, 99, 99, 99], every: 0, copies: true)
        feed.feed(Array(100..<110))
        feed.feed([50], every: 0)
        feed.feed(Array(110..<120))
        #expect(feed.taken == 120 && feed.missing == 0 && feed.places.count { $0 == .duplicate } == 6)
    }

    @Test func `a counter that never moves is reported once, and no block is lost`() {
        var feed = Feed()
        feed.feed([UInt32](repeating: 0, count: 500))
        #expect(feed.taken == 500 && feed.missing == 0 && feed.reports == [.counterStuck])
    }

    @Test func `where the counter never moves the clock counts what is missing`() {
        var feed = Feed()
        feed.feed([UInt32](repeating: 7, count: 100))
        feed.time += 2
        feed.feed([UInt32](repeating: 7, count: 100))
        #expect(feed.taken == 200 && feed.missing == 2000)
    }

    @Test func `a resting signal under a resting counter is told from copies by the time that goes by`() {
        var feed = Feed()
        feed.feed([UInt32](repeating: 0, count: 500), copies: true)
        #expect(feed.reports == [.counterStuck])
        // The seven before the decision were dropped; the clock may find them again as a hole.
        #expect(feed.taken + Int(feed.missing) / 20 >= 493)
        #expect(feed.taken >= 490)
    }

    @Test func `no counters and no times make it trap, and what it counts stays below the clock`() {
        var random = SplitMix64(seed: 11)
        for _ in 0..<300 {
            var order = RDABlockOrder(rate: 1e9)
            var time = 0.0
            for _ in 0..<40 {
                let counter = [0, 1, .max, UInt32(random.integer(below: 5)), 1 << 31][random.integer(below: 5)]
                time += [0, 0.001, 1e6][random.integer(below: 3)]
                if random.integer(below: 9) == 0 { order.interrupt() }
                if random.integer(below: 9) == 0 { _ = order.settle() }
                let decision = order.next(
                    counter: counter, points: random.integer(below: 3) << 19, content: UInt32(random.integer(below: 2)),
                    at: HostTime(seconds: time))
                for case .follows(let missing, _)? in [decision.held, decision.block] { #expect(missing < 1 << 53) }
            }
        }
    }
}
