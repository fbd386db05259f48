import Foundation
import RealTime
import Testing

/// What commands write goes through one door: links are written through, inputs and sessions are not touched, what cannot be written is
/// told before the work, and nothing half made stays.
struct OutputDoorTests {
    private let folder: String

    init() throws {
        folder = try temporaryFolder("door")
        try Self.scores.write(toFile: path("scores.csv"), atomically: true, encoding: .utf8)
        try "0.1\n0.2\n".write(toFile: path("drive.csv"), atomically: true, encoding: .utf8)
        try Self.xdf.write(to: URL(fileURLWithPath: path("small.xdf")))
        #expect(try Larmor.run("sessions", "import", path("small.xdf"), "--output", path("s")).status == 0)
    }

    private func path(_ name: String) -> String { folder + "/" + name }

    private static let scores: String = {
        var text = "x,y\n"
        for row in 0..<400 {
            let x = 0.05 + 0.9 * Double(row) / 400
            text += "\(x),\(Double((row * 7919) % 400) / 400 < x ? 1 : 0)\n"
        }
        return text
    }()

    /// One stream of 200 samples, after the XDF 1.0 specification.
    private static let xdf: Data = {
        func bytes(_ value: some FixedWidthInteger) -> Data { withUnsafeBytes(of: value.littleEndian) { Data($0) } }
        func chunk(_ tag: UInt16, _ content: Data) -> Data {
            Data([4]) + bytes(UInt32(content.count + 2)) + bytes(tag) + content
        }
        let header = """
            <?xml version="1.0"?><info><name>headset</name><type>EEG</type><channel_count>1</channel_count>\
            <nominal_srate>100</nominal_srate><channel_format>float32</channel_format></info>
            """
        var samples = bytes(UInt32(1)) + Data([4]) + bytes(UInt32(200))
        for frame in 0..<200 {
            samples += Data([8]) + bytes((5 + Double(frame) / 100).bitPattern) + bytes((Float(frame % 50) * 1e-6).bitPattern)
        }
        return Data("XDF:".utf8) + chunk(1, Data("<?xml version=\"1.0\"?><info><version>1.0</version></info>".utf8))
            + chunk(2, bytes(UInt32(1)) + Data(header.utf8)) + chunk(3, samples)
    }()

    /// Commands that write one file, with OUT where its name stands, and an input that it could be confused with.
    private static let commands: [(line: String, ending: String, input: String?)] = [
        ("film run --input drive.csv --rows 2 --columns 2 --steps-per-input 2 --output OUT", "csv", "drive.csv"),
        ("film run --model continuum --size-nm 10,10,3 --duration-ns 0.002 --output OUT", "csv", nil),
        ("film run --model continuum --size-nm 10,10,3 --duration-ns 0.002 --output m.csv --ovf OUT", "ovf", nil),
        ("film run --model continuum --size-nm 10,10,3 --duration-ns 0.002 --output m.csv --animation OUT", "png", nil),
        ("film loop --length-nm 20 --width-nm 20 --cell-nm 10 --steps 1 --output OUT", "csv", nil),
        ("film loop --length-nm 20 --width-nm 20 --cell-nm 10 --steps 1 --output loop.csv --plot OUT", "svg", nil),
        ("calibrate fit scores.csv --output OUT", "json", "scores.csv"),
        ("calibrate bold scores.csv --levels 50 --plot OUT", "svg", nil),
        ("sessions info small.xdf --plot OUT", "svg", nil),
        ("replay s --output OUT", "jsonl", nil),
    ]

    private func run(_ line: String, _ output: String) throws -> Larmor.Result {
        let words = line.split(separator: " ").map { $0 == "OUT" ? output : String($0) }
        return try RunningLarmor(words, folder: folder).wait()
    }

    private func kind(_ name: String) -> mode_t {
        var state = stat()
        return lstat(path(name), &state) == 0 ? state.st_mode & S_IFMT : 0
    }

    private var parts: [String] {
        (FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []).filter { $0.contains(".part") }
    }

    @Test(arguments: commands.indices)
    func `an output follows links, keeps out of sessions, and leaves no part`(index: Int) throws {
        let (line, ending, input) = Self.commands[index]
        // A link to a file in another folder.
        try FileManager.default.createDirectory(atPath: path("other"), withIntermediateDirectories: true)
        try "old".write(toFile: path("other/target." + ending), atomically: true, encoding: .utf8)
        symlink("other/target." + ending, path("link." + ending))
        let linked = try run(line, "link." + ending)
        #expect(linked.status == 0, "\(line): \(linked.messages)")
        #expect(kind("link." + ending) == S_IFLNK, "\(line)")
        let written = FileManager.default.contents(atPath: path("other/target." + ending)) ?? Data()
        #expect(written != Data("old".utf8) && kind("other/target." + ending) == S_IFREG, "\(line)")
        // A device at the end of a link.
        symlink("/dev/null", path("null." + ending))
        let device = try run(line, "null." + ending)
        #expect(device.status == 0 && kind("null." + ending) == S_IFLNK, "\(line): \(device.messages)")
        var state = stat()
        #expect(stat("/dev/null", &state) == 0 && state.st_mode & S_IFMT == S_IFCHR)
        // Inside a session.
        let recording = FileManager.default.contents(atPath: path("s/recording.xdf"))
        let inside = try run(line, "s/new." + ending)
        #expect(inside.status == 64 && inside.messages.contains("the session"), "\(line): \(inside.messages)")
        symlink(path("s/recording.xdf"), path("trap." + ending))
        #expect(try run(line, "trap." + ending).status == 64)
        #expect(FileManager.default.contents(atPath: path("s/recording.xdf")) == recording)
        #expect(!FileManager.default.fileExists(atPath: path("s/new." + ending)))
        // Over an input.
        if let input {
            let before = FileManager.default.contents(atPath: path(input))
            symlink(input, path("again." + ending))
            for name in [input, "again." + ending] {
                let over = try run(line, name)
                #expect(over.status == 64 && over.messages.contains("it is the input"), "\(line): \(over.messages)")
            }
            #expect(FileManager.default.contents(atPath: path(input)) == before)
        }
        // Nowhere.
        let unwritable = try run(line, "none/x." + ending)
        #expect(unwritable.status == 74 && unwritable.messages.contains("none/x"), "\(line): \(unwritable.messages)")
        #expect(parts.isEmpty, "\(parts)")
    }

    @Test func `an unwritable output is told before a long run`() throws {
        let program = try RunningLarmor([
            "film", "run", "--model", "continuum", "--duration-ns", "1000", "--output", path("none/m.csv"),
        ])
        let watch = Stopwatch(programs: [program.pid])
        let result = program.wait()
        #expect(result.status == 74)
        #expect(watch.seconds < 20 + watch.lost)
    }

    @Test func `the table of a run grows while it runs, and stays when it is killed`() throws {
        let program = try RunningLarmor(
            ["film", "run", "--model", "continuum", "--size-nm", "100,100,3", "--duration-ns", "1000", "--output", "m.csv"],
            folder: folder)
        func lines() -> Int {
            (FileManager.default.contents(atPath: path("m.csv")) ?? Data()).count { $0 == 0x0A }
        }
        #expect(waitUntil { lines() > 5 })
        let first = lines()
        #expect(waitUntil { lines() > first })
        program.kill()
        _ = program.wait()
        #expect(lines() > first && parts.isEmpty)
    }

    @Test func `a full disk is told and leaves no part`() throws {
        symlink("/dev/full", path("full.csv"))
        let result = try run(Self.commands[1].line, "full.csv")
        #expect(result.status == 74 && result.messages.contains("No space left"), "\(result.messages)")
        #expect(kind("full.csv") == S_IFLNK && parts.isEmpty)
    }

    @Test func `a picture is what its ending says, and another ending is refused`() throws {
        let png = try run("sessions info small.xdf --plot OUT", "x.png")
        if FileManager.default.isExecutableFile(atPath: "/usr/bin/rsvg-convert") {
            #expect(png.status == 0, "\(png.messages)")
            #expect(FileManager.default.contents(atPath: path("x.png"))?.starts(with: [0x89, 0x50, 0x4E, 0x47]) == true)
        } else {
            #expect(png.status == 69 && png.messages.contains("librsvg2-bin"))
        }
        for line in [
            "sessions info small.xdf --plot OUT", "calibrate bold scores.csv --plot OUT", "check r.toml --plot OUT",
            "film loop --output l.csv --plot OUT",
        ] {
            let result = try run(line, "x.pdf")
            #expect(result.status == 64 && result.messages.contains(".svg or .png"), "\(line): \(result.messages)")
        }
        #expect(try run("film run --model continuum --output m.csv --plot OUT", "x.png").status == 64)
    }

    @Test func `negative values need no equals sign`() throws {
        let film = try run(
            "film run --model continuum --size-nm 10,10,3 --duration-ns 0.002 --field-t -0.1,0,0 --output OUT", "m.csv")
        #expect(film.status == 0, "\(film.messages)")
        let last = try String(contentsOfFile: path("m.csv"), encoding: .utf8).split(separator: "\n").last
        #expect(last?.split(separator: ",")[4] == "-0.1")
        let late = try run("sessions annotate s x --at -1", "")
        #expect(late.status == 65 && late.messages.contains("no second -1"), "\(late.messages)")
        #expect(try run("record r.toml --seconds -3", "").messages.contains("--seconds must be above 0"))
        // After two dashes words are words.
        let word = try run("sessions annotate --at 1 -- s -5", "")
        #expect(word.status == 0, "\(word.messages)")
    }

    @Test func `an import into somebody's folder, and a refused export, change nothing there`() throws {
        try FileManager.default.createDirectory(atPath: path("mine/source"), withIntermediateDirectories: true)
        try "mine".write(toFile: path("mine/source/small.xdf"), atomically: true, encoding: .utf8)
        let result = try run("sessions import small.xdf --output OUT", "mine")
        #expect(result.status == 74 && result.messages.contains("not empty"), "\(result.messages)")
        #expect(try String(contentsOfFile: path("mine/source/small.xdf"), encoding: .utf8) == "mine")
        #expect(try FileManager.default.contentsOfDirectory(atPath: path("mine")) == ["source"])
        // The second file is there already: the first one is taken back.
        try FileManager.default.createDirectory(atPath: path("out"), withIntermediateDirectories: true)
        try "mine".write(toFile: path("out/headset.vhdr"), atomically: true, encoding: .utf8)
        let export = try run("sessions export small.xdf --format brainvision --output OUT", "out")
        #expect(export.status == 74, "\(export.messages)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: path("out")) == ["headset.vhdr"])
        // Nothing fits: the folder that was made goes, too.
        let nothing = try run("sessions export small.xdf --format bdf --stream none --output OUT", "new/deep")
        #expect(nothing.status == 65, "\(nothing.messages)")
        #expect(!FileManager.default.fileExists(atPath: path("new")))
    }

    @Test func `prune leaves a session with somebody's file in it`() throws {
        try "mine".write(toFile: path("s/source/notes.txt"), atomically: true, encoding: .utf8)
        let result = try run("sessions prune . --keep 0 --yes --catalog OUT", path("c.sqlite"))
        #expect(result.status == 0 && result.output.contains("notes.txt"), "\(result.output) \(result.messages)")
        #expect(FileManager.default.fileExists(atPath: path("s/source/notes.txt")))
        #expect(FileManager.default.fileExists(atPath: path("s/recording.xdf")))
        unlink(path("s/source/notes.txt"))
        #expect(try run("sessions prune . --keep 0 --yes --catalog OUT", path("c.sqlite")).status == 0)
        #expect(!FileManager.default.fileExists(atPath: path("s")))
    }

    @Test func `a missing input is exit code 66 and named, whatever the command`() throws {
        for line in [
            "film run --vampire /nope/in --output x", "film run --input /nope/in --output x",
            "film run --model continuum --film /nope/in --output x", "film run --model continuum --field /nope/in --output x",
            "film run --model continuum --initial /nope/in --output x", "film loop --film /nope/in --output x",
            "calibrate assess /nope/in", "calibrate fit /nope/in", "calibrate bold /nope/in", "calibrate plot /nope/in",
            "calibrate assess scores.csv --certificate /nope/in", "sessions info /nope/in", "sessions verify /nope/in",
            "sessions repair /nope/in", "sessions export /nope/in --format bdf --output x",
            "sessions import /nope/in --output x",
            "sessions annotate /nope/in x", "sessions list /nope/in", "replay /nope/in", "replay --compare /nope/in s",
            "record /nope/in", "recognize /nope/in", "check /nope/in", "train readout /nope/in --speech x --output y",
            "train recognizer --speech /nope/in --output y", "train recognizer --speech x --eeg /nope/in --output y",
            "simulate cyton --recording /nope/in", "simulate cyton --faults /nope/in", "demo --eeg /nope/in",
            "demo --speech /nope/in",
        ] {
            let result = try run(line, "")
            #expect(result.status == 66, "\(line): \(result.status) \(result.messages)")
            #expect(result.messages.contains("/nope/in") || line.contains("--speech x"), "\(line): \(result.messages)")
        }
    }
}
