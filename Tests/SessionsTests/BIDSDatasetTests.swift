import Foundation
import Sessions
import Testing

struct BIDSDatasetTests {
    private let scratch = ScratchFolder()
    private var root: String { scratch("set") }

    private func recording() throws -> Recording {
        if !FileManager.default.fileExists(atPath: scratch("s")) { try SmallSession(blocks: 4).write(scratch("s")) }
        return try Recording(session: scratch("s"))
    }

    private func naming(_ subject: String?, session: String? = nil, task: String = "rest", run: Int? = nil) -> BIDSNaming {
        var naming = BIDSNaming()
        (naming.subject, naming.session, naming.task, naming.run) = (subject, session, task, run)
        (naming.lineFrequency, naming.reference, naming.ground) = (50, "Cz", "AFz")
        return naming
    }

    private func add(_ naming: BIDSNaming, _ recording: Recording? = nil) throws -> SessionExport {
        try SessionExport(recording ?? self.recording(), as: .bids, to: root, gaps: .annotate, bids: naming)
    }

    private func text(_ name: String) throws -> String { try String(contentsOfFile: root + "/" + name, encoding: .utf8) }

    @Test func `a data set grows by subjects, sessions and runs, and what stands in it stays`() throws {
        _ = try add(naming("01", session: "a", run: 1))
        // What somebody has added by hand.
        try "participant_id\tage\nsub-01\t31\n".write(toFile: root + "/participants.tsv", atomically: true, encoding: .utf8)
        try "My own words.\n".write(toFile: root + "/README", atomically: true, encoding: .utf8)
        let description = try text("dataset_description.json")
        _ = try add(naming("01", session: "a", run: 2))
        _ = try add(naming("01", session: "b", run: 1))
        _ = try add(naming("02", session: "a", run: 1))
        #expect(try text("participants.tsv") == "participant_id\tage\nsub-01\t31\nsub-02\tn/a\n")
        #expect(try text("README") == "My own words.\n" && text("dataset_description.json") == description)
        let scans = try text("sub-01/ses-a/sub-01_ses-a_scans.tsv").split(separator: "\n").map { $0.split(separator: "\t") }
        #expect(
            scans.map(\.first) == [
                "filename", "eeg/sub-01_ses-a_task-rest_run-1_eeg.vhdr", "eeg/sub-01_ses-a_task-rest_run-2_eeg.vhdr",
            ])
        for place in ["sub-01/ses-b/eeg/sub-01_ses-b_task-rest_run-1", "sub-02/ses-a/eeg/sub-02_ses-a_task-rest_run-1"] {
            let side = try text(place + "_eeg.json")
            #expect(side.contains("\"PowerLineFrequency\" : 50") && side.contains("\"EEGReference\" : \"Cz\""))
            #expect(side.contains("\"EEGGround\" : \"AFz\"") && side.contains("\"TaskName\" : \"rest\""))
        }
    }

    @Test(.enabled(if: PythonReader.isThere, "needs LARMOR_PYTHON with bids-validator-deno"))
    func `a data set that grew passes the validator`() throws {
        struct Verdict: Decodable { var errors: [String] }
        for (subject, session, run) in [("01", "a", 1), ("01", "a", 2), ("02", "b", 1)] {
            _ = try add(naming(subject, session: session, run: run))
        }
        let validator = URL(fileURLWithPath: PythonReader.interpreter ?? "").deletingLastPathComponent()
            .appendingPathComponent("bids-validator-deno").path
        let verdict: Verdict = try PythonReader.run(
            """
            import json, subprocess, sys
            out = subprocess.run([sys.argv[1], "--json", sys.argv[2]], capture_output=True, text=True)
            report = json.loads(out.stdout[out.stdout.index("{"):])
            found = [i for i in report["issues"]["issues"] if i["severity"] == "error"]
            print(json.dumps(dict(errors=[f'{i["code"]} {i.get("subCode", "")} {i.get("location", "")}' for i in found])))
            """, validator, root)
        #expect(verdict.errors.isEmpty)
    }

    @Test
    func `what is there already, labels that cannot be, and a folder that is no data set are refused with nothing written`()
        throws
    {
        _ = try add(naming("01", run: 1))
        let before = try FileManager.default.subpathsOfDirectory(atPath: root).sorted()
        #expect {
            try add(naming("01", run: 1))
        } throws: { "\($0)".contains("sub-01_task-rest_run-1_eeg.vhdr") && "\($0)".contains("--run") }
        for bad in [
            naming("a/b"), naming(".."), naming(""), naming("1", session: "x_y"), naming("1", task: "a-b"), naming("1", run: 0),
        ] {
            #expect(throws: SessionError.self) { try add(bad) }
        }
        #expect(try FileManager.default.subpathsOfDirectory(atPath: root).sorted() == before)
        try "participant_id\tage\nsub-01\n".write(toFile: root + "/participants.tsv", atomically: true, encoding: .utf8)
        #expect { try add(naming("03")) } throws: { "\($0)".contains("participants.tsv") }
        try "[]".write(toFile: root + "/dataset_description.json", atomically: true, encoding: .utf8)
        #expect { try add(naming("03")) } throws: { "\($0)".contains("dataset_description.json") }
        #expect(!FileManager.default.fileExists(atPath: root + "/sub-03"))
    }
}
