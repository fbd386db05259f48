import Foundation
import Sessions
import Testing

/// Files that promise more than they hold, or nothing at all: each import says so.
struct CutFilesTests {
    private let scratch = ScratchFolder()

    private func read(_ bytes: [UInt8], _ name: String = "a") throws -> Recording {
        try Data(bytes).write(to: URL(fileURLWithPath: scratch(name)))
        return try Recording(contentsOf: scratch(name))
    }

    private static func little<T: FixedWidthInteger>(_ value: T) -> [UInt8] { RawXDF.little(value) }

    /// A WAV file of two channels and 16 bits, put together by hand.
    private static func wav(frames: Int, said: UInt32? = nil, extra: [UInt8] = []) -> [UInt8] {
        let body = (0..<frames * 2).flatMap { little(Int16(truncatingIfNeeded: $0 * 31)) }
        let format =
            little(UInt16(1)) + little(UInt16(2)) + little(UInt32(8000)) + little(UInt32(32_000)) + little(UInt16(4))
            + little(UInt16(16))
        let chunks =
            Array("fmt ".utf8) + little(UInt32(16)) + format + extra + Array("data".utf8)
            + little(said ?? UInt32(body.count)) + body
        return Array("RIFF".utf8) + little(UInt32(chunks.count + 4)) + Array("WAVE".utf8) + chunks
    }

    @Test func `a WAV file that was cut, or that nobody closed, is read as far as it goes, with a remark`() throws {
        let whole = try read(Self.wav(frames: 500))
        #expect(whole.remarks.isEmpty && whole.tracks[0].samples == 500)
        // Other chunks before the samples are passed over.
        #expect(
            try read(Self.wav(frames: 500, extra: Array("LIST".utf8) + Self.little(UInt32(3)) + [1, 2, 3, 0])).remarks.isEmpty)
        let cut = try read(Array(Self.wav(frames: 500).dropLast(4 * 200 + 1)))
        #expect(cut.tracks[0].samples == 299 && cut.tracks[0].values == .float32(Array(whole.tracks[0].values.floats[..<598])))
        #expect(cut.remarks == ["its header says 500 frames; 299 whole ones are there: the file was cut"])
        let open = try read(Self.wav(frames: 500, said: .max))
        #expect(open.tracks[0].samples == 500 && open.remarks.contains { $0.contains("did not close it") }, "\(open.remarks)")
        let none = try read(Self.wav(frames: 0))
        #expect(none.remarks == ["it holds no samples"])
    }

    @Test func `sound that cannot be read is refused in our own words`() throws {
        var broken = Self.wav(frames: 10)
        broken.replaceSubrange(20..<22, with: [0xEE, 0xEE])
        for bytes in [broken, Array(Self.wav(frames: 10).prefix(20))] {
            let error = #expect(throws: SessionError.self) { try read(bytes) }
            let text = error?.description ?? ""
            #expect(text.contains("expected") && !text.contains("Error :") && !text.contains("System error"), "\(text)")
        }
    }

    @Test func `an XDF file of four bytes, one without a header and one without a stream say so`() throws {
        let bare = try read(Array("XDF:".utf8))
        #expect(bare.remarks == ["it has no file header behind “XDF:”", "it holds no stream"])
        let noHeader = try read(Array("XDF:".utf8) + [1, 2, 5, 0])
        #expect(noHeader.remarks.contains { $0.contains("it has no file header") }, "\(noHeader.remarks)")
        #expect(try read(RawXDF().bytes).remarks == ["it holds no stream"])
        let made = try SessionImport(scratch("a"), to: scratch("s"), version: "test")
        #expect(made.remarks == ["it holds no stream"])
    }

    @Test(arguments: ["1e999", "-250", "nan", "fast", "inf"])
    func `a stream whose rate is none counts as irregular, with a remark`(rate: String) throws {
        var file = RawXDF()
        file.header(
            1,
            Array(
                """
                <?xml version="1.0"?><info><name>x</name><type>EEG</type><channel_count>1</channel_count>\
                <nominal_srate>\(rate)</nominal_srate><channel_format>int16</channel_format></info>
                """.utf8))
        file.samples(1, [(10, [1, 0]), (11, [2, 0])])
        file.footer(1, count: 2)
        let found = try read(file.bytes)
        #expect(found.tracks[0].rate == 0 && found.tracks[0].samples == 2)
        #expect(found.remarks.count == 1 && found.remarks[0].contains("“\(rate)” is no rate"), "\(found.remarks)")
    }

    @Test func `irregular streams, rates of zero and channels without a number are no news or an error`() throws {
        var file = RawXDF()
        file.header(1, "x", rate: 0, format: "string", type: "Markers")
        file.text(1, 5, "hi")
        #expect(try read(file.bytes).remarks.isEmpty)
        var none = RawXDF()
        none.header(1, "x", channels: 0, rate: 100, format: "float32")
        #expect(try read(none.bytes).remarks.contains { $0.contains("no usable channel count") })
    }

    @Test func `other importers tell empty files and a last line that may be cut`() throws {
        let head = """
            %OpenBCI Raw EXG Data
            %Number of channels = 1
            %Sample Rate = 250 Hz
            Sample Index, EXG Channel 0, Timestamp

            """
        #expect(try read(Array(head.utf8)).remarks == ["it holds no samples"])
        let rows = (0..<4).map { "\($0), \($0).25, \(1_557_936_053_000 + 4 * $0)\n" }.joined()
        #expect(try read(Array((head + rows).utf8)).remarks.isEmpty)
        let cut = try read(Array((head + rows.dropLast(5)).utf8))
        #expect(cut.remarks.first?.contains("line 8, the last one, has no end") == true, "\(cut.remarks)")
        let header = """
            Brain Vision Data Exchange Header File Version 1.0
            [Common Infos]
            DataFile=a.eeg
            DataFormat=BINARY
            DataOrientation=MULTIPLEXED
            NumberOfChannels=1
            SamplingInterval=4000
            [Binary Infos]
            BinaryFormat=INT_16
            """
        try Data().write(to: URL(fileURLWithPath: scratch("a.eeg")))
        #expect(try read(Array(header.utf8), "a.vhdr").remarks.contains { $0.contains("it holds no samples") })
        for interval in ["1e999", "nan", "0", "-1"] {
            let error = #expect(throws: SessionError.self) {
                try read(Array(header.replacing("=4000", with: "=" + interval).utf8), "a.vhdr")
            }
            #expect(error?.description.contains("SamplingInterval") == true)
        }
    }
}

extension XDFValues {
    fileprivate var floats: [Float] { (0..<count).map { Float(self[$0]) } }
}
