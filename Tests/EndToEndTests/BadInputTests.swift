import Foundation
import Testing

/// What people see when something is wrong: one line that says where and what to do, and a conventional exit code.
struct BadInputTests {
    private func rig(_ text: String) throws -> String {
        let file = try temporaryFolder("rig") + "/bad.toml"
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        return file
    }

    private let headset = """
        [[device]]
        name = "headset"
        driver = "cyton"
        port = "/dev/larmor-absent"

        """

    @Test func `an unknown key is named with its line and the nearest known key, exit code 65`() throws {
        let file = try rig(headset + "prot = \"/dev/ttyUSB0\"\n")
        let result = try Larmor.run("record", file, "--seconds", "1")
        #expect(result.status == 65)
        #expect(result.messages.contains("\(file):5"))
        #expect(result.messages.contains("prot") && result.messages.contains("port"))
    }

    @Test func `broken TOML is named with its line, exit code 65`() throws {
        let file = try rig(headset + "settings = [\n")
        let result = try Larmor.run("record", file, "--seconds", "1")
        #expect(result.status == 65)
        #expect(result.messages.contains(file))
    }

    @Test func `a rig file that does not exist has exit code 66`() throws {
        let result = try Larmor.run("recognize", "/absent/rig.toml")
        #expect(result.status == 66)
        #expect(result.messages.contains("/absent/rig.toml"))
    }

    @Test(arguments: [
        ["record", "d"], ["calibrate", "assess", "d"], ["sessions", "import", "d", "--output", "o"], ["corpus", "show", "d"],
        ["reservoir", "task", "laser", "--series", "d"], ["reservoir", "metrics", "--states", "d", "--inputs", "d"],
        ["reservoir", "task", "narma10", "--film", "d"], ["reservoir", "search", "show", "d"], ["sweep", "run", "d"],
        ["sweep", "report", "d"], ["replay", "d"], ["model", "show", "d"],
    ])
    func `a folder in place of a file has exit code 66 in every command`(arguments: [String]) throws {
        let folder = try temporaryFolder("folder")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder + "/d", withIntermediateDirectories: false)
        let result = try RunningLarmor(arguments, folder: folder).wait()
        #expect(result.status == 66 && result.messages.contains("d"), "\(result)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["d"])
    }

    @Test func `a device that is not there is named with its port, exit code 69, and leaves no session behind`() throws {
        let folder = try temporaryFolder("sessions") + "/first"
        let result = try Larmor.run("record", try rig(headset), "--seconds", "1", "--output", folder)
        #expect(result.status == 69)
        #expect(result.messages.contains("/dev/larmor-absent"))
        #expect(!FileManager.default.fileExists(atPath: folder))
    }

    @Test func `a gain that a Cyton lacks is refused before anything is opened, exit code 65`() throws {
        let result = try Larmor.run("record", try rig(headset + "[device.settings]\ngain = 5\n"), "--seconds", "1")
        #expect(result.status == 65)
        #expect(result.messages.contains("1, 2, 4, 6, 8, 12, 24"))
    }

    @Test(arguments: [
        ("rda", "rate = 1e9", ":7: “rate” is “1000000000.0”, expected a number from 50 to 100000"),
        ("rda", "form = \"int12\"", ":7: “form” is “int12”, expected one of float32, int16"),
        ("rda", "rate = true", ":7: “rate” must be a number from 50 to 100000, found true or false"),
        ("rda", "# more\nrecording = \"/absent/eeg.txt\"", ":8: “recording” is “/absent/eeg.txt”, expected the path of a file"),
    ])
    func `a value that a simulator cannot have is named with the rig's line, exit code 65`(
        driver: String, line: String, words: String
    ) throws {
        let text =
            "[[device]]\nname = \"amp\"\ndriver = \"\(driver)\"\nsimulator = \"\(driver)\"\n\n[device.simulation]\n\(line)\n"
        let file = try rig(text)
        for command in [["record", file, "--seconds", "2"], ["check", file, "--seconds", "2"]] {
            let result = try RunningLarmor(command).wait()
            #expect(result.status == 65 && result.messages.contains(file + words), "\(result)")
        }
    }

    @Test func `what only the simulator itself can refuse is told with the rig's line, too`() throws {
        let folder = try temporaryFolder("plan")
        try "[[fault]]\nkind = \"nonsense\"\n".write(toFile: folder + "/plan.toml", atomically: true, encoding: .utf8)
        let file = try rig(
            """
            [[device]]
            name = "amp"
            driver = "rda"
            simulator = "rda"
            [device.simulation]
            faults = "\(folder)/plan.toml"

            """)
        let result = try Larmor.run("record", file, "--seconds", "1", "--output", folder + "/s")
        #expect(result.status == 65, "\(result)")
        #expect(result.messages.contains("\(folder)/plan.toml:2"), "\(result)")
        #expect(result.messages.contains("\(file):6: the simulator “rda” refuses what is said of it"), "\(result)")
        #expect(!FileManager.default.fileExists(atPath: folder + "/s"))
    }

    @Test(arguments: [
        ("device = 7\n", ":1: “device” must be tables, each under [[device]], found an integer"),
        ("device = { name = \"a\" }\n", ":1: “device” must be tables, each under [[device]]"),
        ("recording = \"here\"\n", ":1: “recording” must be a table, [recording], found a string"),
    ])
    func `a key of another kind than the rig's is named with what was expected`(text: String, words: String) throws {
        let file = try rig(text + (text.hasPrefix("device") ? "" : headset))
        let result = try Larmor.run("record", file, "--seconds", "1")
        #expect(result.status == 65 && result.messages.contains(file + words), "\(result)")
    }

    @Test func `a folder that is no session has exit code 66`() throws {
        let folder = try temporaryFolder("empty")
        for command in [["sessions", "verify"], ["replay"], ["sessions", "repair"]] {
            let result = try RunningLarmor(command + [folder]).wait()
            #expect(result.status == 66)
            #expect(result.messages.contains(folder))
        }
    }

    @Test func `a wrong command line has exit code 64`() throws {
        #expect(try Larmor.run("record").status == 64)
        #expect(try Larmor.run("replay", "x", "--speed", "fast").status == 64)
        #expect(try Larmor.run("train", "recognizer", "--speech", "x", "--output", "y", "--epochs", "0").status == 64)
    }

    @Test func `every command has help with an example`() throws {
        let commands = [
            ["demo"], ["devices"], ["record"], ["replay"], ["recognize"], ["train", "readout"], ["train", "recognizer"],
            ["sessions", "list"], ["sessions", "annotate"], ["sessions", "prune"], ["sessions", "rebuild"],
            ["sessions", "info"], ["sessions", "verify"], ["sessions", "repair"],
            ["sessions", "export"], ["sessions", "import"],
            ["check"], ["film", "run"], ["film", "loop"], ["film", "terms"], ["film", "validate"], ["simulate", "cyton"],
            ["simulate", "film"], ["simulate", "lines"],
            ["simulate", "thinkgear"], ["simulate", "freeeeg32"], ["simulate", "rda"], ["simulate", "microphone"],
            ["simulate", "speech"], ["calibrate", "assess"], ["calibrate", "fit"], ["calibrate", "bold"],
            ["calibrate", "thresholds"], ["calibrate", "plot"],
        ]
        for command in commands {
            let result = try RunningLarmor(command + ["--help"]).wait()
            #expect(result.status == 0)
            let example = #/Examples?:\s+larmor /#
            #expect(try example.firstMatch(in: result.output) != nil, "\(command)")
            #expect(result.output.contains("larmor " + command.joined(separator: " ") + " "), "\(command)")
        }
    }
}
