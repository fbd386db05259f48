import Foundation
import Sessions
import Signals
import Testing

/// Read, kept as a session, and written to the format that it came from: another program sees the same.
@Suite(.enabled(if: PythonReader.isThere, "needs LARMOR_PYTHON with mne and pyEDFlib"))
struct EDFRoundTripTests {
    private let scratch = ScratchFolder()

    private func through(_ path: String, _ format: SessionExport.Format) throws -> [SessionExport.File] {
        _ = try SessionImport(path, to: scratch("s"), version: "test")
        return try SessionExport(Recording(session: scratch("s")), as: format, to: scratch("out"), gaps: .error).files
    }

    @Test(.enabled(if: SharedData.has("edf/test.edf"), "needs shared/data/edf"))
    func `an EDF+ file of another program is the same for mne`() throws {
        let path = SharedData.path("edf/test.edf")
        let first = try MNERecording.read(path)
        let files = try through(path, .edf)
        let second = try MNERecording.read(try #require(files.first).path)
        #expect(second.labels == first.labels && second.rate == first.rate && second.start == first.start)
        #expect(second.values == first.values && second.units == first.units)
        #expect(second.annotations == first.annotations && first.annotations.contains { $0.duration == 0.256 })
    }

    /// Files of several rates become one file for each: pyEDFlib reads every signal at its own.
    @Test(
        .enabled(if: SharedData.has("edf/test_uneven_samp.edf"), "needs shared/data/edf"),
        arguments: [("test_uneven_samp.edf", SessionExport.Format.edf), ("test_generator.bdf", .bdf)])
    func `every signal of a file of several rates is the same for pyEDFlib`(name: String, format: SessionExport.Format) throws {
        struct Signals: Decodable, Equatable {
            var labels: [String]
            var rates: [Double]
            var values: [[Double]]
            var units: [String]
            var start: String
        }
        func read(_ path: String) throws -> Signals {
            try PythonReader.run(
                """
                import json, sys, pyedflib
                f = pyedflib.EdfReader(sys.argv[1])
                n = range(f.signals_in_file)
                print(json.dumps(dict(labels=f.getSignalLabels(), rates=[float(f.getSampleFrequency(i)) for i in n],
                    values=[f.readSignal(i).tolist() for i in n], units=[f.getPhysicalDimension(i) for i in n],
                    start=f.getStartdatetime().isoformat())))
                """, path)
        }
        let path = SharedData.path("edf/" + name)
        let first = try read(path)
        // One file of several rates again.
        let paths = Set(try through(path, format).map(\.path))
        #expect(paths.count == 1)
        let parts = try paths.map { try read($0) }
        #expect(parts.flatMap(\.labels) == first.labels)
        for (index, label) in first.labels.enumerated() {
            let part = try #require(parts.first { $0.labels.contains(label) })
            let place = try #require(part.labels.firstIndex(of: label))
            #expect(part.rates[place] == first.rates[index] && part.units[place] == first.units[index])
            #expect(part.values[place] == first.values[index] && part.start == first.start)
        }
    }

    @Test func `the Status codes of a BDF file stay exact in BDF, and become annotations in EDF`() throws {
        try StatusFile.file.write(scratch("a.bdf"))
        let again = try #require(try through(scratch("a.bdf"), .bdf).first)
        let (first, second) = (try MNERecording.read(scratch("a.bdf")), try MNERecording.read(again.path))
        // The channel tells the codes; annotations would tell them twice.
        #expect(second.values == first.values && second.annotations.isEmpty && second.labels == first.labels)
        #expect(second.units == first.units && second.start == first.start)
        let narrow = try SessionExport(Recording(session: scratch("s")), as: .edf, to: scratch("edf"), gaps: .error)
        let found = try MNERecording.read(try #require(narrow.files.first).path)
        #expect(found.annotations.map(\.text) == ["254", "3"] && found.annotations.map(\.onset) == [1.5, 3])
        #expect(!found.labels.contains("Status") && narrow.files[0].remarks.contains { $0.contains("Status") })
    }

    @Test func `a discontinuous file keeps its gap, and a file without a date has none`() throws {
        let lists = [0, 1, 2, 10, 11].map {
            RawEDF.list("+\($0)") + ($0 == 10 ? RawEDF.list("+10.5", "0.25", "after gap") : "")
        }
        var file = RawEDF.plus("EDF+D", lists)
        (file.recording, file.date, file.time) = ("Startdate X X X X", "01.01.85", "00.00.00")
        try file.write(scratch("with a space.edf"))
        let made = try SessionImport(scratch("with a space.edf"), to: scratch("s"), version: "test")
        #expect(made.remarks.isEmpty)
        let session = try Recording(session: scratch("s"))
        #expect(session.tracks[0].gaps == [.init(index: 300, count: 700)] && session.start == nil)
        #expect(session.markers == [.init(time: 10.5, text: "after gap", duration: 0.25)])
        #expect(try SessionVerification(folder: scratch("s")).ok)
        #expect(throws: SessionError.self) { try SessionExport(session, as: .edf, to: scratch("no"), gaps: .error) }
        let filled = try SessionExport(session, as: .edf, to: scratch("filled"), gaps: .annotate).files[0]
        #expect(filled.frames == 1200 && filled.filledFrames == 700)
        let apart = try SessionExport(session, as: .edf, to: scratch("apart"), gaps: .discontinuous).files[0]
        let back = try Recording(contentsOf: apart.path)
        #expect(back.tracks[0].gaps == session.tracks[0].gaps && back.tracks[0].values == session.tracks[0].values)
        #expect(back.start == nil && back.markers == session.markers)
        _ = try SessionExport(session, as: .brainvision, to: scratch("bv"), gaps: .annotate)
        let text = try String(contentsOfFile: scratch("bv/with_a_space.vmrk"), encoding: .utf8)
        #expect(text.contains("Mk1=New Segment,,1,1,0\n"))
    }

    @Test func `annotations alone come through a session with their times and their date`() throws {
        var file = RawEDF.plus("EDF+C", [RawEDF.list("+0") + RawEDF.list("+5.5", "10", "Apnea")])
        file.signals.removeFirst(2)
        file.duration = "0"
        file.data = [RawEDF.annotations(RawEDF.list("+0") + RawEDF.list("+5.5", "10", "Apnea"))]
        try file.write(scratch("night.edf"))
        let again = try #require(try through(scratch("night.edf"), .edf).first)
        let (first, second) = (try Recording(contentsOf: scratch("night.edf")), try Recording(contentsOf: again.path))
        #expect(second.markers == first.markers && second.start == first.start && first.start != nil)
    }

    @Test(arguments: [
        "2021-03-04T05:06:07+0100", "2021-03-04T04:06:07Z", "2021-03-04T04:06:07.000", "2021-03-03T23:06:07.0-05:00",
    ])
    func `the date of an XDF file of LabRecorder is the session's`(text: String) throws {
        var file = RawXDF(info: "<datetime>\(text)</datetime>")
        file.header(1, "a", rate: 100, format: "double64")
        file.samples(1, (0..<200).map { (7 + Double($0) / 100, RawXDF.little(Double($0))) })
        try file.write(scratch("a.xdf"))
        _ = try SessionImport(scratch("a.xdf"), to: scratch("s"), version: "test")
        #expect(try SessionManifest(folder: scratch("s")).created.timeIntervalSince1970 == 1_614_830_767)
        let files = try SessionExport(Recording(session: scratch("s")), as: .edf, to: scratch("out"), gaps: .error).files
        #expect(try MNERecording.read(files[0].path).start == "2021-03-04T04:06:07+00:00")
    }
}
