import Foundation
import Sessions
import Signals
import Testing

/// A session of one stream in each format, with numbers that 32-bit floats do not hold.
private enum Formats {
    static let rate = 100.0
    static let frames = 40

    static func stream(_ format: SampleFormat) -> StreamDescription {
        StreamDescription(
            name: "lsl.\(format.rawValue)", kind: .eeg,
            channels: [
                .init(label: "a", unit: .volt, own: .init(word: "microvolts", scale: 1e-6)),
                .init(label: "b", unit: .unspecified, own: .init(word: "ticks & tocks", scale: 1)),
            ], nominalRate: rate, device: "x", hasOwnClock: true, sampleFormat: format)
    }

    static func whole(_ format: SampleFormat) -> [Int64] {
        (0..<Int64(2 * frames)).map { index -> Int64 in
            let sign: Int64 = index % 2 == 0 ? 1 : -1
            switch format {
            case .int8: return index - 40
            case .int16: return 300 * index - 12_000
            case .int32: return sign * (16_777_217 + index)
            default: return sign * (9_007_199_254_740_993 + index)
            }
        }
    }

    static func reals(_ format: SampleFormat) -> [Double] {
        (0..<2 * frames).map { index -> Double in
            if format == .float32 { return Double(Float(index) / 3) }
            return index == 7 ? 1e300 : 1_790_000_000 + Double(index) / 3
        }
    }

    static func bytes(_ format: SampleFormat, _ range: Range<Int>) -> [UInt8] {
        func little(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }
        return range.flatMap { index -> [UInt8] in
            switch format {
            case .float32: little(Float(reals(format)[index]).bitPattern)
            case .double64: little(reals(format)[index].bitPattern)
            case .int8: little(Int8(whole(format)[index]))
            case .int16: little(Int16(whole(format)[index]))
            case .int32: little(Int32(whole(format)[index]))
            case .int64: little(whole(format)[index])
            }
        }
    }

    /// Four blocks of ten frames, five frames missing before the third; as the recorder gets them.
    static func write(_ folder: String) throws {
        let formats = SampleFormat.allCases
        let manifest = SmallSession.manifest
        let writer = try SessionWriter(folder: folder, manifest: manifest, devices: [("lsl", "lsl")])
        try writer.setStreams(formats.map(stream), device: 0)
        try Array("{}".utf8).withUnsafeBytes {
            try writer.append(wire: .configuration, device: 0, body: $0, at: SmallSession.begin)
        }
        for block in 0..<4 {
            for (index, format) in formats.enumerated() {
                let first = block * 10 + (block >= 2 ? 5 : 0)
                let item = SampleRingItem(
                    stream: index, channels: 2, frames: 10, firstCounter: UInt64(first), missingBefore: block == 2 ? 5 : 0,
                    hostTime: SmallSession.begin + Double(first + 10) / rate,
                    deviceTime: SmallSession.begin.seconds + Double(first) / rate, format: format)
                var words = [Float](repeating: .nan, count: item.sampleCount)
                words.withUnsafeMutableBytes { $0.copyBytes(from: bytes(format, block * 20..<block * 20 + 20)) }
                try words.withUnsafeBufferPointer { try writer.append(item: item, device: 0, values: $0) }
            }
        }
        try writer.close()
    }
}

@Suite struct SampleFormatRecordingTests {
    @Test func `a recording keeps every format's numbers and units`() throws {
        let scratch = ScratchFolder()
        try Formats.write(scratch("s"))
        let file = try XDFReader(path: scratch("s/recording.xdf"))
        #expect(file.problems.isEmpty)
        for format in SampleFormat.allCases {
            let stream = try #require(file.streams.first { $0.name == "lsl.\(format.rawValue)" })
            #expect(stream.format.rawValue == format.rawValue && stream.samples == 40)
            #expect(stream.units == ["microvolts", "ticks & tocks"])
            switch stream.values {
            case .float32(let values): #expect(values.map(Double.init) == Formats.reals(format))
            case .double64(let values): #expect(values == Formats.reals(format))
            case .int8(let values): #expect(values.map(Int64.init) == Formats.whole(format))
            case .int16(let values): #expect(values.map(Int64.init) == Formats.whole(format))
            case .int32(let values): #expect(values.map(Int64.init) == Formats.whole(format))
            case .int64(let values): #expect(values == Formats.whole(format))
            }
        }
        let verified = try SessionVerification(folder: scratch("s"))
        #expect(verified.ok && verified.streams.filter { $0.name.hasPrefix("lsl.") }.allSatisfy { $0.gaps.map(\.count) == [5] })
    }

    @Test func `a manifest that was lost is made anew with formats and units`() throws {
        let scratch = ScratchFolder()
        try Formats.write(scratch("s"))
        let before = try SessionManifest(folder: scratch("s")).devices[0].streams
        try FileManager.default.removeItem(atPath: scratch("s/session.json"))
        _ = try SessionRepair(folder: scratch("s"))
        let after = try SessionManifest(folder: scratch("s")).devices[0].streams
        #expect(after.map(\.sampleFormat) == before.map(\.sampleFormat))
        #expect(after.flatMap(\.channels) == before.flatMap(\.channels))
    }

    @Test(.enabled(if: PythonReader.isThere, "needs LARMOR_PYTHON with pyxdf"))
    func `pyxdf reads the same numbers`() throws {
        struct Found: Decodable {
            var kinds: [String: String]
            var values: [String: [String]]
        }
        let scratch = ScratchFolder()
        try Formats.write(scratch("s"))
        let found: Found = try PythonReader.run(
            """
            import json, sys, pyxdf
            streams, _ = pyxdf.load_xdf(sys.argv[1], synchronize_clocks=False, dejitter_timestamps=False)
            numbers = [s for s in streams if s["info"]["channel_format"][0] != "string"]
            print(json.dumps(dict(kinds={s["info"]["name"][0]: str(s["time_series"].dtype) for s in numbers},
                values={s["info"]["name"][0]: [repr(v.item()) for v in s["time_series"].ravel()] for s in numbers})))
            """, scratch("s/recording.xdf"))
        #expect(found.kinds["lsl.int64"] == "int64" && found.kinds["lsl.double64"] == "float64")
        #expect(found.kinds["lsl.int32"] == "int32" && found.kinds["lsl.int16"] == "int16" && found.kinds["lsl.int8"] == "int8")
        for format in SampleFormat.allCases {
            let texts = found.values["lsl.\(format.rawValue)"] ?? []
            if format == .float32 || format == .double64 {
                #expect(texts.compactMap(Double.init) == Formats.reals(format))
            } else {
                #expect(texts.compactMap { Int64($0) } == Formats.whole(format))
            }
        }
    }

    @Test(.enabled(if: PythonReader.isThere, "needs LARMOR_PYTHON with NumPy"))
    func `CSV and NumPy exports keep the numbers`() throws {
        struct Found: Decodable {
            var csv: [String: [String]]
            var npy: [String: [String]]
        }
        let scratch = ScratchFolder()
        try Formats.write(scratch("s"))
        let recording = try Recording(session: scratch("s"))
        for format in [SessionExport.Format.csv, .npy] {
            _ = try SessionExport(recording, as: format, to: scratch(format.rawValue), gaps: .annotate)
        }
        let found: Found = try PythonReader.run(
            """
            import csv, json, sys, numpy
            names = ["lsl." + f for f in sys.argv[3].split(",")]
            rows = {n: list(csv.reader(open(sys.argv[1] + "/" + n + ".csv")))[1:] for n in names}
            print(json.dumps(dict(csv={n: [v for row in rows[n] for v in row[1:]] for n in names},
                npy={n: [repr(v.item()) for v in numpy.load(sys.argv[2] + "/" + n + ".npy").ravel()] for n in names})))
            """, scratch("csv"), scratch("npy"), "double64,int64,int32")
        for texts in [found.csv, found.npy] {
            #expect(texts["lsl.double64"]?.compactMap(Double.init) == Formats.reals(.double64))
            #expect(texts["lsl.int64"]?.compactMap { Int64($0) } == Formats.whole(.int64))
            #expect(texts["lsl.int32"]?.compactMap { Int64($0) } == Formats.whole(.int32))
        }
        let header = try String(contentsOfFile: scratch("csv/lsl.int32.csv"), encoding: .utf8).split(separator: "\n")[0]
        #expect(header == "time_s,a [µV],b [ticks & tocks]")
    }

    @Test(.enabled(if: PythonReader.isThere, "needs LARMOR_PYTHON with mne"))
    func `BrainVision takes the format that holds the numbers, and refuses those that none holds`() throws {
        struct Found: Decodable { var values: [[Double]] }
        let scratch = ScratchFolder()
        try Formats.write(scratch("s"))
        let recording = try Recording(session: scratch("s"))
        let export = try SessionExport(recording, as: .brainvision, to: scratch("out"), gaps: .annotate)
        func binary(_ format: String) throws -> String {
            let text = try String(contentsOfFile: scratch("out/lsl.\(format).vhdr"), encoding: .utf8)
            return text.split(separator: "\n").first { $0.hasPrefix("BinaryFormat=") }.map { String($0.dropFirst(13)) } ?? ""
        }
        #expect(try binary("int8") == "INT_16" && binary("int16") == "INT_16" && binary("int32") == "INT_32")
        #expect(try binary("float32") == "IEEE_FLOAT_32" && binary("double64") == "IEEE_FLOAT_64")
        #expect(export.skipped.map(\.stream) == ["lsl.int64"] && export.skipped[0].reason.contains("53 bits"))
        // Five frames are missing after the twentieth: zeros.
        func filled(_ numbers: [Double]) -> [Double] { numbers[..<40] + [Double](repeating: 0, count: 10) + numbers[40...] }
        let found: Found = try PythonReader.run(
            """
            import json, sys, mne
            mne.set_log_level("ERROR")
            print(json.dumps(dict(values=mne.io.read_raw(sys.argv[1], preload=True).get_data().T.tolist())))
            """, scratch("out/lsl.int32.vhdr"))
        let expected = filled(Formats.whole(.int32).map(Double.init))
        // mne gives volts for microvolts and leaves what it does not know.
        #expect(
            zip(found.values.map { $0[0] }, stride(from: 0, to: 90, by: 2)).allSatisfy { abs($0 - expected[$1] * 1e-6) < 1e-12 }
        )
        #expect(found.values.count == 45)
        let imported = try Recording(contentsOf: scratch("out/lsl.double64.vhdr"))
        #expect(imported.tracks[0].values == .double64(filled(Formats.reals(.double64))))
        #expect(imported.tracks[0].units[0] == "µV")
    }
}

@Suite struct ForeignStampsTests {
    @Test
    func `a stream that stamps in another epoch is moved to its first arrival when it is read, and kept as sent in the file`()
        throws
    {
        let scratch = ScratchFolder()
        let epoch = 1_790_000_000.0
        let writer = try SessionWriter(folder: scratch("s"), manifest: SmallSession.manifest, devices: [("lsl", "lsl")])
        try writer.setStreams([Formats.stream(.int32)], device: 0)
        let begin = SmallSession.begin
        try writer.append(
            item: SampleRingItem(stream: 0, clockOffset: 0.5, deviceTime: epoch, hostTime: begin), device: 0,
            values: UnsafeBufferPointer(start: nil, count: 0))
        try writer.append(event: DeviceEvent(code: .foreignStamps, value: 99, hostTime: begin + 2), device: 0)
        let item = SampleRingItem(
            stream: 0, channels: 2, frames: 3, firstCounter: 0, missingBefore: 0, hostTime: begin + 2, deviceTime: epoch + 1,
            format: .int32)
        try [Float](repeating: 0, count: 6).withUnsafeBufferPointer { try writer.append(item: item, device: 0, values: $0) }
        try writer.close()
        let file = try XDFReader(path: scratch("s/recording.xdf"))
        #expect(file.streams.first { $0.name == "lsl.int32" }?.stamps == [epoch + 1, epoch + 1.01, epoch + 1.02])
        let recording = try Recording(session: scratch("s"))
        // The event, at the arrival, is the earliest that the file has.
        let track = try #require(recording.tracks.first)
        #expect(abs(track.start) < 1e-6 && zip(track.stamps, [0, 0.01, 0.02]).allSatisfy { abs($0 - $1) < 1e-6 })
        #expect(recording.remarks.contains { $0.contains("another epoch") })
    }
}
