import Devices
import Foundation
import LinearAlgebra
import MagneticFilm
import Reservoirs
import Simulators
import Testing
import Transports

/// A film file of the repository.
private let disc = rigs + "/../films/disc.toml"

/// `larmor reservoir task` as a user calls it.
struct ReservoirTaskCommandTests {
    private struct Result: Decodable {
        struct Spread: Decodable { var median: Double, q1: Double, q3: Double }
        struct Part: Decodable { var nodes: Int, test: Spread }
        struct Device: Decodable { var steps: Int, lostFrames: Int, limitedFrames: Int, drift: Double, secondsPerStep: Double }
        var task: String, metric: String, reservoir: String
        var nodes: Int, seeds: Int, evaluations: Int
        var test: Spread
        var study: Spread?
        var baseline: [String: Part]
        var device: Device?
        var seconds: Double
    }

    @Test func `a film stands beside its baselines, and the same seed gives the same numbers`() throws {
        let arguments = [
            "reservoir", "task", "narma10", "--cells", "9", "--length", "600", "--seeds", "2", "--evaluations", "3", "--leaks",
            "study",
            "--material", "Ni", "--json",
        ]
        let first = try RunningLarmor(arguments).wait().json(Result.self)
        #expect(first.task == "narma10" && first.metric == "NMSE" && first.nodes == 27 && first.seeds == 2)
        #expect(Set(first.baseline.keys) == ["echo_state_network", "next_generation", "inputs_alone"])
        #expect(first.test.q1 <= first.test.median && first.test.median <= first.test.q3 && first.study != nil)
        #expect(first.test.median < (first.baseline["inputs_alone"]?.test.median ?? 0))
        let again = try RunningLarmor(arguments + ["--threads", "1"]).wait().json(Result.self)
        #expect(again.test.median == first.test.median && again.study?.median == first.study?.median)
    }

    @Test(arguments: [[], ["--drive", "current", "--readings", "2", "--contacts", "2x3"]])
    func `a film of the continuum model is driven and read through its contacts`(options: [String]) throws {
        let arguments = [
            "reservoir", "task", "narma10", "--film", disc, "--length", "400", "--steps-per-input", "20", "--seeds",
            "1", "--evaluations", "2", "--json",
        ]
        let result = try RunningLarmor(arguments + options).wait().json(Result.self)
        #expect(result.nodes == (options.isEmpty ? 3 * 16 : 3 * 6 * 2) && result.reservoir.contains("12 × 12 × 1"))
        #expect(result.test.median < (result.baseline["inputs_alone"]?.test.median ?? 0))
    }

    @Test(arguments: [
        (["--contacts", "4x4"], "--film FILE"), (["--film", disc, "--cells", "9"], "--cells"),
        (["--film", disc, "--contacts", "4"], "4x4"),
        (["--film", disc, "--drive", "current", "--direction", "1,0,0"], "--direction"),
    ])
    func `options of contacts that go with nothing are refused`(options: [String], named: String) throws {
        let output = try RunningLarmor(["reservoir", "task", "narma10"] + options).wait()
        #expect(output.status == 64 && output.messages.contains(named), "\(output.messages)")
    }

    @Test(arguments: [
        (["--contacts", "13x1"], "columns of contacts"), (["--readings", "3"], "readings per input"),
        (["--step-fs", "100000"], "smaller step"),
    ])
    func `contacts and steps that the film cannot have are refused`(options: [String], named: String) throws {
        let output = try RunningLarmor(["reservoir", "task", "narma10", "--film", disc] + options).wait()
        #expect(output.status == 65 && output.messages.contains(named), "\(output.messages)")
    }

    @Test func `a task on the simulated film of a rig reports the device`() throws {
        let folder = try temporaryFolder("task-rig")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let rig = """
            [[device]]
            name = "film"
            driver = "riglink"
            simulator = "film"

            [device.simulation]
            films = 1
            rows = 3
            columns = 3

            [device.settings]
            drive_largest = 0.2

            """
        try rig.write(toFile: folder + "/rig.toml", atomically: true, encoding: .utf8)
        let output = try RunningLarmor([
            "reservoir", "task", "narma10", "--rig", folder + "/rig.toml", "--length", "600", "--seeds", "1", "--evaluations",
            "2",
            "--no-baselines", "--json",
        ]).wait()
        #expect(output.status == 0, "\(output.messages)")
        let result = try output.json(Result.self)
        let device = try #require(result.device)
        #expect(device.steps == 2 * 600 && device.lostFrames == 0 && device.drift == 0 && device.secondsPerStep > 0)
        #expect(result.nodes == 27 && result.baseline.isEmpty)
    }

    @Test func `a film over TCP gives the errors of the film in process to the bit`() throws {
        let served = try SimulatorProcess(
            executable: Larmor.path,
            arguments: ["film", "--films", "1", "--rows", "3", "--columns", "3", "--material", "Co", "--damping", "0.2"])
        let waker = try Waker()
        let driver = RigLinkDriver(name: "film", port: served.announcement.address, waker: waker)
        let runner = DeviceRunner(name: "film", driver: driver, waker: waker)
        let bench = DeviceFamily(try RigLinkReservoir(name: "film", driver: driver, runner: runner))
        let own = DeviceFamily(
            try FilmReservoir([MacroCellFilmConfiguration(rows: 3, columns: 3, material: .cobalt, damping: 0.2)]))
        let data = try ReservoirTask.narma10.data(seed: 4, length: 500)
        for genes in [[0.8, 0.9, 0.2, 0.8, 0.3], [0.5, 0.5, 0.6, 0.4, 0.7]] {
            let (a, b) = (
                try bench.evaluate(genes, .narma10, data, settings: .init()),
                try own.evaluate(genes, .narma10, data, settings: .init())
            )
            #expect(a == b)
        }
    }

    @Test(
        arguments: [
            (["nope"], "there is no task “nope”", 64),
            (["laser"], "name its file with --series", 64),
            (["laser", "--series", "none.txt"], "there is no such file", 66),
            (["narma10", "--length", "50"], "expected 302 or more", 64),
            (["narma10", "--cells", "99"], "a square number", 64),
            (["narma10", "--length", "400", "--delays", "1,320"], "a state of 320 steps ago", 64),
            (["spoken-digits"], "name it with --speech", 64),
            (["narma10", "--material", "Unobtainium"], "--material is Co, Fe, Ni", 64),
            (["narma10", "--evaluations", "0"], "--evaluations must be", 64),
            (["narma10", "--search", "luck"], "--search is random", 64),
            (["narma10", "--search", "novelty"], "--search is random", 64),
            (["narma10", "--rig", "none.toml", "--cells", "9"], "with --rig the device has its own", 64),
            (["narma10", "--device", "x"], "--device names a device of --rig", 64),
        ] as [([String], String, Int32)])
    func `what cannot be is told`(_ arguments: [String], _ message: String, _ status: Int32) throws {
        let output = try RunningLarmor(["reservoir", "task"] + arguments).wait()
        #expect(output.status == status && output.messages.contains(message), "\(output)")
    }

    @Test func `a series of equal numbers is no task, and a pipe that nobody writes to can be left`() throws {
        let folder = try temporaryFolder("series")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try String(repeating: "5\n", count: 3000).write(toFile: folder + "/same.txt", atomically: true, encoding: .utf8)
        let laser = ["reservoir", "task", "laser", "--evaluations", "1", "--no-baselines", "--series"]
        let output = try RunningLarmor(laser + [folder + "/same.txt"]).wait()
        #expect(output.status == 65 && output.messages.contains("all targets of a part are equal"), "\(output)")
        try #require(mkfifo(folder + "/pipe", 0o600) == 0)
        let waiting = try RunningLarmor(laser + [folder + "/pipe"])
        // Opened for writing as soon as it is being read, so the command waits inside the pipe.
        let writer = open(folder + "/pipe", O_WRONLY)
        try #require(writer >= 0)
        defer { close(writer) }
        waiting.interrupt()
        #expect(waiting.wait().status != 0)
    }
}
