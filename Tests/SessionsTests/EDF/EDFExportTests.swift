import Foundation
import Sessions
import Signals
import Testing

/// Files of ours, read by mne and by EDFlib.
@Suite(.enabled(if: PythonReader.isThere, "needs LARMOR_PYTHON with mne"))
struct EDFExportTests {
    private let scratch = ScratchFolder()

    private func recording(
        _ values: XDFValues, labels: [String] = ["a"], units: [String] = [""], rate: Double = 100,
        _ markers: [Recording.Marker] = []
    ) -> Recording {
        var recording = Recording()
        recording.tracks = [.init(name: "t", type: "EEG", labels: labels, units: units, rate: rate, values: values)]
        recording.markers = markers
        recording.start = Date(timeIntervalSince1970: 1_583_143_872)
        return recording
    }

    private func export(
        _ recording: Recording, _ format: SessionExport.Format, gaps: GapPolicy = .error
    ) throws -> SessionExport.File {
        let export = try SessionExport(recording, as: format, to: scratch("\(UUID())"), gaps: gaps)
        return try #require(export.files.first)
    }

    @Test(arguments: [SessionExport.Format.edf, .bdf])
    func `annotations of any length and language are whole, durations and those outside of the samples included`(
        format: SessionExport.Format
    ) throws {
        let texts = [
            "plain", String(repeating: "ä", count: 41), "日本語の注釈 – réponse № 7", "😀👩‍👩‍👧‍👦 emoji",
            String(repeating: "long ", count: 799) + "end",
        ]
        var markers = texts.enumerated().map {
            Recording.Marker(time: Double($0.offset) * 0.5 + 0.1234, text: $0.element, duration: 0.256)
        }
        markers.append(.init(time: -0.5, text: "before"))
        markers.append(.init(time: 30, text: "behind"))
        let file = try export(recording(.double64(.init(repeating: 1, count: 500)), markers), format)
        let found = try MNERecording.read(file.path)
        #expect(found.annotations.map(\.text) == texts)
        #expect(
            found.annotations.enumerated().allSatisfy {
                abs($1.onset - (Double($0) * 0.5 + 0.1234)) < 1e-7 && $1.duration == 0.256
            })
        let checked = try EDFlib.read(file.path)
        #expect(checked.texts.contains("before") && checked.texts.contains("behind") && checked.texts.count == 7)
        #expect(file.remarks.count == 2, "\(file.remarks)")
        #expect(try Recording(contentsOf: file.path).markers.map(\.text) == ["before"] + texts + ["behind"])
    }

    @Test func `a text that is longer than a record is split between characters, and 350 markers survive`() throws {
        let long = String(repeating: "é👩‍👩‍👧‍👦", count: 1000)
        var markers = (0..<350).map { Recording.Marker(time: Double($0) / 100, text: "marker \($0)") }
        markers.append(.init(time: 4.5, text: long, duration: 0.25))
        let file = try export(recording(.double64(.init(repeating: 1, count: 500)), markers), .edf)
        let found = try MNERecording.read(file.path)
        #expect(found.annotations.prefix(350).map(\.text) == markers.prefix(350).map(\.text))
        let pieces = found.annotations.dropFirst(350)
        #expect(pieces.count == 7 && pieces.map(\.text).joined() == long)
        #expect(
            pieces.allSatisfy {
                $0.onset == 4.5 && $0.duration == 0.25 && $0.text.first != "\u{200D}"
            })
        #expect(file.remarks == ["1 long annotations are split into several of the same moment"])
    }

    /// Ranges and what the header makes of them: every value is within half a step, which the file's report tells.
    @Test(
        arguments: [SessionExport.Format.edf, .bdf], [1e-7, 3e-4, 0.0123456, 1, 99.99999, 187_500.02, 1_234_567.8, 9_999_998.5])
    func `values are within half a step of what the header says`(format: SessionExport.Format, peak: Double) throws {
        var random = SplitMix64(seed: UInt64(peak.bitPattern))
        let values = [peak, -peak * 0.7] + (0..<998).map { _ in Double.random(in: -peak...peak, using: &random) }
        let file = try export(recording(.double64(values), units: ["mmHg"]), format)
        let steps = format == .bdf ? 8_388_607.0 : 32_767
        // The header's decimals: at most a hundredth part more than the range, or 0.00001.
        #expect(file.resolution <= max(peak * 1.001, peak + 1e-5) / steps / 2 * 1.0001)
        let found = try MNERecording.read(file.path)
        let farthest = zip(found.values[0], values).map { abs($0 - $1) }.max() ?? 1
        #expect(farthest <= file.resolution * 1.000001, "\(farthest) \(file.resolution)")
        #expect(try EDFlib.read(file.path).records == 10)
    }

    @Test func `whole numbers without a unit, codes among them, are kept exactly`() throws {
        let codes = (0..<500).map { Float(($0 * 131) % 32_000 - 16_000) }
        let float = try export(recording(.float32(codes)), .edf)
        #expect(float.resolution == 0)
        #expect(try MNERecording.read(float.path).values[0] == codes.map(Double.init))
        let wide = (0..<500).map { Int32(($0 &* 7919) % 8_388_608) }
        #expect(try MNERecording.read(try export(recording(.int32(wide)), .bdf).path).values[0] == wide.map(Double.init))
    }

    @Test func `values of eight digits are written from their least, and those that no header holds are refused by name`()
        throws
    {
        let eight = try export(recording(.double64([0, 15_000_000] + .init(repeating: 7_500_000, count: 98))), .edf)
        let ends = try MNERecording.read(eight.path).values[0].prefix(2)
        #expect(zip(ends, [0, 15_000_000]).allSatisfy { abs($0 - $1) < 1e-6 })
        for value in [1_073_741_824.0, 1_687_166_400, -10_000_000.5] {
            let wide = recording(.double64([0.5, value] + .init(repeating: 0, count: 98)), labels: ["Timestamp"])
            let error = #expect(throws: SessionError.self) { try export(wide, .bdf) }
            #expect(
                error?.description.contains("channel 1 (Timestamp): its values from") == true, "\(error?.description ?? "")")
        }
        // In volts there is a larger unit.
        let strong = try export(recording(.double64([12.5, -3] + .init(repeating: 0, count: 98)), units: ["V"]), .bdf)
        let found = try MNERecording.read(strong.path)
        #expect(found.units == ["mV"] && abs(found.values[0][0] - 12_500) <= strong.resolution * 1000.001)
    }

    @Test func `values that are no numbers are told where they are`() throws {
        var values = (0..<1000).map { Float($0) / 8 }
        values[301] = .nan
        values[303] = .infinity
        values[999] = .nan
        let file = try export(recording(.float32(values), labels: ["x", "Cz"], units: ["µV", "µV"]), .bdf)
        let found = try MNERecording.read(file.path)
        let bad = found.annotations.filter { $0.text == "BAD_nan" }
        #expect(bad.map(\.onset) == [1.5, 4.99] && bad.map(\.duration) == [0.02, 0.01], "\(found.annotations)")
        #expect(file.remarks == ["3 values of Cz are no numbers: zeros under the annotation BAD_nan"])
    }

    @Test func `labels that would be equal are kept apart, and what was changed is told`() throws {
        let labels = ["electrode number one", "electrode number two", "Fp1µ", "twin", "twin", "EDF Annotations"]
        let file = try export(
            recording(.double64(.init(repeating: 1, count: 600)), labels: labels, units: .init(repeating: "µV", count: 6)), .edf
        )
        let found = try #require(try Recording(contentsOf: file.path).tracks.first)
        #expect(found.labels == ["electrode number", "electrode numb~2", "Fp1u", "twin", "twin", "EDF Annotation~2"])
        #expect(
            file.remarks.count == 4 && file.remarks[1] == "the label “electrode number two” is written as “electrode numb~2”")
        #expect(try EDFlib.read(file.path).signals == 6)
    }

    @Test(arguments: [(610.3515625, 500, 0.8192), (1.0 / 3, 1, 3.0), (128.0, 128, 1.0), (250.25, 1001, 4.0)])
    func `a record holds whole frames`(rate: Double, frames: Int, seconds: Double) throws {
        let file = try export(recording(.double64(.init(repeating: 1, count: 2 * frames)), units: ["V"], rate: rate), .edf)
        let found = try #require(try Recording(contentsOf: file.path).tracks.first)
        #expect(abs(found.rate / rate - 1) < 1e-9 && found.samples == 2 * frames)
        #expect(found.digitisation?.recordFrames == frames && found.digitisation?.recordSeconds == seconds)
    }

    @Test(arguments: [SessionExport.Format.edf, .bdf])
    func `gaps are left out of a discontinuous file, whose records tell their times`(format: SessionExport.Format) throws {
        struct Times: Decodable {
            var reserved: String
            var times: [Double]
            var samples: Int
        }
        var gappy = recording(.double64((0..<650).map(Double.init)), units: ["µV"], [.init(time: 10.5, text: "after")])
        gappy.tracks[0].gaps = [.init(index: 300, count: 700), .init(index: 450, count: 50)]
        let file = try export(gappy, format, gaps: .discontinuous)
        #expect(file.filledFrames == 0 && file.frames == 650)
        let found: Times = try PythonReader.run(
            """
            import json, re, sys
            b = open(sys.argv[1], "rb").read()
            n = int(b[252:256]); size = 3 if b[0] == 255 else 2
            counts = [int(b[256 + n * 216 + 8 * i:][:8]) for i in range(n)]
            record = sum(counts) * size; head = int(b[184:192])
            times = [float(re.match(rb"\\+[0-9.]+", b[head + r * record + counts[0] * size:])[0]) for r in range(int(b[236:244]))]
            print(json.dumps(dict(reserved=b[192:197].decode(), times=times, samples=counts[0])))
            """, file.path)
        #expect(found.reserved == format.rawValue.uppercased() + "+D" && found.samples == 50)
        #expect(found.times == [0, 0.5, 1, 1.5, 2, 2.5, 10, 10.5, 11, 12, 12.5, 13, 13.5])
        let back = try Recording(contentsOf: file.path)
        #expect(back.tracks[0].gaps == gappy.tracks[0].gaps && back.markers.map(\.time) == [10.5] && back.remarks.isEmpty)
        // mne takes no notice of the gaps, but reads the samples.
        let values = try MNERecording.read(file.path).values[0]
        #expect(values.count == 650 && zip(values, 0..<650).allSatisfy { abs($0 - Double($1)) <= file.resolution * 1.000001 })
        // A gap that ends within a record is filled and told.
        gappy.tracks[0].gaps = [.init(index: 301, count: 3), .init(index: 401, count: 1000)]
        let filled = try export(gappy, format, gaps: .discontinuous)
        let mixed = try Recording(contentsOf: filled.path)
        #expect(mixed.tracks[0].gaps.reduce(0) { $0 + $1.count } + filled.filledFrames <= 1003)
        #expect(mixed.markers.contains { $0.text == "BAD_gap" && abs($0.time - 3.01) < 1e-9 && abs($0.duration - 0.03) < 1e-9 })
    }

    @Test func `a format of uniform rate and no segments refuses to leave gaps out`() throws {
        var gappy = recording(.double64(.init(repeating: 0, count: 650)), units: ["V"])
        gappy.tracks[0].gaps = [.init(index: 300, count: 700)]
        #expect(throws: SessionError.self) { try export(gappy, .wav, gaps: .discontinuous) }
    }

    @Test func `a recording without a date has none in the file, and markers alone make a file`() throws {
        var none = recording(.double64(.init(repeating: 1, count: 100)), units: ["V"])
        none.start = nil
        let file = try export(none, .edf)
        #expect(try Recording(contentsOf: file.path).start == nil)
        _ = try EDFlib.read(file.path)
        var alone = recording(.double64([]), [.init(time: 1.5, text: "a", duration: 2), .init(time: 3, text: "ü")])
        for tracks in [alone.tracks, []] {
            alone.tracks = tracks
            for format in [SessionExport.Format.edf, .bdf] {
                let marks = try export(alone, format)
                let back = try Recording(contentsOf: marks.path)
                #expect(
                    back.markers == alone.markers && back.tracks.isEmpty && back.start == alone.start && back.remarks.isEmpty)
                #expect(try EDFlib.read(marks.path).texts == ["a", "ü"])
            }
            #expect(try String(contentsOfFile: try export(alone, .csv).path, encoding: .utf8).contains("1.5,2.0,a"))
        }
    }
}
