import Foundation
import Protocols
import Simulators
import Testing

/// Films on a bench: knobs, heat and drift around a film whose state is its field.
struct FilmBenchTests {
    private static func bench(_ change: (inout FilmBench) -> Void = { _ in }) -> FilmBench {
        var bench = FilmBench()
        bench.bias_T_per_K = 0
        change(&bench)
        return bench
    }

    @Test func `a film without a bench is as it was, byte for byte, and one at rest answers as the film alone`() throws {
        let (plain, still) = (Host(MirrorFilm(2)), Host(MirrorFilm(2), Self.bench()))
        #expect(plain.descriptor.knobs == nil && still.descriptor.knobs?.knobs.count == 8)
        #expect(plain.set([(0, 1)], at: 0) == nil)
        for drive in [[0.1, -0.2, 0.3, 0], [0.5, -0.5, 0.01, 0.2]] as [[Float]] {
            #expect(plain.drive(drive, at: 0) == still.drive(drive, at: 0))
        }
    }

    @Test func `drive scale, input gain, bias and leak do what their formula says`() throws {
        let host = Host(MirrorFilm(1), Self.bench())
        // Knobs of film 1: drive_scale, bias_field, leak, input_gain.
        #expect(host.set([(0, 0.5), (1, 0.1), (2, 0.25), (3, 2)], at: 0)?.outcome == .taken)
        let later: UInt64 = 60_000_000_000
        let first = host.drive([0.2, 0.4], at: later)
        // 0.5 · clamp(2 u, ±0.5) + 0.1; the first reading has no one before it.
        #expect(close(first, [0.3, 0.35]))
        let second = host.drive([0, 0], at: later)
        #expect(close(second, [0.75 * 0.1 + 0.25 * 0.3, 0.75 * 0.1 + 0.25 * 0.35]))
    }

    private func close(_ found: [Float], _ expected: [Double]) -> Bool {
        zip(found, expected).allSatisfy { abs(Double($0) - $1) < 1e-6 }
    }

    /// The heat equation's own solution: θ(t) = R p h² (1 + c) (1 − e^(−t/τ)) for two films that are driven alike.
    @Test func `films warm by their own drive and their neighbour's, with the bench's time`() throws {
        let bench = Self.bench {
            $0.bias_T_per_K = 1e-3
            $0.frame_s = 0.01
        }
        let host = Host(MirrorFilm(2), bench)
        for frame in 1...600 {
            // The bias that heat adds shows in the reading; it heats nothing itself.
            let found = host.drive([0.1, 0.1, 0.1, 0.1], at: 0)
            let seconds = Double(frame - 1) * 0.01
            let warming = 20.0 * 4 * 0.01 * 1.3 * (1 - exp(-seconds / 2))
            #expect(abs(Double(found[0]) - 0.1 - 1e-3 * warming) < 1e-6)
        }
        // One film warms its neighbour by the share that comes over.
        let one = Host(MirrorFilm(2), bench)
        var found: [Float] = []
        for _ in 0..<5000 { found = one.drive([0.1, 0.1, 0, 0], at: 0) }
        #expect(abs(Double(found[0]) - 0.1 - 1e-3 * 0.8) < 1e-6 && abs(Double(found[2]) - 1e-3 * 0.24) < 1e-6)
    }

    @Test func `drift is a random walk that its seed repeats`() throws {
        func end(_ seed: UInt64, _ frames: Int) -> Double {
            let host = Host(
                MirrorFilm(1),
                Self.bench {
                    $0.drift_T_per_rootHour = 0.01
                    $0.frame_s = 3.6
                    $0.seed = seed
                })
            var last: Float = 0
            for _ in 0...frames { last = host.drive([0, 0], at: 0)[0] }
            return Double(last)
        }
        #expect(end(3, 50) == end(3, 50) && end(3, 50) != end(4, 50))
        // A tenth of an hour: standard deviation 0.01 · √0.1.
        let ends = (0..<200).map { end(UInt64($0), 100) }
        let deviation = (ends.reduce(0) { $0 + $1 * $1 } / 200).squareRoot()
        #expect(abs(deviation / (0.01 * 0.1.squareRoot()) - 1) < 0.15)
    }

    /// What the firmware has at every moment, whatever is asked: extremes, no numbers, a thousand changes a second.
    @Test func `a hostile host breaks no limit, joint limit or rate`() throws {
        let host = Host(MirrorFilm(3), Self.bench())
        let knobs = try #require(host.descriptor.knobs)
        let wishes: [Double] = [0, 2, -2, 1e308, .nan, .infinity, -.infinity, 0.5, 0.1, -0.1, 1, 4]
        var number: UInt64 = 9
        var (last, time) = (knobs.knobs.map(\.rest), UInt64(0))
        for step in 1...10_000 {
            number = number &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let seconds = step % 400 == 0 ? 0.7 : 0.001
            time += UInt64(seconds * 1e9)
            var entries: [(Int, Double)] = []
            for index in 0..<(number >> 62) {
                let knob = Int((number >> (8 * index + 4)) % 13)
                let wish = Int((number >> (8 * index + 20)) % 12)
                entries.append((knob, wishes[wish]))
            }
            let now = try #require(host.set(entries, at: time)).values.map(\.now)
            for (index, knob) in knobs.knobs.enumerated() {
                #expect(now[index] >= knob.lowest && now[index] <= knob.highest)
                #expect(abs(now[index] - last[index]) <= knob.largestRate * seconds * (1 + 1e-9))
            }
            #expect(knobs.joint[0].load(now) <= knobs.joint[0].highest + 1e-9)
            last = now
        }
    }

    @Test func `hello, stop and a lost link bring the knobs back to rest`() throws {
        for end in ["hello", "stop", "lost"] {
            let host = Host(MirrorFilm(1), Self.bench())
            _ = host.set([(0, 2), (1, 0.2)], at: 0)
            host.end(end, at: 10_000_000_000)
            let back = try #require(host.set([], at: 20_000_000_000))
            #expect(back.values.map(\.now) == [1, 0, 0, 1], "\(end)")
        }
    }
}

/// Two cells for each film; the state's first component is the field, the others are 0.
private final class MirrorFilm: DrivenFilm {
    let films: Int
    let name = "mirror"
    let timing = RigLinkTiming(model: "physical", timeStep_s: 0, stepsPerInput: 1, refreshSteps: 0)
    var channels: Int { 2 * films }

    init(_ films: Int) { self.films = films }

    func reset(seed: UInt64) {}

    func answer(_ drive: UnsafeBufferPointer<Float>, into states: UnsafeMutableBufferPointer<Float>) {
        for film in 0..<films {
            for place in 0..<6 { states[6 * film + place] = place < 2 ? drive[2 * film + place] : 0 }
        }
    }
}

private final class Host {
    private let firmware: FilmFirmware
    private var encoder = RigLinkEncoder()
    private var decoder = RigLinkDecoder()
    private var request: UInt32 = 0
    private var counter: UInt64 = 0
    private let films: Int

    init(_ film: MirrorFilm, _ bench: FilmBench? = nil) {
        firmware = FilmFirmware(film, bench: bench)
        films = film.films
    }

    var descriptor: RigLinkDescriptor { firmware.descriptor }

    private func send(_ type: RigLinkType, _ payload: [UInt8], at time: UInt64) -> [(type: RigLinkType, payload: [UInt8])] {
        var found: [(RigLinkType, [UInt8])] = []
        encoder.encode(type, payload).withUnsafeBytes { bytes in
            firmware.receive(bytes, time: time) { frame in
                frame.withUnsafeBytes { decoder.feed($0) { found.append(($0.type, Array($1))) } }
            }
        }
        return found
    }

    func set(_ entries: [(Int, Double)], at time: UInt64) -> RigLinkKnobState? {
        request += 1
        let setting = RigLinkKnobSetting(request: request, entries: entries.map { .init(knob: $0.0, value: $0.1) })
        let answer = send(.setKnobs, setting.payload, at: time).first
        return answer.flatMap { $0.type == .knobs ? $0.payload.withUnsafeBytes { RigLinkKnobState($0) } : nil }
    }

    /// - Returns: the first components of the state, two for each film.
    func drive(_ values: [Float], at time: UInt64) -> [Float] {
        counter += 1
        let payload = RigLinkFrames.payload(stream: 0, firstCounter: counter, frames: 1, values: values)
        guard let answer = send(.drive, payload, at: time).first, answer.type == .samples else { return [] }
        let states =
            answer.payload.withUnsafeBytes { RigLinkFrames($0).map { Array($0.values.bindMemory(to: Float.self)) } } ?? []
        return (0..<films).flatMap { [states[6 * $0], states[6 * $0 + 1]] }
    }

    func end(_ how: String, at time: UInt64) {
        switch how {
        case "hello": _ = send(.hello, [1], at: time)
        case "stop": _ = send(.stop, [], at: time)
        default:
            _ = send(.ping, [UInt8](repeating: 0, count: 8), at: time)
            firmware.linkLost()
        }
    }
}
