import Foundation
import Protocols
import Testing

/// firmware-protocols/cyton/vectors.json, made by a script that shares no code with the codec.
private struct Vectors: Decodable {
    struct Packet: Decodable {
        var name: String
        var hex: String
        var counter: UInt8
        var counts: [Int32]
        var gain: Int
        var microvolt: [Double]
        var acceleration_g: [Double]?
        var footer: UInt8
    }

    struct Stream: Decodable {
        var hex: String
        var counters: [UInt8]
        var skipped: UInt64
    }

    var packets: [Packet]
    var stream: Stream

    static func load() throws -> Vectors {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../firmware-protocols/cyton/vectors.json")
        return try JSONDecoder().decode(Vectors.self, from: Data(contentsOf: file))
    }
}

private func bytes(_ hex: String) -> [UInt8] {
    let digits = Array(hex)
    return stride(from: 0, to: digits.count, by: 2).compactMap {
        UInt8(String(digits[$0...$0 + 1]), radix: 16)
    }
}

struct CytonVectorTests {
    @Test func `every packet of the vectors is read as the format page says`() throws {
        for vector in try Vectors.load().packets {
            bytes(vector.hex).withUnsafeBytes { raw in
                let packet = CytonPacket(raw)
                #expect(packet.counter == vector.counter, "\(vector.name)")
                #expect(packet.counts == vector.counts, "\(vector.name)")
                #expect(packet.footer.rawValue == vector.footer, "\(vector.name)")
                for (channel, expected) in vector.microvolt.enumerated() {
                    let found =
                        Double(packet.counts[channel]) * CytonScale.voltsPerCount(gain: vector.gain) * 1e6
                    #expect(abs(found - expected) <= 1e-12 * abs(expected), "\(vector.name)")
                }
                let axes = vector.acceleration_g ?? []
                for (axis, expected) in axes.enumerated() {
                    let found = Double(CytonPacket.auxiliary(raw, word: axis)) * CytonScale.gravityPerCount
                    #expect(abs(found - expected) <= 1e-12 * abs(expected), "\(vector.name)")
                }
            }
        }
    }

    @Test func `every packet of the vectors is written with the same bytes`() throws {
        for vector in try Vectors.load().packets {
            let raw = bytes(vector.hex)
            let packet = CytonPacket(
                counter: vector.counter, counts: vector.counts, auxiliary: Array(raw[26..<32]),
                footer: try #require(CytonPacket.Footer(rawValue: vector.footer)))
            #expect(packet.bytes == raw, "\(vector.name)")
        }
    }

    @Test func `the stream with garbage gives the packets around it`() throws {
        let stream = try Vectors.load().stream
        var parser = CytonPacketParser()
        var counters: [UInt8] = []
        bytes(stream.hex).withUnsafeBytes { parser.feed($0) { counters.append($0[1]) } }
        #expect(counters == stream.counters)
        #expect(parser.skipped == stream.skipped)
    }
}
