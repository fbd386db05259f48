import Protocols
import RigLinkReference
import Testing

/// The example board of the C99 firmware under the host's codec, without a line between them: simulated time.
struct RigLinkBoardTests {
    @Test func `the board introduces itself with the descriptor of the vectors`() throws {
        let bench = Bench()
        bench.host(.hello, [1], at: 0)
        let descriptor = try #require(bench.messages.first)
        #expect(descriptor.type == .descriptor)
        #expect(descriptor.payload == bytes(hex: RigLinkVectors.all.frames[1].payload))
        #expect(bench.messages.count == 1)
    }

    /// The formula stands in example_board.h: (4 n + k) mod 2²³ − 2²² counts.
    @Test func `samples come at the rate, counted from the start, with the values of the formula`() throws {
        let bench = Bench()
        bench.host(.hello, [1], at: 0)
        bench.host(.start, at: 1_000_000_000)
        for millisecond in 1...2000 { bench.poll(at: 1_000_000_000 + UInt64(millisecond) * 1_000_000) }
        var next: UInt64 = 0
        for message in bench.messages where message.type == .samples {
            message.payload.withUnsafeBytes { payload in
                guard let frames = RigLinkFrames(payload) else { return }
                #expect(frames.stream == 0 && frames.firstCounter == next)
                for index in 0..<frames.frames * 4 {
                    let count = frames.values.loadUnaligned(fromByteOffset: 4 * index, as: Int32.self)
                    #expect(Int(count) == (Int(next) * 4 + index) % (1 << 23) - (1 << 22))
                }
                next += UInt64(frames.frames)
            }
        }
        // 250 Hz for 2 s.
        #expect(next == 500)
    }

    /// By hand: started at 9,000,001 µs, frame n of 250 Hz is complete 4000 (n + 1) µs later; example_board.h splits that at 2²³.
    @Test func `a board that carries its clock tells in its samples when each frame was complete`() {
        let bench = Bench()
        bench.carryClock()
        bench.host(.hello, [1], at: 0)
        bench.host(.start, at: 9_000_001_999)
        for millisecond in 1...101 { bench.poll(at: 9_000_001_999 + UInt64(millisecond) * 1_000_000) }
        let frames = bench.counts
        #expect(frames.count == 25)
        for (index, counts) in frames.enumerated() {
            let time = 9_000_001 + 4000 * (index + 1)
            #expect(counts[0] == 4 * index - (1 << 22) && counts[1] == counts[0] + 1)
            #expect(counts[2] == time % (1 << 23) - (1 << 22) && counts[3] == (time >> 23) - (1 << 22))
        }
    }

    /// Sections 5 and 6 of the specification.
    @Test func `drive frames are answered in order, and those without room are dropped and reported`() throws {
        let bench = Bench()
        bench.host(.hello, [1], at: 0)
        bench.drive(counter: 1, frames: 1)
        #expect(bench.take() == [.descriptor, .error, .status])
        #expect(bench.lastStatus == RigLinkStatus(freeFrames: 16, droppedFrames: 1))
        bench.host(.start, at: 1)
        bench.drive(counter: 10, frames: 12)
        bench.drive(counter: 22, frames: 12)
        #expect(bench.take() == [.status, .status])
        #expect(bench.lastStatus == RigLinkStatus(freeFrames: 0, droppedFrames: 9))
        bench.poll(at: 2)
        #expect(bench.answers == Array(10...25))
        bench.drive(counter: 40, frames: 2)
        bench.host(.stop, at: 3)
        bench.poll(at: 4)
        #expect(bench.answers == Array(10...25))
    }

    /// example_board.h: t ← t/2 + h/2, m = ((1 − t²)/(1 + t²), 0, 2t/(1 + t²)); a reset puts t back to 0.
    @Test func `the cells follow their drive, on the unit sphere, and a reset comes between its neighbours`()
        throws
    {
        let bench = Bench()
        bench.host(.hello, [1], at: 0)
        bench.host(.start, at: 1)
        bench.drive(counter: 0, frames: 2, value: 0.5)
        bench.host(.reset, [UInt8](repeating: 0, count: 8), at: 1)
        bench.drive(counter: 2, frames: 1, value: -1)
        bench.poll(at: 2)
        let expected: [Float] = [0.25, 0.375, -0.5]
        for (index, t) in expected.enumerated() {
            let state = bench.states[index]
            #expect(state[0] == (1 - t * t) / (1 + t * t))
            #expect(state[8..<16].allSatisfy { $0 == 0 })
            #expect(state[23] == 2 * t / (1 + t * t))
        }
    }

    @Test func `a board of lines introduces itself with its descriptor of the vectors`() throws {
        let bench = Bench()
        bench.haveLines()
        bench.host(.hello, [1], at: 0)
        let vector = try #require(RigLinkVectors.all.frames.first { $0.name == "descriptor of the example board with lines" })
        let payload = bytes(hex: vector.payload)
        #expect(bench.messages.first?.payload == payload)
        let streams = try #require(payload.withUnsafeBytes { RigLinkDescriptor($0) }).streams
        #expect(streams.map(\.isDigitalLines) == [true, false, false])
        #expect(streams.map(\.isDigitalOutputs) == [false, true, false] && streams[2].answers == 1)
    }

    /// Section 3 of the specification. At 250 Hz frames are complete at 4, 8, 12, … ms after the start.
    @Test func `outputs are set when their frame comes, answered with their levels, and low after hello and stop`() {
        let bench = Bench()
        bench.haveLines()
        bench.host(.hello, [1], at: 0)
        bench.host(.start, at: 0)
        bench.poll(at: 9_000_000)
        bench.drive(counter: 5, frames: 1, value: 0.5)
        bench.poll(at: 17_000_000)
        bench.drive(counter: 6, frames: 1, value: 0.49)
        bench.poll(at: 21_000_000)
        bench.poll(at: 25_000_000)
        #expect(bench.answers == [5, 6])
        #expect(bench.states == [[Float](repeating: 1, count: 8), [Float](repeating: 0, count: 8)])
        // Set at 9 ms, told by board_poll at 17 ms: what was due until then has the old level; the same at 21 ms.
        #expect(bench.levels == [0, 0, 0, 0, 1, 0])
        bench.drive(counter: 7, frames: 1, value: 1)
        bench.poll(at: 29_000_000)
        bench.host(.stop, at: 29_000_000)
        bench.host(.start, at: 30_000_000)
        bench.poll(at: 35_000_000)
        #expect(bench.levels.last == 0)
    }

    @Test func `a message that finds the line full is lost and leaves a hole in the counters`() {
        let bench = Bench()
        bench.host(.hello, [1], at: 0)
        bench.host(.start, at: 0)
        bench.poll(at: 100_000_000)
        bench.hasRoom = false
        bench.poll(at: 200_000_000)
        bench.hasRoom = true
        bench.poll(at: 300_000_000)
        #expect(bench.firstCounters == [0, 50])
    }
}

/// A board and the host's codec, back to back.
private final class Bench {
    private let board = UnsafeMutablePointer<example_board>.allocate(capacity: 1)
    private var encoder = RigLinkEncoder()
    private var decoder = RigLinkDecoder()
    var hasRoom = true
    private(set) var messages: [(type: RigLinkType, payload: [UInt8])] = []
    private var taken = 0

    init() {
        let send: board_send = { context, bytes, count in
            guard let context, let bytes else { return 0 }
            return Unmanaged<Bench>.fromOpaque(context).takeUnretainedValue().receive(bytes, count) ? 1 : 0
        }
        board_init(board, 250, send, Unmanaged.passUnretained(self).toOpaque())
    }

    deinit { board.deallocate() }

    private func receive(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        guard hasRoom else { return false }
        var found: [(RigLinkType, [UInt8])] = []
        decoder.feed(UnsafeRawBufferPointer(start: bytes, count: count)) {
            found.append(($0.type, Array($1)))
        }
        messages += found
        return true
    }

    func host(_ type: RigLinkType, _ payload: [UInt8] = [], at time: UInt64) {
        let frame = encoder.encode(type, payload)
        board_receive(board, frame, frame.count, time)
    }

    func drive(counter: UInt64, frames: Int, value: Float = 0) {
        let values = [Float](repeating: value, count: frames * 8)
        host(
            .drive, RigLinkFrames.payload(stream: 1, firstCounter: counter, frames: frames, values: values),
            at: 1)
    }

    func poll(at time: UInt64) { board_poll(board, time) }

    func carryClock() { board.pointee.carries_clock = 1 }
    func haveLines() { board.pointee.has_lines = 1 }

    /// Of the first line of a board of lines, frame by frame.
    var levels: [Float] {
        frames(stream: 0).flatMap { message in stride(from: 0, to: message.values.count, by: 8).map { message.values[$0] } }
    }

    /// Types of the messages since the last call.
    func take() -> [RigLinkType] {
        defer { taken = messages.count }
        return messages[taken...].map(\.type)
    }

    var lastStatus: RigLinkStatus? {
        messages.last { $0.type == .status }?.payload.withUnsafeBytes { RigLinkStatus($0) }
    }

    private func frames(stream: Int) -> [(counter: UInt64, values: [Float])] {
        messages.filter { $0.type == .samples }.compactMap { message in
            message.payload.withUnsafeBytes { payload in
                guard let frames = RigLinkFrames(payload), frames.stream == stream else { return nil }
                return (frames.firstCounter, Array(frames.values.bindMemory(to: Float.self)))
            }
        }
    }

    /// Of the EEG, four a frame.
    var counts: [[Int]] {
        frames(stream: 0).flatMap { message in
            let counts = message.values.map { Int(Int32(bitPattern: $0.bitPattern)) }
            return stride(from: 0, to: counts.count, by: 4).map { Array(counts[$0..<$0 + 4]) }
        }
    }

    var answers: [UInt64] { frames(stream: 2).map(\.counter) }
    var states: [[Float]] { frames(stream: 2).map(\.values) }
    var firstCounters: [UInt64] { frames(stream: 0).map(\.counter) }
}
