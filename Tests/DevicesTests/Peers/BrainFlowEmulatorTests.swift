import Devices
import Foundation
import LSLStand
import Signals
import Testing
import Transports

private let brainFlowEmulator = ProcessInfo.processInfo.environment["LARMOR_BRAINFLOW_EMULATOR"]

/// Our drivers read BrainFlow's own emulators: somebody else's making of the same protocols. `LARMOR_BRAINFLOW_EMULATOR` names the folder
/// `emulator` of a checkout of github.com/brainflow-dev/brainflow.
@Suite(
    .serialized,
    .enabled(
        if: brainFlowEmulator != nil && LSLStand.python != nil,
        "needs LARMOR_BRAINFLOW_EMULATOR (folder `emulator` of BrainFlow's repository) and LARMOR_PYTHON"))
struct BrainFlowEmulatorTests {
    /// Runs a module's `Listener` on a pseudo-terminal until a line comes, then prints the packets that it wrote.
    private static let script = """
        import importlib, json, os, pty, sys, tty
        sys.path.insert(0, sys.argv[1])
        module = importlib.import_module("brainflow_emulator." + sys.argv[2])
        size = int(sys.argv[3])
        master, slave = pty.openpty()
        tty.setraw(slave)
        written = []
        def write(port, data):
            if len(data) == size:
                written.append(data.hex())
            return os.write(port, data)
        listener = module.Listener(master, write, os.read)
        listener.daemon = True
        listener.start()
        print(os.ttyname(slave))
        sys.stdin.readline()
        print(json.dumps(written))
        os._exit(0)
        """

    /// What the driver made of the stream's first packets, and the packets.
    private func read(
        _ module: String, packetBytes: Int, _ makeDriver: (String, Waker) -> any Driver
    ) throws -> (bench: Bench, packets: [[UInt8]]) {
        let emulator = try PythonPeer(Self.script, try #require(brainFlowEmulator), module, "\(packetBytes)")
        let port = try #require(emulator.line(), "the emulator does not start")
        let waker = try Waker()
        let bench = Bench(makeDriver(port, waker), waker: waker, name: "emulator", streams: 2)
        try bench.runner.open()
        bench.start()
        #expect(bench.wait { bench.sink.frames(0) >= 400 })
        bench.runner.stop()
        bench.collect()
        emulator.say("end")
        let lines = try JSONDecoder().decode([String].self, from: Data(try #require(emulator.line()).utf8))
        let packets = lines.map { line in
            stride(from: 0, to: line.count, by: 2).compactMap { place in
                UInt8(line.dropFirst(place).prefix(2), radix: 16)
            }
        }
        return (bench, packets)
    }

    /// Samples are big-endian two's complement of 24 bits, one after the other from byte 2.
    private func counts(_ packet: [UInt8], channels: Int) -> [Int] {
        (0..<channels).map { channel in
            let value = packet[(2 + 3 * channel)..<(5 + 3 * channel)].reduce(0) { $0 << 8 | Int($1) }
            return value < 1 << 23 ? value : value - 1 << 24
        }
    }

    /// Every frame is one packet's, in the packets' order, to a count (32-bit floating point holds 24 bits).
    private func check(_ bench: Bench, _ packets: [[UInt8]], channels: Int, voltsPerCount: Double) {
        #expect(bench.sink.missing(0) == 0)
        let samples = bench.sink.samples(0)
        let frames = samples.count / channels
        let counters = bench.sink.counters(0)
        // The driver may begin in mid-stream; counters name the packet, modulo 256.
        let first = packets.indices.first { start in
            counts(packets[start], channels: channels).enumerated().allSatisfy {
                abs(Double(samples[$0]) / voltsPerCount - Double($1)) <= 1
            } && Int(packets[start][1]) == Int(counters[0] % 256)
        }
        guard let first, frames <= packets.count - first else {
            Issue.record("the first frame is no packet's, or there are more frames than packets")
            return
        }
        var wrong = 0
        for frame in 0..<frames {
            let expected = counts(packets[first + frame], channels: channels)
            for channel in 0..<channels {
                let found = Double(samples[frame * channels + channel]) / voltsPerCount
                if abs(found - Double(expected[channel])) > 1 { wrong += 1 }
            }
        }
        #expect(wrong == 0)
    }

    @Test func `BrainFlow's Cyton emulator: every sample of its random packets`() throws {
        let (bench, packets) = try read("emulate_common", packetBytes: 33) { CytonDriver(name: "d", port: $0, waker: $1) }
        check(bench, packets, channels: 8, voltsPerCount: 4.5 / 24 / 8_388_607)
        #expect(bench.sink.total(.garbageSkipped) == 0)
    }

    @Test func `BrainFlow's FreeEEG32 emulator, whose frames have 106 bytes`() throws {
        let (bench, packets) = try read("freeeeg32_emulator", packetBytes: 106) {
            FreeEEG32Driver(name: "d", port: $0, frameSize: 106, waker: $1)
        }
        check(bench, packets, channels: 32, voltsPerCount: 2.5 / 8 / 8_388_607)
    }
}
