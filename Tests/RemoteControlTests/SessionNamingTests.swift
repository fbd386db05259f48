import Foundation
import RemoteControl
import Testing

/// Where recordings go that a client has named.
struct SessionNamingTests {
    private func naming(_ lines: String...) throws -> SessionNaming {
        var naming = SessionNaming()
        for line in lines {
            guard case .filename(let fields) = try ControlCommand(line: "filename " + line) else { continue }
            try naming.take(fields)
        }
        return naming
    }

    private func place(
        _ naming: SessionNaming, subject: String? = nil, taken: Set<String> = []
    ) throws(ControlRefusal) -> SessionPlace {
        try naming.place(root: "/rig", unnamed: "now", subject: subject, isTaken: taken.contains)
    }

    /// The number is the run's, with three digits, as `QString("%1").arg(run, 3, 10, QChar('0'))` writes it.
    @Test(
        arguments: [
            ("", "/rig/now", nil),
            ("{root:/data}", "/data/now", nil),
            (
                "{root:/data/} {template:exp%n\\%p_block_%b.xdf} {run:2} {participant:P003} {task:MemoryGuided}",
                "/data/exp002/P003_block_MemoryGuided", "/data/exp002/P003_block_MemoryGuided.xdf"
            ),
            (
                "{template:%p/%s/%b.xdf} {participant:7} {session:b} {task:Resting State}", "/rig/7/b/Resting State",
                "/rig/7/b/Resting State.xdf"
            ),
            (
                "{participant:1}", "/rig/sub-1/ses-S001/eeg/sub-1_ses-S001_task-Default_run-001_eeg",
                "/rig/sub-1/ses-S001/eeg/sub-1_ses-S001_task-Default_run-001_eeg.xdf"
            ),
            (
                "{participant:1} {acquisition:hi} {modality:MEG} {run:12} {session:2} {task:t}",
                "/rig/sub-1/ses-2/meg/sub-1_ses-2_task-t_acq-hi_run-012_meg",
                "/rig/sub-1/ses-2/meg/sub-1_ses-2_task-t_acq-hi_run-012_meg.xdf"
            ),
            ("{root:/} {template:./a//b/.\\c%}", "/a/b/c%", nil),
            ("{template:[x]%q%%-%r[_%a]}", "/rig/[x]%q%%-001", nil),
            ("{template:x.XDF}", "/rig/x", "/rig/x.XDF"),
            ("{template:x.xdfz}", "/rig/x", nil),
        ] as [(String, String, String?)])
    func `a template is filled as LabRecorder fills it`(line: String, folder: String, file: String?) throws {
        let place = try place(line.isEmpty ? SessionNaming() : naming(line))
        #expect(place.folder == folder && place.file == file)
    }

    @Test func `fields stay until they are said again, and an empty one is taken back`() throws {
        let naming = try naming("{template:%p_%b[_%a]} {participant:A} {task:x} {acquisition:q}", "{task:y}", "{acquisition:}")
        #expect(try place(naming).folder == "/rig/A_y")
        #expect(naming.participant == "A")
    }

    @Test func `the rig's subject is the participant where none was named, and nothing else is made up`() throws {
        let naming = try naming("{template:%p_%b} {task:x}")
        #expect(try place(naming, subject: "S/07").folder == "/rig/S-07_x")
        #expect(throws: ControlRefusal.self) { try place(naming) }
    }

    @Test func `a name that is taken gets the next run, and says so`() throws {
        let counted = try naming("{template:r%n/%b.xdf} {task:x} {run:2}")
        let first = try place(counted, taken: ["/rig/r002/x", "/rig/r003/x.xdf"])
        #expect(first.folder == "/rig/r004/x" && first.run == 4 && first.note != nil)
        let uncounted = try naming("{template:%b.xdf} {task:x}")
        let second = try place(uncounted, taken: ["/rig/x.xdf", "/rig/x_run-002"])
        #expect(second.folder == "/rig/x_run-003" && second.file == "/rig/x_run-003.xdf" && second.note != nil)
        #expect(try place(SessionNaming(), taken: ["/rig/now"]).folder == "/rig/now_run-002")
        #expect(try place(uncounted).note == nil)
    }

    @Test(arguments: [
        "{template:../x}", "{template:a/../../x}", "{template:a\\..\\x}", "{template:%p} {participant:..}", "{template:.xdf}",
        "{template:/}", "{template:.}", "{template:%p}", "{template:%p} {task:x}",
    ])
    func `a template that leads out of its root, names nothing or lacks a value is refused at the start`(line: String) throws {
        let naming = try naming(line)
        #expect(throws: ControlRefusal.self) { try place(naming) }
    }

    @Test(arguments: [
        "{root:C:\\Data\\}", "{root:data}", "{root:/a/../b}", "{participant:a/b}", "{task:..\\x}", "{run:0}", "{run:two}",
        "{run:99999}", "{session:" + String(repeating: "s", count: 2000) + "}",
    ])
    func `a value that no name can have is refused, and so is a start until the next filename`(line: String) throws {
        var naming = try naming("{template:good}")
        guard case .filename(let fields) = try ControlCommand(line: "filename " + line) else { return }
        #expect(throws: ControlRefusal.self) { try naming.take(fields) }
        #expect(throws: ControlRefusal.self) { try place(naming) }
        guard case .filename(let good) = try ControlCommand(line: "filename {task:x}") else { return }
        try naming.take(good)
        #expect(try place(naming).folder == "/rig/good")
    }

    @Test func `the link of a deleted recording takes no name, any other link does`() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/larmor-left-\(UUID())"
        try FileManager.default.createDirectory(atPath: folder + "/there", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data().write(to: URL(fileURLWithPath: folder + "/there/recording.xdf"))
        for (name, target) in [("gone", "gone"), ("there", "there"), ("other", "gone")] {
            try FileManager.default.createSymbolicLink(
                atPath: "\(folder)/\(name).xdf", withDestinationPath: target + "/recording.xdf")
        }
        #expect(!SessionRoot.isTaken(folder + "/gone.xdf") && !SessionRoot.isTaken(folder + "/new.xdf"))
        #expect(SessionRoot.isTaken(folder + "/there.xdf") && SessionRoot.isTaken(folder + "/other.xdf"))
    }

    @Test func `folders around a session are made, and no link leads out of the root`() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/larmor-root-\(UUID())"
        let (root, outside) = (folder + "/root", folder + "/outside")
        for path in [root + "/inside", outside] {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }
        try FileManager.default.createSymbolicLink(atPath: root + "/out", withDestinationPath: outside)
        try FileManager.default.createSymbolicLink(atPath: root + "/in", withDestinationPath: "inside")
        func prepare(_ template: String, _ root: String) throws {
            try SessionRoot.prepare(try place(naming("{root:\(root)} {template:\(template)}")))
        }
        try prepare("a/b/c", root)
        #expect(FileManager.default.fileExists(atPath: root + "/a/b") && !SessionRoot.isTaken(root + "/a/b/c"))
        try prepare("in/x/y", root)
        #expect(FileManager.default.fileExists(atPath: root + "/inside/x"))
        try prepare("x", folder + "/new/root")
        for template in ["out/x", "out/y/z"] { #expect(throws: ControlRefusal.self) { try prepare(template, root) } }
        #expect(try FileManager.default.contentsOfDirectory(atPath: outside).isEmpty)
        try "".write(toFile: root + "/file", atomically: true, encoding: .utf8)
        for (template, root) in [("file/x", root), ("x", root + "/file"), ("x", "/proc/none"), ("x", "/dev/null/y")] {
            #expect(throws: ControlRefusal.self) { try prepare(template, root) }
        }
        #expect(throws: ControlRefusal.self) { try SessionRoot.check("/proc/none/deep") }
        try FileManager.default.removeItem(atPath: folder)
    }
}
