import Devices
import Glibc
import RealTime
import Signals
import Testing
import Transports

/// A real terminal of this kernel, whose backlog comes in many reads.
@Suite struct TerminalBacklogTests {
    /// Both ends of a raw terminal.
    private final class Terminal {
        let path: String
        private let near: Int32
        private let far: Int32

        init() throws {
            var ends: (near: Int32, far: Int32) = (-1, -1)
            var name = [CChar](repeating: 0, count: 128)
            try #require(openpty(&ends.near, &ends.far, &name, nil, nil) == 0)
            (near, far) = ends
            path = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            _ = fcntl(near, F_SETFL, O_NONBLOCK)
        }

        deinit {
            close(near)
            close(far)
        }

        /// Bytes that one read would give now.
        var waiting: Int {
            var count: Int32 = 0
            return ioctl(far, UInt(FIONREAD), &count) == 0 ? Int(count) : 0
        }

        func send(_ bytes: [UInt8]) -> Int { write(near, bytes, bytes.count) }
    }

    @Test func `what waits in a terminal is one piece, however many reads it takes`() throws {
        let terminal = try Terminal()
        let waker = try Waker()
        let bench = Bench(ThinkGearDriver(name: "d", port: terminal.path, waker: waker), waker: waker)
        try bench.runner.open()
        bench.prepare()
        _ = bench.runner.step()
        // Again and again, because it is a race with the kernel's own worker, which moves the bytes up.
        for round in 0..<200 {
            var sent: [UInt8] = []
            while sent.count < 15_000 {
                let piece = (0..<99).map { UInt8(truncatingIfNeeded: sent.count + $0 * 7 + round) }
                guard terminal.send(piece) == piece.count else { break }
                sent += piece
            }
            #expect(sent.count > 2 * 4095)
            // A pause is longer than the kernel takes to fill what the first read gives.
            waitUntil(every: 0.0002) { terminal.waiting >= 4095 }
            let before = bench.records.count
            _ = bench.runner.step()
            bench.collect()
            let pieces = bench.records[before...].filter { $0.kind == .received }.map(\.bytes)
            guard pieces == [sent] else {
                Issue.record("round \(round): \(sent.count) bytes came as \(pieces.map(\.count))")
                break
            }
        }
        bench.runner.stop()
    }
}
