import Foundation
import Sessions
import Testing

/// BrainVision files put together here, line by line after the specification.
private struct RawBrainVision {
    var name = "a"
    var common = ["DataFormat=BINARY", "DataOrientation=MULTIPLEXED", "NumberOfChannels=2", "SamplingInterval=2000"]
    var binary = ["BinaryFormat=INT_16"]
    var more: [String] = []
    var channels = ["Ch1=Fz,,0.5,µV", "Ch2=C\\1z,Cz,0.1,mV"]
    var comment = ""
    var markers = ["Mk1=New Segment,,1,1,0,20240102030405123456"]
    var data: [UInt8] = (0..<200).flatMap { RawXDF.little(Int16($0 * 7 - 700)) }
    var dataName = "a.eeg"

    func write(_ folder: String) throws -> String {
        let header =
            [
                "Brain Vision Data Exchange Header File Version 1.0", "[Common Infos]", "DataFile=\(dataName)",
                "MarkerFile=\(name).vmrk",
            ]
            + common + ["[Binary Infos]"] + binary + more + ["[Channel Infos]"] + channels
            + (comment.isEmpty ? [] : ["[Comment]", comment])
        let marks = ["Brain Vision Data Exchange Marker File, Version 1.0", "[Marker Infos]", "; a remark"] + markers
        try Data(header.joined(separator: "\r\n").utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name).vhdr"))
        try Data(marks.joined(separator: "\r\n").utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name).vmrk"))
        try Data(data).write(to: URL(fileURLWithPath: "\(folder)/a.eeg"))
        return "\(folder)/\(name).vhdr"
    }
}

struct BrainVisionImportTests {
    /// Channel 1 in µV and channel 2 in mV of the plain file.
    private static let values: [Double] = (0..<200).map { (index: Int) -> Double in
        let number = Double(index * 7 - 700)
        return index % 2 == 0 ? number * 0.5 : number * 0.1
    }

    @Test func `numbers of every format and order are the same values`() throws {
        let numbers: [Int] = (0..<200).map { $0 * 7 - 700 }
        var turned: [Int] = []
        for channel in 0..<2 { for frame in 0..<100 { turned.append(numbers[frame * 2 + channel]) } }
        func text(_ rows: [[Int]], _ point: String) -> String {
            rows.map { row in row.map { "\($0)\(point)0" }.joined(separator: " ") }.joined(separator: "\r\n")
        }
        let rows: [[Int]] = (0..<100).map { [numbers[$0 * 2], numbers[$0 * 2 + 1]] }
        let lines: [String] = ["Fz " + text([Array(turned[..<100])], "."), "Cz " + text([Array(turned[100...])], ".")]
        typealias Case = (change: (inout RawBrainVision) -> Void, data: [UInt8])
        var cases: [Case] = []
        cases.append(({ _ in }, numbers.flatMap { RawXDF.little(Int16($0)) }))
        cases.append(({ $0.common[1] = "DataOrientation=VECTORIZED" }, turned.flatMap { RawXDF.little(Int16($0)) }))
        cases.append(({ $0.binary.append("UseBigEndianOrder=YES") }, numbers.flatMap { RawXDF.little(Int16($0).bigEndian) }))
        cases.append(({ $0.binary = ["BinaryFormat=INT_32"] }, numbers.flatMap { RawXDF.little(Int32($0)) }))
        cases.append(({ $0.binary = ["BinaryFormat=IEEE_FLOAT_32"] }, numbers.flatMap { RawXDF.little(Float($0).bitPattern) }))
        cases.append(({ $0.binary = ["BinaryFormat=IEEE_FLOAT_64"] }, numbers.flatMap { RawXDF.little(Double($0)) }))
        let multiplexed: (inout RawBrainVision) -> Void = { file in
            file.common[0] = "DataFormat=ASCII"
            file.more = ["[ASCII Infos]", "DecimalSymbol=,", "SkipLines=1", "SkipColumns=0"]
        }
        cases.append((multiplexed, Array(("Fz Cz\r\n" + text(rows, ",")).utf8)))
        let vectorised: (inout RawBrainVision) -> Void = { file in
            file.common[0] = "DataFormat=ASCII"
            file.common[1] = "DataOrientation=VECTORIZED"
            file.more = ["[ASCII Infos]", "SkipLines=0", "SkipColumns=1"]
        }
        cases.append((vectorised, Array(lines.joined(separator: "\n").utf8)))
        for (index, (change, data)) in cases.enumerated() {
            let scratch = ScratchFolder()
            var file = RawBrainVision()
            file.data = data
            change(&file)
            let found = try Recording(contentsOf: try file.write(scratch.path))
            let track = try #require(found.tracks.first)
            #expect(track.labels == ["Fz", "C,z"] && track.units == ["µV", "mV"] && track.rate == 500, "case \(index)")
            let farthest = zip(track.values.doubles, Self.values).map { abs($0 - $1) }.max() ?? 1
            #expect(farthest < 1e-9 && track.samples == 100, "case \(index)")
            #expect(found.remarks.isEmpty, "case \(index): \(found.remarks)")
        }
    }

    @Test func `every marker is read that has a place, whatever its number, and what has none is told`() throws {
        let scratch = ScratchFolder()
        var file = RawBrainVision()
        file.markers += [
            "Mk3=Stimulus,S  1,11,1,0", "Mk3=Stimulus,S  5,21,0,0", "Mk9=Comment,a\\1b,31,25,0",
            "Mk10=Comment,one, two, three,41,1,0",
            "Mk11=Stimulus,S  9,0,1,0", "Mk12=Stimulus,S  9", "Mk13=Response,,51,1,0",
        ]
        let found = try Recording(contentsOf: try file.write(scratch.path))
        #expect(
            found.markers.map(\.text) == [
                "Stimulus/S  1", "Stimulus/S  5", "Comment/a,b", "Comment/one, two, three", "Response",
            ])
        #expect(found.markers.map(\.time) == [0.02, 0.04, 0.06, 0.08, 0.1])
        let durations = zip(found.markers.map(\.duration), [0.002, 0, 0.05, 0.002, 0.002])
        #expect(durations.allSatisfy { abs($0 - $1) < 1e-12 })
        #expect(found.remarks.count == 3 && found.remarks.contains { $0.contains("Mk10 has commas") })
        #expect(
            found.remarks.contains { $0.contains("Mk11 stands at position 0") }
                && found.remarks.contains { $0.contains("Mk12=") })
        // 2024-01-02 03:04:05.123456.
        #expect(abs((found.start?.timeIntervalSince1970 ?? 0) - 1_704_164_645.123456) < 1e-6)
    }

    @Test func `a pause between segments is a gap, and segments again in a file of the same kind`() throws {
        let scratch = ScratchFolder()
        var file = RawBrainVision()
        // 50 samples take 0.1 s; the second segment begins 60 s after the first.
        file.markers += ["Mk2=New Segment,,51,1,0,20240102030505123456", "Mk3=Stimulus,S  2,61,1,0"]
        let path = try file.write(scratch.path)
        let found = try Recording(contentsOf: path)
        #expect(found.tracks[0].gaps == [.init(index: 50, count: 29_950)])
        #expect(found.markers.map(\.text) == ["New Segment", "Stimulus/S  2"])
        let times = zip(found.markers.map(\.time), [60, 60.02])
        #expect(times.allSatisfy { abs($0 - $1) < 1e-9 })
        #expect(throws: SessionError.self) { try SessionExport(found, as: .brainvision, to: scratch("no"), gaps: .error) }
        let made = try SessionExport(found, as: .brainvision, to: scratch("again"), gaps: .discontinuous)
        #expect(made.files[0].frames == 100 && made.files[0].filledFrames == 0)
        let marks = try String(contentsOfFile: scratch("again/a.vmrk"), encoding: .utf8)
        for line in file.markers { #expect(marks.contains("\n\(line)\n"), "\(line)") }
        #expect(try Data(contentsOf: URL(fileURLWithPath: scratch("again/a.eeg"))) == Data(file.data))
        let filled = try SessionExport(found, as: .brainvision, to: scratch("filled"), gaps: .annotate)
        #expect(filled.files[0].frames == 30_050 && filled.files[0].filledFrames == 29_950)
    }

    @Test func `what a header says wrongly is told or refused with its place`() throws {
        func remarks(_ change: (inout RawBrainVision) -> Void) throws -> [String] {
            let scratch = ScratchFolder()
            var file = RawBrainVision()
            change(&file)
            return try Recording(contentsOf: try file.write(scratch.path)).remarks
        }
        func refusal(_ change: (inout RawBrainVision) -> Void) -> String {
            (#expect(throws: SessionError.self) { _ = try remarks(change) })?.description ?? ""
        }
        #expect(try remarks { $0.common.append("DataPoints=900") } == ["its header says 900 data points; there are 100"])
        #expect(try remarks { $0.data.removeLast() }.contains { $0.contains("the last frame is cut") })
        #expect(try remarks { $0.channels[0] = "Ch1=Fz,,0,5,µV" } == ["channel 1 (Fz): its resolution “0,5” was read as 0.5"])
        #expect(refusal { $0.channels[0] = "Ch1=Fz,,0,µV" }.contains("channel Fz"))
        #expect(refusal { $0.channels[0] = "Ch1=Fz,,half,µV" }.contains("“half”"))
        #expect(refusal { $0.common[2] = "NumberOfChannels=0" }.contains("NumberOfChannels"))
        #expect(refusal { $0.common[3] = "SamplingInterval=-1" }.contains("SamplingInterval"))
        #expect(refusal { $0.binary = ["BinaryFormat=INT_8"] }.contains("INT_8"))
        #expect(refusal { $0.dataName = "orig.eeg" }.contains("a.eeg lies beside it"))
        // A name of another folder is a name beside the header.
        #expect(try remarks { $0.dataName = "../../a.eeg" }.isEmpty)
    }

    @Test func `an import keeps the files that were read, and the source's words and resolutions come back`() throws {
        let scratch = ScratchFolder()
        var file = RawBrainVision()
        file.name = "renamed"
        file.comment = "A m p l i f i e r\r\n[not a section]\r\nImpedance [kOhm] at 16:12:27 :\r\nFz:  5\r\nC,z: ???"
        let path = try file.write(scratch.path)
        _ = try SessionImport(path, to: scratch("s"), version: "test")
        let sources = try FileManager.default.contentsOfDirectory(atPath: scratch("s/source")).sorted()
        #expect(sources == ["a.eeg", "renamed.vhdr", "renamed.vmrk"])
        #expect(try SessionVerification(folder: scratch("s")).ok)
        _ = try SessionExport(try Recording(session: scratch("s")), as: .brainvision, to: scratch("o"), gaps: .error)
        let header = try String(contentsOfFile: scratch("o/renamed.vhdr"), encoding: .utf8)
        #expect(header.contains("\nBinaryFormat=INT_16\n") && header.contains("\nCh1=Fz,,0.5,µV\n"))
        #expect(header.contains("\nCh2=C\\1z,Cz,0.1,mV\n"))
        #expect(
            header.contains("[Comment]\nA m p l i f i e r\n[not a section]\nImpedance [kOhm] at 16:12:27 :\nFz:  5\nC,z: ???\n")
        )
        #expect(try Data(contentsOf: URL(fileURLWithPath: scratch("o/renamed.eeg"))) == Data(file.data))
    }
}
