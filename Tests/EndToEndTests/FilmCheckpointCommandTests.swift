import Foundation
import RealTime
import Testing

/// Film runs that end early, however they end, keep their data, and go on to the same bytes.
struct FilmCheckpointCommandTests {
    private struct Answer: Decodable {
        var samples: Int
        var mean: [Double]
        var relaxed: Bool?
        var stopped: Bool
    }

    private func inFolder(_ body: (String) throws -> Void) throws {
        let folder = try temporaryFolder("film")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    private func bytes(_ folder: String, _ name: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))
    }

    /// A run of about a second on one thread, with all that a resumed run has to find again.
    private static func options(_ name: String) -> [String] {
        [
            "film", "run", "--model", "continuum", "--size-nm", "200,100,3", "--relax", "--relax-torque",
            "1", "--field-t=-0.03,0.01,0",
            "--pulse-t", "0,0,0.1", "--pulse-start-ps", "40", "--pulse-width-ps", "3", "--duration-ns",
            "1.00035", "--threads", "1",
            "--output", "\(name).csv", "--ovf", "\(name).ovf", "--snapshots", "\(name)-snap",
            "--snapshot-every", "40", "--plot",
            "\(name)-plot", "--checkpoint", "\(name).checkpoint", "--checkpoint-every", "7", "--json",
        ]
    }

    private static let files = [
        ".csv", ".ovf", "-plot.svg", "-plot-start.png", "-plot-end.png", "-snap-0040.ovf",
        "-snap-1000.ovf",
    ]

    @Test(arguments: ["chosen steps", "fixed steps", "single precision"])
    func `a run that is killed and one that is interrupted go on to the bytes of one that was not`(
        kind: String
    ) throws {
        let extra =
            kind == "fixed steps"
            ? ["--step-fs", "300"] : kind == "single precision" ? ["--precision", "float"] : []
        try inFolder { folder in
            let whole = try RunningLarmor(Self.options("whole") + extra, folder: folder).wait()
            #expect(whole.status == 0, "\(whole.messages)")
            let answer = try whole.json(Answer.self)
            // Line 0, 1000 lines at whole picoseconds, and the end.
            #expect(answer.samples == 1002 && answer.relaxed == true)

            func lines(_ name: String) -> Int { (try? bytes(folder, name).count { $0 == 0x0A }) ?? 0 }
            func runUntil(_ count: Int, resuming: Bool, _ end: (RunningLarmor) -> Void) throws
                -> Larmor.Result
            {
                let running = try RunningLarmor(
                    Self.options("part") + extra + (resuming ? ["--resume"] : []), folder: folder)
                while running.isRunning, lines("part.csv") < count { usleep(1000) }
                end(running)
                return running.wait()
            }
            _ = try runUntil(60, resuming: false) { $0.kill() }
            let kept = lines("part.csv")
            #expect(kept >= 60)
            let interrupted = try runUntil(kept + 100, resuming: true) { $0.interrupt() }
            if interrupted.status != 0 {
                #expect(
                    interrupted.status == 130 && interrupted.messages.contains("--resume goes on"),
                    "\(interrupted.messages)")
                #expect(try interrupted.json(Answer.self).stopped)
            }
            let last = try RunningLarmor(Self.options("part") + extra + ["--resume"], folder: folder)
                .wait()
            #expect(last.status == 0, "\(last.messages)")
            #expect(
                try last.json(Answer.self).samples == 1002 && last.json(Answer.self).mean == answer.mean)
            for file in Self.files {
                #expect(try bytes(folder, "part" + file) == bytes(folder, "whole" + file), "\(file)")
            }
        }
    }

    @Test func `a checkpoint of another run, a damaged one and a missing one are refused with words`()
        throws
    {
        try inFolder { folder in
            let base = [
                "film", "run", "--model", "continuum", "--size-nm", "20,20,3", "--output", "m.csv",
                "--checkpoint", "c.checkpoint",
            ]
            func run(_ options: [String]) throws -> Larmor.Result {
                try RunningLarmor(base + options, folder: folder).wait()
            }
            let missing = try run(["--duration-ns", "0.01", "--resume"])
            #expect(
                missing.status == 66 && missing.messages.contains("no such checkpoint"),
                "\(missing.messages)")
            #expect(try run(["--duration-ns", "0.01"]).status == 0)
            let cases: [(options: [String], message: String)] = [
                (["--duration-ns", "0.02"], "--duration-ns was 0.01, now it is 0.02"),
                (["--duration-ns", "0.01", "--field-t", "0,0,1"], "--field-t"),
                (["--duration-ns", "0.01", "--tolerance", "1e-4"], "--tolerance"),
                (["--duration-ns", "0.01", "--precision", "float"], "--precision double"),
                (["--duration-ns", "0.01", "--damping", "0.5"], "the film"),
                (["--duration-ns", "0.01", "--magnetisation", "0,0,1"], "the film"),
            ]
            for test in cases {
                let result = try run(test.options + ["--resume"])
                #expect(
                    result.status == 65 && result.messages.contains(test.message),
                    "\(test.options): \(result.messages)")
            }
            let table = try bytes(folder, "m.csv")
            #expect(try run(["--duration-ns", "0.01", "--resume"]).status == 0)
            #expect(try bytes(folder, "m.csv") == table)
            try Data(table.prefix(40)).write(to: URL(fileURLWithPath: folder + "/m.csv"))
            let short = try run(["--duration-ns", "0.01", "--resume"])
            #expect(short.status == 74 && short.messages.contains("m.csv"), "\(short.messages)")
            var damaged = try bytes(folder, "c.checkpoint")
            damaged[damaged.count - 3] ^= 1
            try damaged.write(to: URL(fileURLWithPath: folder + "/c.checkpoint"))
            let refused = try run(["--duration-ns", "0.01", "--resume"])
            #expect(refused.status == 65 && refused.messages.contains("checksum"), "\(refused.messages)")
        }
    }

    @Test
    func
        `a table that cannot be written ends the run before it begins, and links and pipes are written through`()
        throws
    {
        try inFolder { folder in
            let base = [
                "film", "run", "--model", "continuum", "--size-nm", "20,20,3", "--duration-ns", "0.001",
            ]
            let program = try RunningLarmor(base.dropLast() + ["300", "--output", "none/m.csv"], folder: folder)
            let watch = Stopwatch(programs: [program.pid])
            let refused = program.wait()
            #expect(
                refused.status == 74 && refused.messages.contains("none/m.csv")
                    && watch.seconds < 20 + watch.lost)
            try FileManager.default.createDirectory(
                atPath: folder + "/target", withIntermediateDirectories: true)
            #expect(FileManager.default.createFile(atPath: folder + "/target/real.csv", contents: nil))
            try FileManager.default.createSymbolicLink(
                atPath: folder + "/out.csv", withDestinationPath: "target/real.csv")
            #expect(try RunningLarmor(base + ["--output", "out.csv"], folder: folder).wait().status == 0)
            #expect(
                try FileManager.default.destinationOfSymbolicLink(atPath: folder + "/out.csv")
                    == "target/real.csv")
            #expect(try bytes(folder, "target/real.csv").count { $0 == 0x0A } == 3)
        }
    }

    @Test func `relaxation shows failure in words and by its exit code`() throws {
        try inFolder { folder in
            // Exchange a million times the demagnetising field: the descent's steps are too many.
            try """
            material = { saturation_Apm = 1e6, exchange_Jpm = 1e-8, damping = 0.1 }
            [mesh]
            cells = [32, 32]
            cell_nm = [0.5, 0.5, 3]
            [start]
            random_seed = 4
            """.write(toFile: folder + "/g.toml", atomically: true, encoding: .utf8)
            let result = try Larmor.run(
                "film", "run", "--model", "continuum", "--film", "g.toml", "--relax", "--duration-ns",
                "1e-6", "--sample-ps", "1e-3",
                "--output", "g.csv", "--json", in: folder)
            #expect(result.status == 1, "\(result.messages)")
            #expect(
                result.messages.contains("had not come to rest")
                    && result.messages.contains("largest torque"))
            #expect(try result.json(Answer.self).relaxed == false)
        }
    }

    @Test func `a film that stands on a saddle leaves it when it is relaxed`() throws {
        try inFolder { folder in
            let result = try Larmor.run(
                "film", "run", "--model", "continuum", "--size-nm", "200,50,3", "--magnetisation", "0,0,1",
                "--relax", "--duration-ns",
                "0.001", "--output", "s.csv", "--json", in: folder)
            let answer = try result.json(Answer.self)
            // Up is a saddle of a flat film; along its long edge is the ground state.
            #expect(result.status == 0 && answer.relaxed == true)
            #expect(abs(answer.mean[0]) > 0.9 && abs(answer.mean[2]) < 1e-3)
        }
    }

    @Test func `Ctrl-C is heard while a large film relaxes`() throws {
        try inFolder { folder in
            let running = try RunningLarmor(
                [
                    "film", "run", "--model", "continuum", "--size-nm", "1000,1000,3", "--cell-nm",
                    "2.5,2.5,3", "--relax",
                    "--relax-torque", "1e-9", "--magnetisation", "0,0.0001,1", "--duration-ns", "1",
                    "--output", "y.csv", "--ovf",
                    "y.ovf", "--threads", "1",
                ], folder: folder)
            // The table is opened when the film is made: the relaxation begins.
            while running.isRunning, !FileManager.default.fileExists(atPath: folder + "/y.csv") {
                usleep(10_000)
            }
            let watch = Stopwatch(programs: [running.pid])
            running.interrupt()
            let result = running.wait()
            #expect(
                result.status == 130 && watch.seconds < 15 + watch.lost,
                "\(watch.seconds) s")
            #expect(result.messages.contains("stopped while relaxing"), "\(result.messages)")
            // The state that was reached can be gone on from.
            #expect(try bytes(folder, "y.ovf").count > 400 * 400 * 24)
        }
    }

    @Test func `fixed steps end where they were asked to`() throws {
        try inFolder { folder in
            let cases: [(options: [String], end: Double, samples: Int)] = [
                (["--sample-ps", "1", "--step-fs", "300", "--duration-ns", "0.01"], 1e-11, 11),
                (["--sample-ps", "0.1", "--step-fs", "1500", "--duration-ns", "0.01"], 1e-11, 101),
                (["--duration-ns", "0.0014"], 1.4e-12, 3),
                (["--duration-ns", "0.0014", "--step-fs", "300"], 1.4e-12, 3),
            ]
            for test in cases {
                let result = try RunningLarmor(
                    [
                        "film", "run", "--model", "continuum", "--size-nm", "20,20,3", "--output", "a.csv",
                        "--json",
                    ] + test.options,
                    folder: folder
                ).wait()
                #expect(
                    try result.status == 0 && result.json(Answer.self).samples == test.samples,
                    "\(result.messages)")
                let last =
                    try String(contentsOfFile: folder + "/a.csv", encoding: .utf8).split(separator: "\n").last
                    ?? ""
                #expect(last.split(separator: ",").first.flatMap { Double($0) } == test.end, "\(last)")
            }
        }
    }
}
