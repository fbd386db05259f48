import Signals
import Testing

/// The order in which the pipeline sees what devices deliver is the order in which a replay of the recording sees it.
@Suite struct LiveOrderTests {
    @Test func `a thousand random schedules of stamped and other devices come out in the order of their replay`() throws {
        var (items, early, lost) = (0, 0, 0)
        for seed in UInt64(0)..<1000 {
            let schedule = try Schedule(seed: seed)
            schedule.run(seconds: 0.6)
            let replay = schedule.replay()
            if schedule.live != replay {
                let same = zip(schedule.live, replay).prefix { $0 == $1 }.count
                let (live, replayed) = (schedule.live[same...].prefix(1), replay[same...].prefix(1))
                Issue.record("seed \(seed), item \(same): \(Array(live)), replayed \(Array(replayed))")
                return
            }
            items += schedule.live.count
            early += schedule.early
            lost += schedule.live.count { $0.event?.code == .lost }
        }
        // The schedules hold what they are meant to hold, and nothing waits for the end.
        #expect(items > 50_000 && lost > 500, "\(items) items, \(lost) losses")
        // The last tenth of a second waits for its stragglers, and for half a second longer where a card has just fallen silent.
        #expect(Double(early) > 0.7 * Double(items), "\(early) of \(items)")
    }

    @Test func `full rings lose items but never their order`() throws {
        var refused: UInt64 = 0
        for seed in UInt64(2000)..<2300 {
            let schedule = try Schedule(seed: seed, isNarrow: true)
            schedule.run(seconds: 0.6)
            // What was refused is told as missing by the next block: the holes differ, the order does not.
            var replay = schedule.replay()[...]
            for item in schedule.live {
                let match = replay.firstIndex {
                    $0.device == item.device && $0.time == item.time && $0.event == item.event && $0.first == item.first
                }
                guard let match else {
                    Issue.record("seed \(seed): \(item) is out of order")
                    return
                }
                replay = replay[(match + 1)...]
            }
            refused += schedule.refused
        }
        #expect(refused > 1000)
    }

    /// The harness itself is tested: with the promise that idle rings gave for every device, orders differ.
    @Test func `a device that stamps its own data and promises the present is caught`() throws {
        var (wrong, tried) = (0, 0)
        for seed in UInt64(0)..<200 {
            let schedule = try Schedule(seed: seed, mistakes: true)
            guard schedule.hasStampedDevice else { continue }
            schedule.run(seconds: 0.6)
            tried += 1
            if schedule.live != schedule.replay() { wrong += 1 }
        }
        #expect(tried > 100 && wrong > tried / 2, "\(wrong) of \(tried)")
    }
}
