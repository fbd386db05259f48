import RemoteControl
import Testing

/// Lines of LabRecorder's remote control and of its dialects.
struct ControlCommandTests {
    private static func field(_ name: String, _ value: String) -> FilenameField {
        FilenameField(key: .init(rawValue: name.lowercased()), name: name, value: value)
    }

    private static let lines: [(String, ControlCommand)] = [
        ("start", .start), ("  stop \r", .stop), ("update\t", .update), ("status", .status), ("streams", .streams),
        ("select all", .selectAll), ("select   none", .selectNone), ("please select all streams", .selectAll),
        ("marker stimulus on", .marker("stimulus on")), ("marker  select all filename ", .marker("select all filename")),
        // LabRecorder's README, Python.
        (
            "filename {root:/data/} {template:exp%n\\%p_block_%b.xdf} {run:2} {participant:P003} {task:MemoryGuided}",
            .filename([
                field("root", "/data/"), field("template", "exp%n\\%p_block_%b.xdf"), field("run", "2"),
                field("participant", "P003"), field("task", "MemoryGuided"),
            ])
        ),
        // LabRecorder's README, MATLAB: a brace is missing.
        (
            "filename {root:/data/} {task:MemoryGuided} {template:s_%p_%n.xdf {modality:ieeg}",
            .filename([
                field("root", "/data/"), field("task", "MemoryGuided"), field("template", "s_%p_%n.xdf"),
                field("modality", "ieeg"),
            ])
        ),
        (
            "set filename {PARTICIPANT:a b}{Session:}{lab:3}{acquisition:x:y}",
            .filename([field("PARTICIPANT", "a b"), field("Session", ""), field("lab", "3"), field("acquisition", "x:y")])
        ),
    ]

    @Test func `every line of LabRecorder and of its dialects is understood`() throws {
        for (line, command) in Self.lines { #expect(try ControlCommand(line: line) == command, "\(line)") }
    }

    @Test(arguments: [
        "", "Start", "start now", "stop!", "marker", "marker   ", "select", "select name='small'", "filename",
        "filename {}", "filename {colour:red}", "filename {task:a", "filename {root:/a} {task:", "filename root:/a", "quit",
        "filename {:x}",
    ])
    func `a line that is no command is refused with what there is`(line: String) {
        #expect(throws: ControlRefusal.self) { try ControlCommand(line: line) }
    }

    @Test func `unknown fields are told apart, not taken`() throws {
        guard case .filename(let fields) = try ControlCommand(line: "filename {colour:red} {task:x}") else {
            Issue.record("no filename")
            return
        }
        #expect(fields.map(\.key) == [nil, .task])
    }

    @Test func `lines come out whole, however they came in`() {
        let text = "start\nstop\r\n\n  \nmarker ü\n"
        for step in 1...text.utf8.count {
            var lines = ControlLines()
            var found: [ControlLines.Piece] = []
            let bytes = Array(text.utf8)
            for place in stride(from: 0, to: bytes.count, by: step) {
                lines.append(bytes[place..<min(place + step, bytes.count)])
                while let piece = lines.next() { found.append(piece) }
            }
            #expect(found == [.line("start"), .line("stop"), .line("marker ü")])
            #expect(lines.unfinished == nil)
        }
        var lines = ControlLines()
        lines.append(Array("sta".utf8))
        #expect(lines.next() == nil && lines.unfinished == "sta")
    }

    @Test func `what is no control client ends the lines: nothing after it is a command`() {
        let long = [UInt8](repeating: 0x61, count: ControlCommand.longestLine + 1)
        for foreign in [
            Array("GET / HTTP/1.1\r\n".utf8), Array("POST /start HTTP/1.0\n".utf8), Array("PRI * HTTP/2.0\r\n".utf8),
            Array("GET /\u{61} b http/1.1\r\n".utf8), [0x16, 0x03, 0x01, 0x0A], [0xFF, 0xFE, 0x0A], [0x61, 0x00, 0x0A], long,
            long + [0x0A],
        ] as [[UInt8]] {
            var lines = ControlLines()
            lines.append(foreign + Array("\nstart\n".utf8))
            guard case .foreign? = lines.next() else {
                Issue.record("\(String(decoding: foreign.prefix(20), as: UTF8.self)) was taken")
                continue
            }
            #expect(lines.next() == nil && lines.room == 0)
            lines.append(Array("start\n".utf8))
            #expect(lines.next() == nil)
        }
        var lines = ControlLines()
        lines.append([UInt8](repeating: 0x61, count: ControlCommand.longestLine - 1) + [0x0A])
        #expect(lines.next() != nil)
    }

    @Test func `an answer is OK without a line end, or one line`() {
        #expect(ControlReply.done.bytes == Array("OK".utf8))
        #expect(ControlReply.refused("a\nb\u{1B}").bytes == Array("ERROR a b \n".utf8))
        #expect(ControlReply.json("{}").bytes == Array("{}\n".utf8))
    }
}
