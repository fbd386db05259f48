import Signals
import Testing

@Suite struct ClockMapTests {
    /// A device whose clock is off by `ppm` and whose blocks arrive up to `jitter` seconds late.
    private func simulate(
        rate: Double, block: UInt64, ppm: Double, jitter: Double, seconds: Double, seed: UInt64,
        start: Double = 100
    ) -> ClockMap {
        var random = SplitMix64(seed: seed)
        var map = ClockMap(nominalRate: rate)
        let trueRate = rate * (1 + ppm * 1e-6)
        var counter = block
        while Double(counter) / trueRate < seconds {
            let arrival = start + Double(counter) / trueRate + jitter * random.uniform()
            map.observe(counter: counter, host: HostTime(seconds: arrival))
            counter += block
        }
        return map
    }

    @Test func `two streams with 50 ppm relative drift and 10 ms jitter align within 1 ms after 60 s (p99)`() {
        var errors: [Double] = []
        for seed in 0..<100 as Range<UInt64> {
            let eeg = simulate(rate: 250, block: 2, ppm: 25, jitter: 0.010, seconds: 60, seed: seed)
            let audio = simulate(
                rate: 16000, block: 160, ppm: -25, jitter: 0.010, seconds: 60, seed: seed + 1000)
            // The same instant, 59 s after both started, by both devices' counters.
            let a = eeg.host(at: 59 * 250 * (1 + 25e-6))!
            let b = audio.host(at: 59 * 16000 * (1 - 25e-6))!
            errors.append(abs(a - b))
        }
        errors.sort()
        #expect(errors[98] <= 0.001)
    }

    @Test func `drift is found to a few ppm, and its sign is the device's`() {
        let map = simulate(rate: 16000, block: 160, ppm: 80, jitter: 0.002, seconds: 120, seed: 3)
        #expect(abs(map.drift_ppm - 80) < 5)
    }

    @Test func `counter and host time are inverse`() {
        let map = simulate(rate: 250, block: 1, ppm: -40, jitter: 0.004, seconds: 20, seed: 5)
        let host = map.host(at: 3210.25)!
        #expect(abs(map.counter(at: host)! - 3210.25) < 1e-4)
    }

    @Test func `a late arrival moves the map less than a fair share`() {
        var map = simulate(rate: 250, block: 1, ppm: 0, jitter: 0.001, seconds: 10, seed: 9)
        let before = map.host(at: 2500)!
        map.observe(counter: 2501, host: HostTime(seconds: 100 + 10.004 + 0.5))
        #expect(abs(map.host(at: 2500)! - before) < 1e-4)
    }
}
