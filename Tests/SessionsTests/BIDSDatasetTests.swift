import Foundation
import Sessions
import Signals
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

    /// The recording with types, a montage and one more channel.
    private func typed(_ labels: [String] = ["Fp1", "eye"]) throws -> Recording {
        var recording = try recording()
        let index = try #require(recording.tracks.firstIndex { $0.type == "EEG" })
        recording.tracks[index].labels = labels
        recording.tracks[index].setTypes([.eeg, .veog])
        recording.tracks[index].montage = ElectrodeMontage(named: "standard_1020")
        recording.tracks[index].reference = "SRB2"
        recording.tracks[index].lineFrequency = 60
        return recording
    }

    @Test func `types, places, reference and mains of the rig are in the side files, and options overrule them`() throws {
        var bare = BIDSNaming()
        bare.session = "a"
        _ = try add(bare, typed())
        let stem = "sub-S01/ses-a/eeg/sub-S01_ses-a"
        #expect(
            try text(stem + "_task-recording_channels.tsv")
                == "name\ttype\tunits\tsampling_frequency\nFp1\tEEG\tµV\t250.0\neye\tVEOG\tµV\t250.0\n")
        let side = try text(stem + "_task-recording_eeg.json")
        for (key, value) in [
            ("EEGChannelCount", "1"), ("EOGChannelCount", "1"), ("EEGReference", "\"SRB2\""), ("PowerLineFrequency", "60"),
            ("EEGPlacementScheme", "\"10-20\""),
        ] {
            #expect(side.contains("\"\(key)\" : \(value)"), "\(key)")
        }
        #expect(try text(stem + "_electrodes.tsv") == "name\tx\ty\tz\nFp1\t-27.92\t85.93\t29.36\n")
        let system = try text(stem + "_coordsystem.json")
        #expect(system.contains("\"EEGCoordinateUnits\" : \"mm\"") && system.contains("\"EEGCoordinateSystem\" : \"Other\""))
        // A second run with another cap adds its electrodes.
        var second = naming("S01", session: "a", run: 2)
        _ = try add(second, typed(["Cz", "eye"]))
        #expect(try text(stem + "_electrodes.tsv").split(separator: "\n").last == "Cz\t0.00\t0.00\t95.00")
        let other = try text(stem + "_task-rest_run-2_eeg.json")
        #expect(other.contains("\"EEGReference\" : \"Cz\"") && other.contains("\"PowerLineFrequency\" : 50"))
        // Coordinates that somebody has measured stay.
        try #"{"EEGCoordinateSystem":"CapTrak","EEGCoordinateUnits":"mm"}"#.write(
            toFile: root + "/" + stem + "_coordsystem.json", atomically: true, encoding: .utf8)
        second.run = 3
        let third = try add(second, typed(["Pz", "eye"]))
        #expect(
            try !text(stem + "_electrodes.tsv").contains("Pz") && third.files[0].remarks.contains { $0.contains("electrodes") })
    }

    @Test(.enabled(if: PythonReader.isThere, "needs LARMOR_PYTHON with bids-validator-deno"))
    func `a data set that grew passes the validator`() throws {
        struct Verdict: Decodable { var errors: [String] }
        for (subject, session, run) in [("01", "a", 1), ("01", "a", 2), ("02", "b", 1)] {
            _ = try add(naming(subject, session: session, run: run), run == 1 ? recording() : typed())
        }
        _ = try add(naming("03"), typed())
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
