import Protocols
import Signals
import Testing

@Suite struct LSLRecordTests {
    private struct Samples: Decodable {
        var hex: String
        var format: UInt8
        var before: UInt64
        var stamps: [Double]
        var rows: [[Double]]
    }
    private struct Texts: Decodable {
        var hex: String
        var before: UInt64
        var stamps: [Double]
        var rows: [[String]]
    }
    private struct Offset: Decodable {
        var hex: String
        var remote, correction, uncertainty, host_minus_local: Double
    }
    private struct File: Decodable {
        var samples: [Samples]
        var texts: Texts
        var clock_offset: Offset
    }

    private func file() throws -> File { try vectors("lsl", as: File.self) }

    /// Kinds and whole records that a parser finds.
    private func parse(_ bytes: [UInt8], chunk: Int) -> (records: [(LSLRecord.Kind?, [UInt8])], skipped: UInt64) {
        var parser = LSLRecordParser()
        var records: [(LSLRecord.Kind?, [UInt8])] = []
        for start in stride(from: 0, to: bytes.count, by: chunk) {
            bytes[start..<min(bytes.count, start + chunk)].withUnsafeBytes { piece in
                parser.feed(piece) { records.append(($0, Array($1))) }
            }
        }
        return (records, parser.skipped)
    }

    @Test func `chunks of every number format have the vectors' values and stamps`() throws {
        for vector in try file().samples {
            let record = try #require(parse(bytes(hex: vector.hex), chunk: 7).records.first)
            #expect(record.0 == .samples)
            record.1.withUnsafeBytes { raw in
                guard let chunk = LSLChunk(raw) else {
                    Issue.record("the chunk is refused")
                    return
                }
                #expect(chunk.format.rawValue == vector.format && chunk.firstSample == vector.before)
                #expect(chunk.channels == 2 && chunk.samples == 2)
                #expect((0..<2).map(chunk.stamp) == vector.stamps)
                #expect((0..<4).map(chunk.value) == vector.rows.flatMap { $0 })
            }
        }
    }

    @Test func `texts come whole, sample by sample`() throws {
        let vector = try file().texts
        bytes(hex: vector.hex).withUnsafeBytes { raw in
            guard let chunk = LSLChunk(raw) else {
                Issue.record("the chunk is refused")
                return
            }
            var rows = [[String]](repeating: [], count: chunk.samples)
            chunk.forEachText { sample, channel, text in
                #expect(rows[sample].count == channel)
                rows[sample].append(String(decoding: text, as: UTF8.self))
            }
            #expect(rows == vector.rows && chunk.firstSample == vector.before)
        }
    }

    @Test func `a clock offset is read and written as the vector has it`() throws {
        let vector = try file().clock_offset
        let raw = bytes(hex: vector.hex)
        let found = try #require(raw.withUnsafeBytes { LSLClockOffset($0) })
        #expect(
            found
                == LSLClockOffset(
                    remote: vector.remote, correction: vector.correction, uncertainty: vector.uncertainty,
                    hostMinusLocal: vector.host_minus_local))
        #expect(found.offset == vector.correction + vector.host_minus_local)
        var written = [UInt8](repeating: 0xAA, count: LSLClockOffset.size)
        written.withUnsafeMutableBytes { found.put(into: $0) }
        #expect(written == raw)
        #expect(parse(raw, chunk: 1).records.first?.0 == .clockOffset)
    }

    @Test func `a cut record is refused, never read beyond its end`() throws {
        let file = try file()
        for hex in file.samples.map(\.hex) + [file.texts.hex] {
            let whole = bytes(hex: hex)
            for length in 0..<whole.count { #expect(whole[..<length].withUnsafeBytes { LSLChunk($0) == nil }) }
        }
    }

    @Test func `garbage between records is skipped and counted`() throws {
        let good = bytes(hex: try file().samples[0].hex)
        var wrong = good
        wrong[4...7] = [0xFF, 0xFF, 0xFF, 0x7F]
        let stream = [0x4C, 0x53, 0x4C, 0x02] + good + wrong + good + [9]
        for chunk in [1, 11, stream.count] {
            let found = parse(stream, chunk: chunk)
            #expect(found.records.map(\.1) == [good, good])
            #expect(found.skipped == UInt64(4 + wrong.count + 1))
        }
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `bytes that were changed at random never trap`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let file = try file()
        let good = file.samples.map { bytes(hex: $0.hex) } + [bytes(hex: file.texts.hex), bytes(hex: file.clock_offset.hex)]
        for _ in 0..<3000 {
            var record = good[random.integer(below: good.count)]
            for _ in 0...random.integer(below: 4) {
                record[random.integer(below: record.count)] = UInt8(random.integer(below: 256))
            }
            record.withUnsafeBytes { raw in
                _ = LSLClockOffset(raw)
                guard let chunk = LSLChunk(raw) else { return }
                for sample in 0..<chunk.samples { _ = chunk.stamp(sample) }
                for index in 0..<(chunk.format == .string ? 0 : chunk.samples * chunk.channels) { _ = chunk.value(index) }
                chunk.forEachText { _, _, text in _ = text.count }
            }
            _ = parse(record + good[0], chunk: 1 + random.integer(below: 40))
        }
    }
}
