import Devices
import Protocols
import Signals
import Testing
import Transports

/// Two devices with clocks of their own, from their bytes to one time: decoders, counters and clock maps together.
@Suite struct AlignmentTests {
    /// Follows one stream's clock, and begins anew when its device returns: what every consumer does.
    private final class Follower: SampleSink {
        var map: ClockMap
        var lost: UInt64 = 0
        init(rate: Double) { map = ClockMap(nominalRate: rate) }

        func take(_ item: SampleRingItem, _ values: UnsafeBufferPointer<Float>) {
            guard item.stream == 0 else { return }
            lost += item.missingBefore
            map.observe(counter: item.firstCounter + UInt64(item.frames) - 1, host: item.hostTime)
        }

        func take(_ event: DeviceEvent) {}
    }

    private static let packets = (0..<256).map { index in
        CytonPacket(counter: UInt8(index), counts: [Int32](repeating: 0, count: 8)).bytes
    }

    /// A Cyton whose clock is off by `ppm`; its packets arrive up to 10 ms late. It may be away for a while and count anew then.
    private func cyton(ppm: Double, seed: UInt64, seconds: Double, away: Range<Double>? = nil) -> Follower {
        var random = SplitMix64(seed: seed)
        let follower = Follower(rate: 250)
        let decoder = CytonSampleDecoder(CytonConfiguration(name: "h", gains: [24], firmware: ""))
        let rate = 250 * (1 + ppm * 1e-6)
        var raw = 0
        var isAway = false
        var last = HostTime(seconds: 0)
        for number in 0..<Int(seconds * rate) {
            let made = 100 + Double(number) / rate
            if let away, away.contains(made - 100) {
                if !isAway { decoder.note(DeviceEvent(code: .lost, value: 0, hostTime: HostTime(seconds: made))) }
                isAway = true
                continue
            }
            if isAway {
                isAway = false
                raw = 0
                decoder.note(DeviceEvent(code: .reconnected, value: 1, hostTime: HostTime(seconds: made)))
                follower.map.reset()
            }
            // Stamps never fall: a packet that overtakes another arrives with it.
            last = max(last, HostTime(seconds: made + 0.010 * random.uniform()))
            Self.packets[raw & 255].withUnsafeBytes { decoder.decode($0, at: last, into: follower) }
            raw += 1
        }
        return follower
    }

    /// A microphone at 16 kHz in periods of 10 ms.
    private func microphone(ppm: Double, seed: UInt64, seconds: Double) -> Follower {
        var random = SplitMix64(seed: seed)
        let follower = Follower(rate: 16_000)
        let decoder = ALSASampleDecoder(
            ALSAConfiguration(name: "m", port: "hw:0", format: .s16, rate: 16_000, channels: 1))
        let period = [UInt8](repeating: 0, count: 320)
        let rate = 16_000 * (1 + ppm * 1e-6)
        var last = HostTime(seconds: 0)
        for number in 1...Int(seconds * 100) {
            last = max(last, HostTime(seconds: 100 + Double(number * 160 - 1) / rate + 0.010 * random.uniform()))
            period.withUnsafeBytes { decoder.decode($0, at: last, into: follower) }
        }
        return follower
    }

    /// Seconds between where the two maps put the instant `t` after both began; they agree when it is 0.
    private func error(_ eeg: Follower, _ audio: Follower, _ t: Double, eegCounter: Double) -> Double {
        let a = eeg.map.host(at: eegCounter) ?? HostTime(seconds: 0)
        let b = audio.map.host(at: t * 16_000 * (1 - 25e-6)) ?? HostTime(seconds: 0)
        return abs(a - b)
    }

    @Test func `50 ppm apart and 10 ms of jitter: within 1 ms after 60 s (p99), over 58 turns of the counter`() {
        var errors: [Double] = []
        for seed in 0..<100 as Range<UInt64> {
            let eeg = cyton(ppm: 25, seed: seed, seconds: 60)
            let audio = microphone(ppm: -25, seed: seed + 1000, seconds: 60)
            #expect(eeg.lost == 0 && audio.lost == 0)
            errors.append(error(eeg, audio, 59, eegCounter: 59 * 250 * (1 + 25e-6)))
        }
        #expect(errors.sorted()[98] <= 0.001)
    }

    @Test func `a device that was away and counts anew is aligned again within 1 ms (p99)`() throws {
        var errors: [Double] = []
        for seed in 0..<100 as Range<UInt64> {
            let eeg = cyton(ppm: 25, seed: seed, seconds: 60, away: 20..<22.5)
            let audio = microphone(ppm: -25, seed: seed + 1000, seconds: 60)
            // 2.5 s are 625 frames; the decoder knows their number to the jitter of two arrivals, 2.5 frames each.
            #expect(abs(Double(eeg.lost) - 625) <= 5)
            // The true counter of an instant, as the decoder counts: what it lost more or less is in its count.
            let counter = 59 * 250 * (1 + 25e-6) + Double(eeg.lost) - (2.5 * 250 * (1 + 25e-6)).rounded(.down)
            errors.append(error(eeg, audio, 59, eegCounter: counter))
        }
        // The number of frames of the hole is rounded at either end: one frame of 4 ms is what the count itself may be off.
        #expect(errors.sorted()[98] <= 0.001 + 0.004)
    }
}
