import Foundation
import Sessions
import Signals
import Testing

struct XDFCornerTests {
    private func read(_ raw: RawXDF) throws -> XDFReader { try XDFReader(Data(raw.bytes), path: "test.xdf") }

    @Test func `every number format comes back in its own type`() throws {
        var raw = RawXDF()
        for (index, format) in ["int8", "int16", "int32", "int64", "float32", "double64"].enumerated() {
            raw.header(UInt32(index + 1), format, channels: 2, rate: 10, format: format)
        }
        raw.samples(1, [(1, [0x80, 0x7F])])
        raw.samples(2, [(1, RawXDF.little(Int16.min) + RawXDF.little(Int16.max))])
        raw.samples(3, [(1, RawXDF.little(Int32.min) + RawXDF.little(Int32.max))])
        raw.samples(4, [(1, RawXDF.little(Int64.min) + RawXDF.little(Int64.max))])
        raw.samples(5, [(1, RawXDF.little(Float.pi.bitPattern) + RawXDF.little(Float.infinity.bitPattern))])
        raw.samples(6, [(1, RawXDF.little(Double.pi) + RawXDF.little(-0.0))])
        let streams = try read(raw).streams
        #expect(streams[0].values == .int8([.min, .max]))
        #expect(streams[1].values == .int16([.min, .max]))
        #expect(streams[2].values == .int32([.min, .max]))
        #expect(streams[3].values == .int64([.min, .max]))
        #expect(streams[4].values == .float32([.pi, .infinity]))
        #expect(streams[5].values == .double64([.pi, -0.0]))
    }

    @Test func `stamps that are left out follow by the nominal rate`() throws {
        var raw = RawXDF()
        raw.header(1, "a", rate: 4, format: "int8")
        raw.samples(1, [(10, [1]), (nil, [2]), (nil, [3])])
        raw.samples(1, [(nil, [4]), (20, [5]), (nil, [6])])
        #expect(try read(raw).streams[0].stamps == [10, 10.25, 10.5, 10.75, 20, 20.25])
    }

    @Test func `empty, late, irregular and text streams stand beside each other`() throws {
        var raw = RawXDF()
        raw.header(1, "empty", channels: 3, rate: 100, format: "float32")
        raw.header(2, "text", channels: 2, rate: 0, format: "string")
        raw.text(2, 5, "left", "Grüße 😀")
        raw.samples(3, [(1, [7])])  // Before its header: cannot be read.
        raw.header(3, "late", rate: 0, format: "int8")
        raw.samples(3, [(6, [8]), (6.5, [9])])
        raw.samples(1, [])
        raw.footer(1, count: 0)
        let found = try read(raw)
        #expect(found.streams.map(\.name) == ["empty", "text", "late"])
        #expect(found.streams[0].samples == 0 && found.streams[0].values == .float32([]))
        #expect(found.streams[1].texts == ["left", "Grüße 😀"])
        #expect(found.streams[2].values == .int8([8, 9]) && found.streams[2].stamps == [6, 6.5])
        #expect(found.problems.map(\.text) == ["samples of a stream without a header"])
    }

    @Test func `headers are read in the encodings that they declare`() throws {
        let body = { (encoding: String) in
            "<?xml version=\"1.0\" encoding=\"\(encoding)\"?><!-- <name>no</name> --><info><name>Schädel &#181;V "
                + "&amp; <![CDATA[<raw>]]></name><type>EEG</type><channel_count>1</channel_count><nominal_srate>1"
                + "</nominal_srate><channel_format>int8</channel_format><desc><channels><channel><label>Ö1</label>"
                + "<unit>uV</unit></channel></channels></desc></info>"
        }
        var raw = RawXDF()
        raw.header(1, Array(body("UTF-8").utf8))
        raw.header(2, [0xEF, 0xBB, 0xBF] + Array(body("UTF-8").utf8))
        raw.header(3, Array(body("ISO-8859-1").data(using: .isoLatin1)!))
        raw.header(4, [0xFF, 0xFE] + Array(body("UTF-16").data(using: .utf16LittleEndian)!))
        let streams = try read(raw).streams
        #expect(streams.map(\.name) == Array(repeating: "Schädel µV & <raw>", count: 4))
        #expect(streams.map(\.labels) == Array(repeating: ["Ö1"], count: 4))
        #expect(streams.map(\.units) == Array(repeating: ["uV"], count: 4))
    }

    @Test(arguments: [
        ("<info><?x?><name>a</name></info>", "a", true), ("<?x?> <?y z?><info><name>a</name></info><?x?>", "a", true),
        ("<info><name>a<<?x?>?y?></name></info>", "a", false), ("<info><name>a</name></info><?x", "a", false),
        ("<!DOCTYPE i [<!ENTITY e \"&#60;?x?>\">]><info><name>&e;</name></info>", "", false),
        ("<info><name><![CDATA[<?x?>]]></name><!-- <?x?> <!DOCTYPE --></info>", "<?x?>", true),
        ("<info><name>a</name>" + String(repeating: "<?", count: 200_000), "a", false),
    ])
    func `processing instructions and document types in a header are passed over`(
        header: String, name: String, isWellFormed: Bool
    ) throws {
        let fields = "<channel_count>1</channel_count><nominal_srate>0</nominal_srate><channel_format>float32</channel_format>"
        var raw = RawXDF()
        raw.header(1, Array(header.replacing("<name>", with: fields + "<name>").utf8))
        let found = try read(raw)
        if !name.isEmpty { #expect(found.streams.map(\.name) == [name]) }
        #expect(found.problems.isEmpty == isWellFormed, "\(found.problems)")
    }

    @Test func `a header that is no well-formed XML is read up to its fault, which is told`() throws {
        var raw = RawXDF()
        let start = "<info><name>R&amp;D</name><channel_count>1</channel_count><channel_format>int8</channel_format>"
        for fault in [
            "<type>R&D</type></info>", "<type>EEG</info>", "<type>EEG", "</info>\u{0}", String(repeating: "<a>", count: 300),
        ] {
            raw.header(UInt32(raw.bytes.count), Array((start + fault).utf8))
        }
        let found = try read(raw)
        #expect(found.streams.map(\.name) == Array(repeating: "R&D", count: 5))
        #expect(found.problems.count == 5 && found.problems.allSatisfy { $0.text.contains("no well-formed XML") })
    }

    @Test func `a header whose entities would grow without bound is refused, quickly`() throws {
        var text = "<!DOCTYPE info [<!ENTITY a0 \"aaaaaaaaaa\">"
        for level in 1...12 {
            text += "<!ENTITY a\(level) \"" + String(repeating: "&a\(level - 1);", count: 10) + "\">"
        }
        text += "]><info><name>&a12;</name><channel_count>1</channel_count><channel_format>int8</channel_format></info>"
        var raw = RawXDF()
        raw.header(1, Array(text.utf8))
        let found = try read(raw)
        #expect(found.streams.allSatisfy { $0.name.utf8.count < 10_000 })
    }

    @Test(arguments: [-9, 5, 1000, 1 << 30])
    func `a chunk with a wrong length costs the data up to the next boundary, no more`(error: Int) throws {
        var raw = RawXDF()
        raw.header(1, "a", rate: 10, format: "int16")
        let rows = { (start: Double) in
            (0..<10).map { (Double?(start + Double($0)), RawXDF.little(Int16($0))) }
        }
        raw.samples(1, rows(0))
        raw.boundary()
        // 4 bytes of identifier, 5 of the number, 11 for each row, 2 of the tag.
        raw.samples(1, rows(100), length: 121 + error)
        raw.boundary()
        raw.samples(1, rows(200))
        let found = try read(raw)
        #expect(!found.problems.isEmpty)
        let stamps = found.streams[0].stamps
        #expect(stamps.prefix(10) == (0..<10).map { Double($0) }[...])
        #expect(stamps.suffix(10) == (200..<210).map { Double($0) }[...])
        #expect(stamps.dropFirst(10).dropLast(10).allSatisfy { (100..<110).contains($0) })
    }

    @Test func `a chunk of a later version's kind is passed over`() throws {
        var raw = RawXDF()
        raw.header(1, "a", rate: 10, format: "int8")
        raw.chunk(77, [1, 2, 3])
        raw.samples(1, [(1, [5])])
        let found = try read(raw)
        #expect(found.streams[0].values == .int8([5]))
        #expect(found.problems.map(\.text) == ["a chunk of an unknown kind"])
    }

    @Test func `ten thousand flipped bits and any cut leave a readable file or an error, with whole samples`()
        throws
    {
        let scratch = ScratchFolder()
        try SmallSession(blocks: 1).write(scratch("s")) { writer, _ in
            try writer.sync()
            return true
        }
        let whole = Array(try Data(contentsOf: URL(fileURLWithPath: scratch("s/recording.xdf"))))
        func check(_ bytes: [UInt8], _ what: String) {
            guard let found = try? XDFReader(Data(bytes), path: "test") else { return }
            for stream in found.streams where stream.format != .string {
                #expect(stream.values.count == stream.samples * stream.channels, "\(what)")
            }
        }
        for length in 0..<whole.count { check(Array(whole[..<length]), "cut at \(length)") }
        var random = SplitMix64(seed: 20_240_601)
        for _ in 0..<10_000 {
            let bit = Int(random.next() % UInt64(whole.count * 8))
            var damaged = whole
            damaged[bit / 8] ^= 1 << (bit % 8)
            check(damaged, "bit \(bit)")
        }
    }
}
