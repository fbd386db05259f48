import Protocols
import RigLinkReference
import Testing

/// Knobs: extension 2 of a descriptor, and the example board of the C99 firmware that keeps their limits.
struct RigLinkKnobTests {
    private static func descriptor(_ name: String) throws -> RigLinkDescriptor {
        let vector = try #require(RigLinkVectors.all.frames.first { $0.name == name })
        return try #require(bytes(hex: vector.payload).withUnsafeBytes { RigLinkDescriptor($0) })
    }

    @Test func `the board with knobs introduces itself with its descriptor of the vectors`() throws {
        let bench = KnobBench()
        bench.host(.hello, [1], at: 0)
        let vector = try #require(RigLinkVectors.all.frames.first { $0.name == "descriptor of the example board with knobs" })
        #expect(bench.messages.first?.payload == bytes(hex: vector.payload))
    }

    /// Section 3: a host without extension 2 sees the board as it was, and a cut or senseless extension is no knobs at all.
    @Test func `unknown, cut and meaningless knobs leave a descriptor as it is`() throws {
        let board = try Self.descriptor("descriptor of the example board with knobs")
        var plain = board
        plain.knobs = nil
        let knobs = Array(board.payload.dropFirst(plain.payload.count))
        func parsed(_ extensions: [UInt8]) -> RigLinkDescriptor? {
            (plain.payload + extensions).withUnsafeBytes { RigLinkDescriptor($0) }
        }
        #expect(parsed(knobs) == board && parsed([200, 1, 0, 7] + knobs) == board)
        for length in 0..<knobs.count { #expect(parsed(Array(knobs.prefix(length))) == plain) }
        // What an older host does: it skips the number.
        #expect(parsed([99] + knobs.dropFirst()) == plain)
    }

    @Test func `knobs that no device can have are refused`() throws {
        let board = try Self.descriptor("descriptor of the example board with knobs")
        let changes: [(inout RigLinkKnobs) -> Void] = [
            { $0.knobs = [] }, { $0.knobs[1].name = $0.knobs[0].name }, { $0.knobs[0].name = "" },
            { $0.knobs[0].lowest = 2 }, { $0.knobs[0].highest = .infinity }, { $0.knobs[0].lowest = .nan },
            { $0.knobs[0].rest = 1.1 }, { $0.knobs[0].rest = .nan }, { $0.knobs[0].largestRate = -1 },
            { $0.knobs[0].largestRate = .infinity }, { $0.joint[0].weights[1] = -1 }, { $0.joint[0].highest = 0.4 },
            { $0.joint[0].highest = .nan },
        ]
        for change in changes {
            var changed = board
            guard var knobs = board.knobs else { continue }
            change(&knobs)
            changed.knobs = knobs
            let found = try #require(changed.payload.withUnsafeBytes { RigLinkDescriptor($0) })
            #expect(found.knobs == nil)
            #expect(throws: InvalidField.self) { try changed.check() }
        }
    }

    @Test func `a knob goes to its value no faster than its rate, and what is read back tells where it is`() throws {
        let bench = KnobBench()
        bench.host(.hello, [1], at: 0)
        let set = bench.set([(0, 1), (1, -0.5)], at: 0)
        #expect(
            set
                == RigLinkKnobState(
                    request: 1, outcome: .taken, values: [.init(target: 1, now: 0.5), .init(target: -0.5, now: 0)]))
        // 2 per second and 0.5 per second, by hand.
        #expect(bench.set([], at: 100_000_000)?.values.map { ($0.now * 1e6).rounded() / 1e6 } == [0.7, -0.05])
        #expect(bench.set([], at: 250_000_000)?.values.map { ($0.now * 1e6).rounded() / 1e6 } == [1, -0.125])
        #expect(bench.set([], at: 2_000_000_000)?.values.map(\.now) == [1, -0.5])
    }

    @Test func `values outside are brought within, and what makes no sense changes nothing`() throws {
        let bench = KnobBench()
        bench.host(.hello, [1], at: 0)
        #expect(bench.set([(1, 99)], at: 0)?.outcome == .limited)
        #expect(bench.set([], at: 0)?.values.map(\.target) == [0.5, 1])
        for entries in [
            [(0, Double.nan)], [(0, .infinity)], [(2, 0)], [(0, 0.1), (0, 0.2)], [(0, 0.6), (1, 1)], [(0, 0.1), (7, 0)],
        ] {
            let state = bench.set(entries, at: 0)
            #expect(state?.outcome == .refused && state?.values.map(\.target) == [0.5, 1], "\(entries)")
        }
        bench.host(.setKnobs, [1, 0, 0, 0], at: 0)
        #expect(bench.messages.last?.type == .error)
    }

    @Test func `hello, stop and a lost link bring knobs back to rest`() throws {
        for end in [RigLinkType.hello, .stop] {
            let bench = KnobBench()
            bench.host(.hello, [1], at: 0)
            _ = bench.set([(0, 1), (1, 0.5)], at: 0)
            bench.poll(at: 5_000_000_000)
            bench.host(end, end == .hello ? [1] : [], at: 5_000_000_000)
            #expect(bench.set([], at: 5_000_000_000)?.values == [.init(target: 0.5, now: 1), .init(target: 0, now: 0.5)])
            #expect(bench.set([], at: 9_000_000_000)?.values.map(\.now) == [0.5, 0])
        }
        let bench = KnobBench()
        bench.host(.hello, [1], at: 0)
        _ = bench.set([(0, 1)], at: 0)
        bench.loseLink()
        #expect(bench.set([], at: 0)?.values.map(\.target) == [0.5, 0])
    }

    /// Extremes, what is no number, and a thousand changes a second: the log of what the firmware has at every moment.
    @Test func `a hostile host breaks no limit, no joint limit and no rate at any moment`() throws {
        let bench = KnobBench()
        bench.host(.hello, [1], at: 0)
        let values: [Double] = [0, 1, -1, 0.5, 1e308, -1e308, .nan, .infinity, 0.75, -0.75, 0.3, -0.2]
        var (last, lastTime): ([Double], UInt64) = ([0.5, 0], 0)
        var number: UInt64 = 1
        for step in 1...20_000 {
            number = number &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            // Between 0 and 2 ms, sometimes a second.
            let time = lastTime + (step % 500 == 0 ? 1_000_000_000 : (number >> 33) % 2_000_000)
            let entries = step % 3 == 0 ? [] : [(Int(number >> 60) % 3, values[Int(number >> 40) % values.count])]
            let now = try #require(bench.set(entries, at: time)).values.map(\.now)
            let seconds = Double(time - lastTime) * 1e-9 + 1e-12
            #expect((0...1).contains(now[0]) && (-1...1).contains(now[1]))
            #expect(abs(now[0]) + abs(now[1]) <= 1.5 + 1e-12)
            #expect(abs(now[0] - last[0]) <= 2 * seconds && abs(now[1] - last[1]) <= 0.5 * seconds)
            (last, lastTime) = (now, time)
        }
    }

    @Test func `a board without knobs takes no notice of a host that asks for some`() {
        let bench = KnobBench(hasKnobs: false)
        bench.host(.hello, [1], at: 0)
        #expect(bench.set([(0, 1)], at: 0) == nil && bench.messages.count == 1)
    }
}

/// The board in a host's hands, in simulated time.
private final class KnobBench {
    private let board = UnsafeMutablePointer<example_board>.allocate(capacity: 1)
    private var encoder = RigLinkEncoder()
    private var decoder = RigLinkDecoder()
    private(set) var messages: [(type: RigLinkType, payload: [UInt8])] = []
    private var request: UInt32 = 0

    init(hasKnobs: Bool = true) {
        let send: board_send = { context, bytes, count in
            guard let context, let bytes else { return 0 }
            let bench = Unmanaged<KnobBench>.fromOpaque(context).takeUnretainedValue()
            bench.decoder.feed(UnsafeRawBufferPointer(start: bytes, count: count)) {
                bench.messages.append(($0.type, Array($1)))
            }
            return 1
        }
        board_init(board, 250, send, Unmanaged.passUnretained(self).toOpaque())
        board.pointee.has_knobs = hasKnobs ? 1 : 0
    }

    deinit { board.deallocate() }

    func host(_ type: RigLinkType, _ payload: [UInt8] = [], at time: UInt64) {
        let frame = encoder.encode(type, payload)
        board_receive(board, frame, frame.count, time)
    }

    func poll(at time: UInt64) { board_poll(board, time) }
    func loseLink() { board_link_lost(board) }

    func set(_ entries: [(Int, Double)], at time: UInt64) -> RigLinkKnobState? {
        request += 1
        let setting = RigLinkKnobSetting(request: request, entries: entries.map { .init(knob: $0.0, value: $0.1) })
        host(.setKnobs, setting.payload, at: time)
        guard let last = messages.last, last.type == .knobs else { return nil }
        return last.payload.withUnsafeBytes { RigLinkKnobState($0) }.flatMap { $0.request == request ? $0 : nil }
    }
}
