import Protocols
import Simulators
import Testing

/// Always the same microvolts in all channels.
private struct Constant: EEGSource {
    var microvolts: [Double]
    mutating func next() -> [Double] { microvolts }
}

@Suite struct CytonFirmwareTests {
    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private func firmware(_ microvolts: [Double] = [0], hasDaisy: Bool = false) -> CytonFirmware {
        CytonFirmware(source: Constant(microvolts: microvolts), hasDaisy: hasDaisy)
    }

    private func counts(_ firmware: inout CytonFirmware) -> [Int32] {
        firmware.nextPacket().withUnsafeBytes { CytonPacket($0).counts }
    }

    @Test func `a soft reset answers with the start-up text that the board's manual shows`() {
        var firmware = firmware()
        let answer = text(firmware.receive(Array("v".utf8)))
        #expect(answer.hasPrefix("OpenBCI V3 8-16 channel") && answer.hasSuffix("$$$"))
        #expect(CytonStartUp(answer)?.firmware == "v3.1.2")
        #expect(CytonStartUp(answer)?.majorVersion == 3)
        #expect(CytonStartUp(answer)?.hasDaisy == false)
    }

    @Test func `it streams between b and s and counts its packets from 0 to 255 and round`() {
        var firmware = firmware()
        #expect(!firmware.isStreaming)
        _ = firmware.receive(Array("b".utf8))
        #expect(firmware.isStreaming)
        let counters = (0..<300).map { _ in firmware.nextPacket()[1] }
        #expect(counters == (0..<300).map { UInt8($0 & 0xFF) })
        _ = firmware.receive(Array("s".utf8))
        #expect(!firmware.isStreaming)
    }

    @Test func `a channel setting changes the gain, so that a microvolt has more or fewer counts`() {
        var firmware = firmware([1000])
        #expect(text(firmware.receive(Array("x2030110X".utf8))).hasPrefix("Success"))
        // 1 mV at gain 24 and gain 6 (digit 3): counts = 1e-3 · gain · (2²³ − 1) / 4.5, rounded.
        let counts = counts(&firmware)
        #expect(counts[0] == 44_739)
        #expect(counts[1] == 11_185)
    }

    @Test func `a setting that is no setting is refused in words`() {
        for command in ["x9060110X", "x1070110X", "x1a60110X", "x106X", "zQ01Z", "z123Z", "/9", "~0"] {
            var firmware = firmware()
            #expect(text(firmware.receive(Array(command.utf8))).hasPrefix("Failure"), "\(command)")
            #expect(firmware.gains == [Int](repeating: 24, count: 16))
        }
    }

    @Test func `a channel that is off sends zeros`() {
        var firmware = firmware([1000])
        _ = firmware.receive(Array("3".utf8))
        let sent = counts(&firmware)
        #expect(sent[2] == 0 && sent[3] != 0)
        _ = firmware.receive(Array("#".utf8))
        #expect(firmware.isOn.allSatisfy { $0 })
    }

    @Test func `what is beyond the converter's range is at its limit`() {
        var firmware = firmware([1e9, -1e9])
        let sent = counts(&firmware)
        #expect(sent[0] == 8_388_607 && sent[1] == -8_388_608)
    }

    @Test func `a Daisy is found at the start and can be switched off and on`() {
        var alone = firmware()
        #expect(text(alone.receive(Array("C".utf8))) == "no daisy to attach!8$$$")
        #expect(alone.receive(Array("c".utf8)).isEmpty)
        var both = firmware(hasDaisy: true)
        #expect(CytonStartUp(text(both.receive(Array("v".utf8))))?.hasDaisy == true)
        #expect(text(both.receive(Array("C".utf8))) == "16$$$")
        #expect(text(both.receive(Array("c".utf8))) == "daisy removed$$$")
        #expect(text(both.receive(Array("C".utf8))) == "daisy attached16$$$")
    }

    @Test func `with a Daisy packets alternate, each the mean of two samples`() {
        // Sample k of channel c is k + 1000 · c µV; at gain 24 one µV is 44.739 counts.
        var firmware = CytonFirmware(source: CountingSource(channels: 16), hasDaisy: true)
        _ = firmware.receive(Array("b".utf8))
        let packets = (0..<4).map { _ in firmware.nextPacket().withUnsafeBytes { CytonPacket($0) } }
        func counts(_ microvolts: Double) -> Int32 { Int32((microvolts * 24 * 8_388_607 / 4.5e6).rounded()) }
        // Packet 1 is the board's mean of samples 0 and 1, packet 2 the Daisy's of samples 1 and 2.
        #expect(packets[1].counts[0] == (counts(0) + counts(1)) / 2)
        #expect(packets[2].counts[0] == (counts(8001) + counts(8002)) / 2)
        #expect(packets[3].counts[7] == (counts(7002) + counts(7003)) / 2)
    }

    @Test func `the internal test signal is a square wave of 1.875 mV`() {
        // ADS1299 data sheet, CONFIG2: ±(VREFP − VREFN) / 2400, 2.048 MHz / 2²¹ = 0.977 Hz.
        var firmware = firmware([0])
        #expect(text(firmware.receive(Array("-".utf8))).hasPrefix("Success"))
        let sent = (0..<512).map { _ in counts(&firmware)[0] }
        let high = Int32((0.001_875 * 24 * 8_388_607 / 4.5).rounded())
        #expect(Set(sent) == [high, -high])
        // 250 / 0.9766 = 256 samples a turn.
        #expect(sent.firstIndex(of: -high) == 128 && Array(sent[256..<512]) == Array(sent[0..<256]))
    }

    @Test func `time stamps follow the packets, the first one marked as just set`() {
        var firmware = firmware()
        _ = firmware.receive(Array("<b".utf8))
        let packets = (0..<12).map { _ in firmware.nextPacket() }
        #expect(packets[0][32] == 0xC3)
        #expect(packets[1...].allSatisfy { $0[32] == 0xC4 })
        let times = packets.map { packet in packet.withUnsafeBytes { CytonPacket.boardMilliseconds($0) } }
        #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 == 4 })  // 250 Hz
    }
}
