import Glibc
import Signals
import Testing
import Transports

/// Blocks of a card with known capture times: lateness of interrupts, drift, pauses of the machine, and stamps of the period before.
@Suite struct CardStampFilterTests {
    private static let start = HostTime(nanoseconds: 5_000_000_000)

    @Test(arguments: 0..<40 as Range<UInt64>) func `a stamp of the period before is refused, and no other one`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let rate = [8000, 16_000, 44_100, 48_000][random.integer(below: 4)]
        let drift = (random.uniform() - 0.5) * 400e-6
        var filter = CardStampFilter(rate: rate)
        var captured = 0.0
        var previous = HostTime(nanoseconds: 0)
        var stale = 0
        var refused = 0
        var refusedTrue = 0
        for number in 0..<6000 {
            // A machine that paused delivers several periods at once.
            let periods = random.uniform() < 0.01 ? 2 + random.integer(below: 20) : 1
            let frames = rate / 50 * periods
            captured += Double(frames) / Double(rate) * (1 + drift)
            let late = -0.0005 * log(1 - random.uniform()) + (random.uniform() < 0.02 ? 0.03 * random.uniform() : 0)
            let stamp = Self.start + captured + late
            let isStale = number > 50 && random.uniform() < 0.005
            let found = filter.check(isStale ? previous : stamp, frames: frames)
            // Pauses make a period long; a stale stamp is early by that much, less its own lateness.
            if isStale, (Self.start + captured) - previous > 0.012 {
                stale += 1
                refused += found == nil ? 1 : 0
            } else if !isStale, found == nil {
                refusedTrue += 1
            }
            previous = stamp
        }
        #expect(stale > 5 && refused == stale, "\(refused) of \(stale)")
        #expect(refusedTrue == 0)
    }

    @Test func `where the first blocks were late, the third that says so is believed, and so are those after it`() {
        var filter = CardStampFilter(rate: 16_000)
        var refused: [Int] = []
        for number in 1...200 {
            let late = number <= 60 ? 0.02 : 0
            let found = filter.check(Self.start + 0.01 * Double(number) + late, frames: 160)
            if found == nil { refused.append(number) }
        }
        #expect(refused == [61, 62])
    }

    @Test func `a lost stamp counts its frames, and a loss of frames begins anew`() {
        var filter = CardStampFilter(rate: 16_000)
        for number in 1...50 {
            #expect(
                (filter.check(number % 5 == 0 ? nil : Self.start + 0.01 * Double(number), frames: 160) == nil)
                    == (number % 5 == 0))
        }
        // 160 ms were lost: without a reset the next stamps would look late, and later ones early.
        filter.reset()
        #expect(filter.check(Self.start + 0.3, frames: 160) != nil)
        #expect(filter.check(Self.start + 0.31, frames: 160) != nil)
    }
}
