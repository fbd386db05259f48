import Foundation
import RealTime
import Signals
import Simulators
import Synchronization
import Testing

/// BrainFlow's own drivers read our simulators: somebody else's reading of the same protocols.
@Suite(.serialized) struct BrainFlowPeerTests {
    private static let python = ProcessInfo.processInfo.environment["LARMOR_PYTHON"]

    static let hasBrainFlow: Bool = {
        guard let python else { return false }
        return run(python, ["-c", "import brainflow.board_shim"])?.status == 0
    }()

    private struct Reading: Decodable {
        var microvolt: [[Double]]
        var numbers: [Int]
    }

    /// What BrainFlow reads: rows of channels in its units, and packet numbers.
    private static let script = """
        import json, sys, time
        from brainflow.board_shim import BoardIds, BoardShim, BrainFlowInputParams
        BoardShim.disable_board_logger()
        parameters = BrainFlowInputParams()
        parameters.serial_port = sys.argv[2]
        board_id = BoardIds[sys.argv[1]].value
        board = BoardShim(board_id, parameters)
        board.prepare_session()
        board.start_stream()
        end = time.time() + 120
        while board.get_board_data_count() < 300 and time.time() < end:
            time.sleep(0.02)
        board.stop_stream()
        data = board.get_board_data()
        board.release_session()
        rows = BoardShim.get_eeg_channels(board_id)
        numbers = BoardShim.get_package_num_channel(board_id)
        print(json.dumps({"microvolt": data[rows].T.tolist(), "numbers": data[numbers].astype(int).tolist()}))
        """

    private static func run(_ program: String, _ arguments: [String]) -> (status: Int32, output: Data)? {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, data)
    }

    private final class Flag: Sendable { let isSet = Atomic<Bool>(false) }

    /// Serves a firmware on a pseudo-terminal while BrainFlow reads it.
    private func read(_ board: String, _ firmware: some SimulatedFirmware) throws -> Reading {
        let python = try #require(Self.python)
        let link = NSTemporaryDirectory() + "larmor-peer-\(ProcessInfo.processInfo.processIdentifier)-\(board)"
        let done = Flag()
        let ready = Flag()
        let thread = try WorkerThread("peer") {
            guard var simulator = try? SerialSimulator(firmware, link: link) else { return }
            ready.isSet.store(true, ordering: .releasing)
            try? simulator.serve { done.isSet.load(ordering: .acquiring) }
        }
        #expect(waitUntil { ready.isSet.load(ordering: .acquiring) })
        let result = Self.run(python, ["-c", Self.script, board, link])
        done.isSet.store(true, ordering: .releasing)
        thread.join()
        let found = try #require(result)
        #expect(found.status == 0)
        return try JSONDecoder().decode(Reading.self, from: found.output)
    }

    /// Channel c is c · 1,000 µV above the first, to half a count; each row is one sample later than the last.
    private func check(_ reading: Reading, channels: Int, count_uV: Double) {
        #expect(reading.microvolt.count >= 300 && reading.microvolt[0].count == channels)
        let isScaled = reading.microvolt.allSatisfy { row in
            let first = row[0].rounded()
            return row.enumerated().allSatisfy { abs($1 - (first + 1000 * Double($0))) <= 0.6 * count_uV }
        }
        #expect(isScaled)
        let firsts = reading.microvolt.map { Int($0[0].rounded()) }
        #expect(zip(firsts, firsts.dropFirst()).allSatisfy { ($0 + 1) % 500 == $1 })
        #expect(zip(reading.numbers, reading.numbers.dropFirst()).allSatisfy { ($0 + 1) % 256 == $1 })
    }

    @Test(.enabled(if: hasBrainFlow, "needs LARMOR_PYTHON with brainflow"))
    func `BrainFlow's Cyton driver gets the microvolts that our simulator was given`() throws {
        let firmware = CytonFirmware(source: CountingSource(channels: 8))
        check(try read("CYTON_BOARD", firmware), channels: 8, count_uV: 4.5e6 / 24 / 8_388_607)
    }

    @Test(.enabled(if: hasBrainFlow, "needs LARMOR_PYTHON with brainflow"))
    func `BrainFlow's FreeEEG32 driver gets the microvolts that our simulator was given`() throws {
        let firmware = FreeEEG32Firmware(source: CountingSource(channels: 32))
        check(try read("FREEEEG32_BOARD", firmware), channels: 32, count_uV: 2.5e6 / 8 / 8_388_607)
    }

    @Test(.enabled(if: hasBrainFlow, "needs LARMOR_PYTHON with brainflow"))
    func `BrainFlow's Daisy driver pairs our packets as we do`() throws {
        let reading = try read("CYTON_DAISY_BOARD", CytonFirmware(source: CountingSource(channels: 16), hasDaisy: true))
        #expect(reading.microvolt.count >= 300 && reading.microvolt[0].count == 16)
        // Row f: channel 1 is the mean of samples 2 f and 2 f + 1, channel 9 that of 2 f − 1 and 2 f, and 8,000 µV more.
        let isPaired = reading.microvolt.filter { (10..<480).contains($0[0]) }.allSatisfy { row in
            abs(row[8] - row[0] - 7999) <= 0.05 && abs(row[7] - row[0] - 7000) <= 0.05
        }
        #expect(isPaired)
    }
}
