import Foundation
import MagneticFilm
import Protocols
import RealTime
import Reservoirs
import Signals
import Simulators
import Synchronization
import Testing
import Transports

/// A film that does not answer one frame is no film to measure with.
struct ForgetfulFilmTests {
    /// A leaky sum of its fields; one input of a life is left without an answer.
    private final class ForgetfulFilm: DrivenFilm {
        let channels = 9
        let name = "forgetful film"
        let timing = RigLinkTiming(model: "test", timeStep_s: 1e-12, stepsPerInput: 1, refreshSteps: 0, ordering: .heldThenRead)
        private let forgotten: Int
        private var answered = 0
        private var sums = [Float](repeating: 0, count: 9)

        init(forgotten: Int) { self.forgotten = forgotten }

        func reset(seed: UInt64) { sums = [Float](repeating: 0, count: 9) }

        func answer(
            _ drive: UnsafeBufferPointer<Float>, into states: UnsafeMutableBufferPointer<Float>
        ) throws(FilmError) {
            answered += 1
            for cell in 0..<9 { sums[cell] = 0.7 * sums[cell] + drive[cell] }
            guard answered != forgotten else {
                throw FilmError(.outOfRange(name: "drive", value: 1, expected: "less"))
            }
            for cell in 0..<9 {
                (states[cell], states[9 + cell], states[18 + cell]) = (sums[cell], sums[cell] * sums[cell], 1)
            }
        }
    }

    private final class Flag: Sendable { let isSet = Atomic<Bool>(false) }

    /// - Parameter body: the rig file of a film that forgets one input.
    private func withFilm(forgotten: Int, _ body: (String) throws -> Void) throws {
        let done = Flag()
        let served = Mutex("")
        let thread = try WorkerThread("film") {
            let server = try? FilmServer(port: 0) { FilmFirmware(ForgetfulFilm(forgotten: forgotten)) }
            served.withLock { $0 = server?.address ?? "none" }
            try? server?.serve { done.isSet.load(ordering: .acquiring) }
        }
        defer {
            done.isSet.store(true, ordering: .releasing)
            thread.join()
        }
        waitUntil { served.withLock { !$0.isEmpty } }
        let folder = try temporaryFolder("forgetful")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let rig = "[[device]]\nname = \"film\"\ndriver = \"riglink\"\nport = \"\(served.withLock { $0 })\"\n"
        try rig.write(toFile: folder + "/rig.toml", atomically: true, encoding: .utf8)
        try body(folder + "/rig.toml")
    }

    @Test(arguments: [
        // In the second individual, in the ranks, and in the comparison at the end.
        (["task", "narma10", "--length", "600", "--seeds", "1", "--evaluations", "3", "--no-baselines"], 64 + 15 + 600 + 300),
        (["metrics", "--steps", "300", "--delays", "5", "--degrees", "1"], 64 + 15 + 100),
        (["task", "narma10", "--length", "600", "--seeds", "1", "--evaluations", "1", "--no-baselines"], 64 + 15 + 600 + 10),
    ])
    func `it ends the command with an error that names the frame, and there is no report`(
        _ arguments: [String], _ forgotten: Int
    ) throws {
        try withFilm(forgotten: forgotten) { rig in
            let output = try RunningLarmor(["reservoir"] + arguments + ["--rig", rig, "--json"]).wait()
            #expect(output.status == 69 || output.status == 74, "\(output)")
            #expect(output.output.isEmpty && output.messages.contains("the first without an answer is number"), "\(output)")
        }
    }

    @Test func `without a forgotten input the same commands succeed`() throws {
        struct Report: Decodable {
            struct Device: Decodable {
                var steps: Int, lostFrames: Int, drift: Double, secondsPerStep: Double, secondsToAnswer: Double
            }
            var nodes: Int
            var kernelRank: Int
            var memoryCapacity: Double
            var device: Device
        }
        try withFilm(forgotten: -1) { rig in
            for input in ["mask", "dale"] {
                let output = try RunningLarmor([
                    "reservoir", "metrics", "--rig", rig, "--steps", "300", "--delays", "5", "--degrees", "1", "--input", input,
                    "--seed", "2", "--json",
                ]).wait()
                #expect(output.status == 0, "\(output.messages)")
                let report = try output.json(Report.self)
                #expect(report.nodes == 27 && report.kernelRank > 0 && report.memoryCapacity >= 0)
                #expect(report.device.steps > 1000 && report.device.lostFrames == 0 && report.device.drift == 0)
                #expect(report.device.secondsPerStep > 0 && report.device.secondsToAnswer > 0)
            }
        }
    }
}
