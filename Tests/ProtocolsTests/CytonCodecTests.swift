import Protocols
import Signals
import Testing

/// All packets in `bytes`, fed in pieces of `chunk` bytes.
private func packets(_ bytes: [UInt8], chunk: Int) -> (packets: [CytonPacket], skipped: UInt64) {
    var parser = CytonPacketParser()
    var found: [CytonPacket] = []
    for start in stride(from: 0, to: bytes.count, by: chunk) {
        bytes[start..<min(start + chunk, bytes.count)].withUnsafeBytes { piece in
            parser.feed(piece) { found.append(CytonPacket($0)) }
        }
    }
    return (found, parser.skipped)
}

struct CytonCodecTests {
    private func stream(_ count: Int) -> [CytonPacket] {
        var random = SplitMix64(seed: 7)
        return (0..<count).map { index in
            CytonPacket(
                counter: UInt8(index & 0xFF),
                counts: (0..<8).map { _ in Int32(random.integer(below: 1 << 24)) - 1 << 23 },
                auxiliary: (0..<6).map { _ in UInt8(random.integer(below: 256)) })
        }
    }

    @Test func `a packet has the bytes that the data format page lists`() {
        let packet = CytonPacket(counter: 5, counts: [1, -1, 0x7F_FFFF, -0x80_0000, 0, 0, 0, 256])
        let bytes = packet.bytes
        #expect(bytes.count == 33)
        #expect(bytes[0...13] == [0xA0, 5, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0x80, 0, 0])
        #expect(bytes[23...25] == [0, 1, 0])
        #expect(bytes[32] == 0xC0)
        #expect(bytes.withUnsafeBytes { CytonPacket($0) } == packet)
    }

    @Test func `one count at gain 24 is 0.02235 microvolt`() {
        // OpenBCI's documentation: 4.5 / 24 / (2^23 - 1) = 0.02235 µV per count.
        #expect(abs(CytonScale.voltsPerCount(gain: 24) * 1e6 - 0.02235) < 1e-5)
    }

    @Test func `a dripped stream gives the same packets as one piece`() {
        let sent = stream(50)
        let bytes = sent.flatMap(\.bytes)
        for chunk in [1, 7, 33, 64, bytes.count] {
            let result = packets(bytes, chunk: chunk)
            #expect(result.packets == sent)
            #expect(result.skipped == 0)
        }
    }

    @Test func `packets are found again after garbage that looks like headers`() {
        let sent = stream(6)
        let garbage: [UInt8] = [0xA0, 0x12, 0xA0, 0xA0, 0xC0, 0xFF, 0xC0]
        let bytes = sent[0...2].flatMap(\.bytes) + garbage + sent[3...5].flatMap(\.bytes)
        for chunk in [1, 5, bytes.count] {
            let result = packets(bytes, chunk: chunk)
            #expect(result.packets == sent)
            #expect(result.skipped == UInt64(garbage.count))
        }
    }

    @Test func `a lost byte costs one packet`() {
        let sent = stream(10)
        var bytes = sent.flatMap(\.bytes)
        bytes.remove(at: 4 * 33 + 10)
        let result = packets(bytes, chunk: 11)
        #expect(result.packets.filter { sent.contains($0) }.count == 9)
        #expect(result.skipped == 32)
    }

    @Test(arguments: [2, 11, 20, 31]) func `a whole packet between two cut ones is read, and none is made of two`(cut: Int) {
        let sent = stream(12)
        var bytes: [UInt8] = []
        for (index, packet) in sent.enumerated() {
            bytes += index == 4 || index == 6 ? Array(packet.bytes[..<cut]) : packet.bytes
        }
        let result = packets(bytes, chunk: 7)
        #expect(result.packets.map(\.counter) == [0, 1, 2, 3, 5, 7, 8, 9, 10, 11])
        #expect(result.packets.allSatisfy(sent.contains))
        #expect(result.skipped == UInt64(2 * cut))
    }

    @Test func `random bytes never trap and are all accounted for`() {
        var random = SplitMix64(seed: 99)
        for _ in 0..<200 {
            let bytes = (0..<500).map { _ in
                [0xA0, 0xC0, 0xC3, UInt8(random.integer(below: 256))][random.integer(below: 4)]
            }
            let whole = packets(bytes, chunk: bytes.count)
            let dripped = packets(bytes, chunk: 1)
            #expect(whole.packets == dripped.packets)
            // A packet may wait for the one that confirms it: three packets' bytes at most.
            let accounted = whole.packets.count * 33 + Int(whole.skipped)
            #expect(accounted <= bytes.count && accounted > bytes.count - 3 * 33)
        }
    }

    @Test func `the start-up text names firmware and boards`() {
        let start = CytonStartUp(CytonStartUp.text(hasDaisy: true))
        #expect(start?.firmware == "v3.1.2")
        #expect(start?.hasDaisy == true)
        #expect(CytonStartUp(CytonStartUp.text(hasDaisy: false))?.hasDaisy == false)
        #expect(CytonStartUp("garbage $$$") == nil)
        #expect(CytonStartUp("OpenBCI V3 8-16 channel") == nil)
    }

    @Test func `commands are the characters of the board's manual`() {
        #expect(CytonCommand.startStreaming.bytes == Array("b".utf8))
        #expect(CytonCommand.channel(3, isOn: false).bytes == Array("3".utf8))
        #expect(CytonCommand.channel(3, isOn: true).bytes == Array("#".utf8))
        #expect(CytonCommand.gain(channel: 2, gain: 24).bytes == Array("x2060110X".utf8))
        #expect(CytonCommand.gain(channel: 2, gain: 25).bytes == nil)
    }
}
