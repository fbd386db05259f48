import Foundation
import Sessions
import Signals
import Testing

/// Files of other kinds: packed XDF, WAV, OpenBCI's text.
struct ForeignFilesTests {
    @Test(.enabled(if: PythonReader.isThere, "needs LARMOR_PYTHON to pack a file"))
    func `packed XDF is read as the file in it, a cut one as far as it goes, and one that unpacks without end is refused`()
        throws
    {
        let scratch = ScratchFolder()
        try SmallSession(blocks: 9, gapBefore: 3).write(scratch("s"))
        struct Sizes: Decodable { var packed: Int }
        let sizes: Sizes = try PythonReader.run(
            """
            import gzip, json, os, sys
            source = open(sys.argv[1], "rb").read()
            packed = gzip.compress(source)
            open(sys.argv[2] + "/a.xdfz", "wb").write(packed)
            open(sys.argv[2] + "/cut.xdfz", "wb").write(packed[:len(packed) // 2])
            open(sys.argv[2] + "/bomb.xdfz", "wb").write(gzip.compress(b"XDF:" + bytes(200 << 20)))
            open(sys.argv[2] + "/other.gz", "wb").write(gzip.compress(b"no recording"))
            print(json.dumps(dict(packed=len(packed))))
            """, scratch("s/recording.xdf"), scratch.path)
        let plain = try Recording(contentsOf: scratch("s/recording.xdf"))
        let packed = try Recording(contentsOf: scratch("a.xdfz"))
        #expect(sizes.packed > 0 && packed.remarks == plain.remarks && packed.markers == plain.markers)
        #expect(
            packed.tracks.map(\.values) == plain.tracks.map(\.values) && packed.tracks.map(\.gaps) == plain.tracks.map(\.gaps))
        let cut = try Recording(contentsOf: scratch("cut.xdfz"))
        #expect(cut.remarks.first?.contains("it is damaged") == true)
        let bomb = #expect(throws: SessionError.self) { try Recording(contentsOf: scratch("bomb.xdfz")) }
        #expect(bomb?.description.contains("unpack to more than") == true)
        let other = #expect(throws: SessionError.self) { try Recording(contentsOf: scratch("other.gz")) }
        #expect(other?.description.contains("holds no XDF") == true)
    }

    /// A headset that lay in a drawer: thirty minutes of zeros, which gzip packs to a thousandth.
    @Test(.enabled(if: PythonReader.isThere, "needs LARMOR_PYTHON to pack a file"))
    func `a long recording of zeros opens when it is packed into a small file`() throws {
        let scratch = ScratchFolder()
        let frames = 30 * 60 * 250
        let labels = (1...8).map { "E\($0)" }
        let stream = StreamDescription(
            name: "headset.eeg", kind: .eeg, channels: labels.map { .init(label: $0, unit: .volt) }, nominalRate: 250,
            device: "board")
        let writer = try XDFWriter(creating: scratch("a.xdf"), anchor: SmallSession.anchor)
        let id = try writer.addStream(stream)
        let zeros = [Float](repeating: 0, count: 250 * 8)
        for counter in stride(from: UInt64(0), to: UInt64(frames), by: 250) {
            try zeros.withUnsafeBufferPointer {
                try writer.append(
                    stream: id,
                    item: SampleRingItem(
                        stream: 0, channels: 8, frames: 250, firstCounter: counter, missingBefore: 0,
                        hostTime: SmallSession.time(counter + 249)), values: $0)
            }
        }
        try writer.close()
        struct Sizes: Decodable { var plain: Int, packed: Int }
        let sizes: Sizes = try PythonReader.run(
            """
            import gzip, json, sys
            source = open(sys.argv[1], "rb").read()
            packed = gzip.compress(source)
            open(sys.argv[2], "wb").write(packed)
            print(json.dumps(dict(plain=len(source), packed=len(packed))))
            """, scratch("a.xdf"), scratch("a.xdfz"))
        #expect(sizes.plain > 14_000_000 && sizes.packed <= 64 << 10)
        let found = try Recording(contentsOf: scratch("a.xdfz"))
        #expect(found.tracks.first?.samples == frames && found.remarks.isEmpty)
        #expect(found.tracks.first?.values.doubles.allSatisfy { $0 == 0 } == true)
        _ = try SessionImport(scratch("a.xdfz"), to: scratch("s"), version: "test")
        #expect(try SessionVerification(folder: scratch("s")).streams.first?.samples == frames)
    }

    /// A marker of no letters is three bytes, and hundreds in memory.
    @Test(.enabled(if: PythonReader.isThere, "needs LARMOR_PYTHON to pack a file"))
    func `a small packed file that would take much memory is refused, and the message says what to do`() throws {
        let scratch = ScratchFolder()
        var file = RawXDF()
        file.header(1, "m", rate: 0, format: "string", type: "Markers")
        file.samples(1, Array(repeating: (nil, [1, 0]), count: 1_000_000))
        try Data(file.bytes).write(to: URL(fileURLWithPath: scratch("a.xdf")))
        struct Sizes: Decodable { var packed: Int }
        let sizes: Sizes = try PythonReader.run(
            """
            import gzip, json, sys
            packed = gzip.compress(open(sys.argv[1], "rb").read())
            open(sys.argv[2], "wb").write(packed)
            print(json.dumps(dict(packed=len(packed))))
            """, scratch("a.xdf"), scratch("a.xdfz"))
        #expect(sizes.packed < 64 << 10)
        let error = #expect(throws: SessionError.self) { try Recording(contentsOf: scratch("a.xdfz")) }
        #expect(error?.description.contains("MB of memory") == true && error?.description.contains("gunzip") == true)
    }

    @Test(
        .enabled(if: PythonReader.isThere, "needs LARMOR_PYTHON with soundfile"),
        arguments: ["PCM_16", "PCM_24", "PCM_32", "FLOAT"])
    func `WAV of every width holds what soundfile wrote`(subtype: String) throws {
        struct Written: Decodable { var values: [[Double]] }
        let scratch = ScratchFolder()
        let written: Written = try PythonReader.run(
            """
            import json, sys, numpy, soundfile
            x = numpy.random.default_rng(5).uniform(-1, 1, (1000, 2))
            soundfile.write(sys.argv[1], x, 22050, subtype=sys.argv[2])
            print(json.dumps(dict(values=soundfile.read(sys.argv[1])[0].tolist())))
            """, scratch("a.wav"), subtype)
        let found = try Recording(contentsOf: scratch("a.wav"))
        let track = try #require(found.tracks.first)
        #expect(track.type == "Audio" && track.rate == 22_050 && track.channels == 2 && track.samples == 1000)
        #expect(track.values.doubles == written.values.flatMap(\.self) && found.start == nil)
        _ = try SessionImport(scratch("a.wav"), to: scratch("s"), version: "test")
        #expect(try SessionVerification(folder: scratch("s")).ok)
    }

    /// Rows of a Cyton at 250 Hz with the given sample numbers; the computer has each 5 to 60 ms after it was taken.
    private static func openBCI(_ frames: [Int], turn: Int = 256) -> String {
        var text = """
            %OpenBCI Raw EXG Data
            %Number of channels = 2
            %Sample Rate = 250 Hz
            %Board = OpenBCI_GUI$BoardCytonSerial
            Sample Index, EXG Channel 0, EXG Channel 1, Accel Channel 0, Accel Channel 1, Accel Channel 2, Not Used, Digital Channel 0 (D11), \
            Timestamp, Marker Channel, Timestamp (Formatted)

            """
        for frame in frames {
            let taken = Double(frame) * 4
            // Bytes come in groups: the delay falls from 60 ms to 5.
            let late = 5 + Double(14 - frame % 15) * 4
            text += "\(frame % turn), \(frame * 3).25, -\(frame).5, 0.5, 0.25, \(Double(frame % 7) / 8),0,0, "
            text += "\(1_557_936_053_000 + Int(taken + late)),\(frame == 700 ? 12 : 0), 12:00:53.329\n"
        }
        return text
    }

    @Test func `OpenBCI's text gives channels, acceleration, markers, its date and what is missing`() throws {
        let scratch = ScratchFolder()
        // 100 frames are missing, later three whole turns of the counter and one frame.
        let frames = Array(0..<500) + Array(600..<1000) + Array(1769..<2500)
        try Data(Self.openBCI(frames).utf8).write(to: URL(fileURLWithPath: scratch("a.txt")))
        let found = try Recording(contentsOf: scratch("a.txt"))
        #expect(found.remarks.isEmpty && found.tracks.map(\.name) == ["a", "a.accel"])
        let track = try #require(found.tracks.first)
        #expect(track.labels == ["EXG Channel 0", "EXG Channel 1"] && track.units == ["µV", "µV"] && track.rate == 250)
        let expected: [Double] = frames.flatMap { (frame: Int) -> [Double] in [Double(frame * 3) + 0.25, -Double(frame) - 0.5] }
        #expect(track.values.doubles == expected)
        #expect(track.gaps == [.init(index: 500, count: 100), .init(index: 900, count: 769)])
        #expect(found.tracks[1].values.doubles.prefix(3) == [0.5, 0.25, 0])
        // The line below the computer's times: 4 ms a frame.
        let errors = zip(track.stamps, frames).map { abs($0 - Double($1) / 250) }
        #expect((errors.max() ?? 1) < 0.002)
        #expect(found.markers.map(\.text) == ["12"] && abs((found.markers.first?.time ?? 0) - 2.8) < 0.002)
        #expect(abs((found.start?.timeIntervalSince1970 ?? 0) - 1_557_936_053.005) < 0.01)
    }

    @Test func `a cut text, an old one and a damaged one`() throws {
        let scratch = ScratchFolder()
        func read(_ text: String) throws -> Recording {
            try Data(text.utf8).write(to: URL(fileURLWithPath: scratch("a.txt")))
            return try Recording(contentsOf: scratch("a.txt"))
        }
        let whole = Self.openBCI(Array(0..<300))
        let cut = try read(String(whole.dropLast(60)))
        #expect(cut.tracks[0].samples == 299 && cut.remarks == ["line 305, the last one, is cut and was left out"])
        let damaged = #expect(throws: SessionError.self) { try read(whole.replacing("\n7, ", with: "\nseven, ")) }
        #expect(damaged?.description.contains("line 13") == true)
        // Version 4 named no columns.
        let old = (0..<300).map { "\($0 % 256), \($0).5, 2.0, 0.1, 0.2, 0.3, \(1_557_936_053_000 + 4 * $0)" }
        let found = try read(
            "%OpenBCI Raw EEG Data\n%Number of channels = 2\n%Sample Rate = 250.0 Hz\n" + old.joined(separator: "\n"))
        #expect(found.tracks.map(\.channels) == [2, 3] && found.tracks[0].samples == 300 && found.tracks[0].gaps.isEmpty)
    }

    @Test(
        .enabled(
            if: SharedData.has("cyton/blinks-jaw-clench-alpha.txt.gz") && PythonReader.isThere, "needs a Cyton's recording"))
    func `a real Cyton's text holds what NumPy reads`() throws {
        struct Found: Decodable {
            var rows: Int
            var sums: [Double]
            var last: Double
        }
        let scratch = ScratchFolder()
        let expected: Found = try PythonReader.run(
            """
            import gzip, json, sys
            lines = gzip.open(sys.argv[1], "rt").read().splitlines()
            open(sys.argv[2], "w").write("\\n".join(lines) + "\\n")
            rows = [[float(x) for x in l.split(",")[:23]] for l in lines if l[:1].isdigit()]
            print(json.dumps(dict(rows=len(rows), sums=[sum(r[c] for r in rows) for c in range(1, 9)],
                last=(rows[-1][22] - rows[0][22]) / 1000)))
            """, SharedData.path("cyton/blinks-jaw-clench-alpha.txt.gz"), scratch("a.txt"))
        let found = try Recording(contentsOf: scratch("a.txt"))
        let track = try #require(found.tracks.first)
        #expect(track.channels == 8 && track.samples == expected.rows)
        let values = track.values.doubles
        for channel in 0..<8 {
            let sum = stride(from: channel, to: values.count, by: 8).reduce(0.0) { $0 + values[$1] }
            #expect(abs(sum - expected.sums[channel]) < 1e-6 * abs(expected.sums[channel]))
        }
        #expect(abs((track.stamps.last ?? 0) - expected.last) < 0.1)
    }
}
