import Foundation
import Sessions
import Signals
import Testing

/// Every kind of stream that XDF knows, written by us and read by pyxdf.
struct XDFKindsTests {
    private struct Loaded: Decodable {
        struct Stream: Decodable {
            var name: String
            var format: String
            var dtype: String
            var rate: Double
            var values: [[Double]]
            var texts: [String]
            var stamps: [Double]
            var footer: Int
            var offsets: Int
        }
        var streams: [Stream]
        var boundaries: Int
    }

    private static let script = """
        import json, sys, pyxdf
        streams, header = pyxdf.load_xdf(sys.argv[1], synchronize_clocks=True, dejitter_timestamps=False)
        found = []
        for s in streams:
            text = isinstance(s["time_series"], list)
            found.append(dict(name=s["info"]["name"][0], format=s["info"]["channel_format"][0],
                dtype="text" if text else str(s["time_series"].dtype), rate=float(s["info"]["nominal_srate"][0]),
                values=[] if text else s["time_series"].astype(float).tolist(),
                texts=[row[0] for row in s["time_series"]] if text else [], stamps=[float(t) for t in s["time_stamps"]],
                footer=int(s["footer"]["info"]["sample_count"][0]), offsets=len(s["clock_times"])))
        boundary = bytes.fromhex("43A546DCCBF5410FB30ED5467383CBE4")
        print(json.dumps(dict(streams=found, boundaries=open(sys.argv[1], "rb").read().count(boundary))))
        """

    @Test(.enabled(if: PythonReader.isThere, "needs LARMOR_PYTHON with pyxdf"))
    func `pyxdf reads numbers of every format, texts, irregular streams, clock offsets, boundaries and footers`() throws {
        let scratch = ScratchFolder()
        // A file of every format, imported: our writer writes them again.
        var source = RawXDF()
        let formats = ["float32", "double64", "int8", "int16", "int32", "int64"]
        for (index, format) in formats.enumerated() {
            source.header(UInt32(index + 1), format, rate: index == 5 ? 0 : 10, format: format)
            let rows: [(stamp: Double?, bytes: [UInt8])] = (0..<20).map { sample in
                let value = sample * 5 - 50
                let bytes: [UInt8] =
                    switch format {
                    case "float32": RawXDF.little(Float(value).bitPattern)
                    case "double64": RawXDF.little(Double(value))
                    case "int8": RawXDF.little(Int8(value))
                    case "int16": RawXDF.little(Int16(value * 100))
                    case "int32": RawXDF.little(Int32(value * 100_000))
                    default: RawXDF.little(Int64(value) * 1_000_000_000)
                    }
                return (100 + Double(sample) * 0.1, bytes)
            }
            source.samples(UInt32(index + 1), rows)
        }
        source.header(7, "words", rate: 0, format: "string")
        source.text(7, 100.5, "one")
        source.text(7, 101.5, "grüße")
        try source.write(scratch("source.xdf"))
        _ = try SessionImport(scratch("source.xdf"), to: scratch("s"), version: "test")
        let loaded: Loaded = try PythonReader.run(Self.script, scratch("s/recording.xdf"))
        for (index, format) in formats.enumerated() {
            let stream = try #require(loaded.streams.first { $0.name == format })
            let factor = [1, 1, 1, 100, 100_000, 1_000_000_000][index]
            #expect(stream.format == format && stream.footer == 20 && stream.rate == (index == 5 ? 0 : 10))
            #expect(stream.values == (0..<20).map { [Double(($0 * 5 - 50) * factor)] })
            #expect(zip(stream.stamps, 0..<20).allSatisfy { abs($0 - 100 - Double($1) * 0.1) < 1e-6 })
        }
        // Texts stay in their own stream, at their own stamps.
        let words = try #require(loaded.streams.first { $0.name == "words" })
        #expect(words.stamps == [100.5, 101.5])
        #expect(words.texts == ["one", "grüße"] && words.dtype == "text" && words.footer == 2)
    }

    @Test(.enabled(if: PythonReader.isThere, "needs LARMOR_PYTHON with pyxdf"))
    func `each sync puts a boundary and an offset of every stream's clock on the disk`() throws {
        let scratch = ScratchFolder()
        try SmallSession(blocks: 4).write(scratch("s")) { writer, _ in
            try writer.sync()
            return true
        }
        let loaded: Loaded = try PythonReader.run(Self.script, scratch("s/recording.xdf"))
        #expect(loaded.boundaries >= 4)
        for stream in loaded.streams { #expect(stream.offsets >= 4, "\(stream.name)") }
        // Offsets are 0: the stamps are on the recorder's clock already.
        let eeg = try #require(loaded.streams.first { $0.name == "headset.eeg" })
        #expect(abs((eeg.stamps.last ?? 0) - SmallSession.time(99).seconds) < 1e-6)
    }
}
