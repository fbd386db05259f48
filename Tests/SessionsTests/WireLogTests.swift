import Foundation
import Sessions
import Signals
import Testing

private func records(_ bytes: [UInt8]) -> (records: [WireLogRecord], damages: [WireLogReader.Damage]) {
    var reader = WireLogReader(Data(bytes), path: "test")
    var found: [WireLogRecord] = []
    while let record = reader.next() { found.append(record) }
    return (found, reader.damages)
}

struct WireLogTests {
    /// The log of a small session, and where each of its records begins.
    private func log() throws -> (bytes: [UInt8], starts: [Int]) {
        let scratch = ScratchFolder()
        try SmallSession(blocks: 5).write(scratch("s"))
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: scratch("s/wire/headset.wire"))))
        // Header of 28 bytes before a body of 2, then of 100 bytes each.
        return (bytes, [0] + (0..<5).map { 30 + $0 * 128 })
    }

    @Test func `records come back with kind, time and bytes`() throws {
        let (found, damages) = records(try log().bytes)
        #expect(damages.isEmpty)
        #expect(found.map(\.kind) == [.configuration] + Array(repeating: .received, count: 5))
        for block in 0..<5 {
            #expect(found[block + 1].body == SmallSession.body(block))
            #expect(found[block + 1].hostTime == SmallSession.time(UInt64(block * 25 + 24)))
        }
    }

    @Test func `a record has the layout that the documentation lists`() throws {
        let (bytes, starts) = try log()
        let header = Array(bytes[starts[1]..<starts[1] + 28])
        #expect(header[0..<4].elementsEqual("LWR1".utf8))
        #expect(Array(header[4..<12]) == [1, 0, 0, 0, 100, 0, 0, 0])
        // CRC-32C bit by bit (RFC 3720, B.4: reflected polynomial 0x82F63B78).
        var check: UInt32 = .max
        for byte in header[0..<20] {
            check ^= UInt32(byte)
            for _ in 0..<8 { check = check & 1 == 1 ? check >> 1 ^ 0x82F6_3B78 : check >> 1 }
        }
        check = ~check
        #expect(Array(header[20..<24]) == (0..<4).map { UInt8(truncatingIfNeeded: check >> (8 * $0)) })
    }

    @Test func `a log that is cut anywhere gives every whole record and one damage at most`() throws {
        let (bytes, starts) = try log()
        let ends = starts.dropFirst() + [bytes.count]
        for length in 0..<bytes.count {
            let (found, damages) = records(Array(bytes[..<length]))
            let whole = ends.filter { $0 <= length }.count
            #expect(found.count == whole, "cut at \(length)")
            let rest = length - (whole == 0 ? 0 : Array(ends)[whole - 1])
            #expect(damages.map(\.length) == (rest == 0 ? [] : [rest]), "cut at \(length)")
            #expect(damages.allSatisfy { $0.cause == .cutTail }, "cut at \(length)")
        }
    }

    @Test func `rubbish between records is skipped and its place and length are told`() throws {
        let (bytes, starts) = try log()
        let rubbish = [UInt8](repeating: 0x4C, count: 77)
        let (found, damages) = records(Array(bytes[..<starts[3]]) + rubbish + Array(bytes[starts[3]...]))
        #expect(found.count == 6)
        #expect(damages.map(\.offset) == [starts[3]] && damages.map(\.length) == [77])
        #expect(damages.map(\.cause) == [.noRecord])
    }

    @Test func `a flipped bit costs the record that it hits and no other`() throws {
        let (bytes, starts) = try log()
        let ends = Array(starts.dropFirst()) + [bytes.count]
        for bit in 0..<bytes.count * 8 {
            var damaged = bytes
            damaged[bit / 8] ^= 1 << (bit % 8)
            let hit = ends.firstIndex { bit / 8 < $0 }!
            let (found, damages) = records(damaged)
            #expect(found.count == 5, "bit \(bit)")
            #expect(damages.count == 1 && damages[0].offset == starts[hit], "bit \(bit)")
        }
    }
}
