import Protocols
import Signals
import Testing

private struct File: Decodable {
    struct Packet: Decodable {
        var name: String
        var hex: String
        var raw: [Int16]?
        var microvolt: [Double]?
        var poor: UInt8?
        var attention: UInt8?
        var meditation: UInt8?
        var bands: [UInt32]?
    }

    struct Stream: Decodable {
        var hex: String
        var raw: [Int16]
        var skipped: UInt64
        var corrupt: UInt64
    }

    var packets: [Packet]
    var stream: Stream
}

private func parse(_ bytes: [UInt8], chunk: Int) -> (values: [[ThinkGearPacket.Value]], skipped: UInt64, corrupt: UInt64) {
    var parser = ThinkGearParser()
    var found: [[ThinkGearPacket.Value]] = []
    for start in stride(from: 0, to: bytes.count, by: chunk) {
        bytes[start..<min(start + chunk, bytes.count)].withUnsafeBytes { piece in
            parser.feed(piece) { payload, _ in found.append(ThinkGearPacket.values(payload)) }
        }
    }
    return (found, parser.skipped, parser.corrupt)
}

struct ThinkGearCodecTests {
    @Test func `every packet of the vectors is read as the guide says`() throws {
        for vector in try vectors("thinkgear", as: File.self).packets {
            let values = parse(bytes(hex: vector.hex), chunk: 1).values.flatMap { $0 }
            var raw: [Int16] = []
            for value in values {
                switch value {
                case .raw(let count): raw.append(count)
                case .poorSignal(let level): #expect(level == vector.poor, "\(vector.name)")
                case .attention(let level): #expect(level == vector.attention, "\(vector.name)")
                case .meditation(let level): #expect(level == vector.meditation, "\(vector.name)")
                case .bandPowers(let powers): #expect(powers == vector.bands, "\(vector.name)")
                }
            }
            #expect(raw == vector.raw ?? [], "\(vector.name)")
            for (count, microvolt) in zip(raw, vector.microvolt ?? []) {
                #expect(isClose(Double(count) * ThinkGearPacket.voltsPerCount * 1e6, microvolt))
            }
            let named = [vector.poor != nil, vector.attention != nil, vector.meditation != nil, vector.bands != nil]
            #expect(values.count == raw.count + named.filter { $0 }.count, "\(vector.name)")
        }
    }

    @Test func `packets of known values have the bytes of the vectors`() throws {
        for vector in try vectors("thinkgear", as: File.self).packets where vector.raw?.count == 1 {
            #expect(ThinkGearPacket.bytes([.raw(vector.raw![0])]) == bytes(hex: vector.hex))
        }
    }

    @Test func `damaged packets are skipped and counted, in pieces of every size`() throws {
        let stream = try vectors("thinkgear", as: File.self).stream
        for chunk in [1, 3, 8, 1000] {
            let result = parse(bytes(hex: stream.hex), chunk: chunk)
            #expect(result.values == stream.raw.map { [.raw($0)] })
            #expect(result.skipped == stream.skipped && result.corrupt == stream.corrupt)
        }
    }

    @Test func `no bytes make it trap, and pieces of every size give the same`() {
        var random = SplitMix64(seed: 4)
        for _ in 0..<300 {
            let bytes = (0..<200).map { _ -> UInt8 in
                [0xAA, 0xAA, 4, 0x80, UInt8(random.integer(below: 256))][random.integer(below: 5)]
            }
            #expect(parse(bytes, chunk: 200).values == parse(bytes, chunk: 1).values)
        }
    }
}
