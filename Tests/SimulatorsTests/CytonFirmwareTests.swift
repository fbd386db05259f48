import Protocols
import Simulators
import Testing

@Suite struct CytonFirmwareTests {
    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test func `a soft reset answers with the start-up text that the board's manual shows`() {
        var firmware = CytonFirmware()
        let answer = text(firmware.receive(Array("v".utf8)))
        #expect(answer.hasPrefix("OpenBCI V3 8-16 channel") && answer.hasSuffix("$$$"))
        #expect(CytonStartUp(answer)?.firmware == "v3.1.2")
        #expect(CytonStartUp(answer)?.hasDaisy == false)
    }

    @Test func `it streams between b and s and counts its packets from 0 to 255 and round`() {
        var firmware = CytonFirmware()
        #expect(!firmware.isStreaming)
        _ = firmware.receive(Array("b".utf8))
        #expect(firmware.isStreaming)
        let counters = (0..<300).map { _ in firmware.packet(microvolts: [Double](repeating: 0, count: 8))[1] }
        #expect(counters == (0..<300).map { UInt8($0 & 0xFF) })
        _ = firmware.receive(Array("s".utf8))
        #expect(!firmware.isStreaming)
    }

    @Test func `a channel setting changes the gain, so that a microvolt has more or fewer counts`() {
        var firmware = CytonFirmware()
        #expect(text(firmware.receive(Array("x2030110X".utf8))).hasPrefix("Success"))
        let packet = firmware.packet(microvolts: [Double](repeating: 1000, count: 8))
        // 1 mV at gain 24 and gain 6 (digit 3): counts = 1e-3 · gain · (2²³ − 1) / 4.5, rounded.
        let counts = packet.withUnsafeBytes { CytonPacket($0).counts }
        #expect(counts[0] == 44_739)
        #expect(counts[1] == 11_185)
    }

    @Test func `a setting that is no setting is refused in words`() {
        for command in ["x9060110X", "x1070110X", "x1a60110X", "x106X"] {
            var firmware = CytonFirmware()
            #expect(text(firmware.receive(Array(command.utf8))).hasPrefix("Failure"), "\(command)")
            #expect(firmware.gains == [Int](repeating: 24, count: 8))
        }
    }

    @Test func `a channel that is off sends zeros`() {
        var firmware = CytonFirmware()
        _ = firmware.receive(Array("3".utf8))
        let packet = firmware.packet(microvolts: [Double](repeating: 1000, count: 8))
        let counts = packet.withUnsafeBytes { CytonPacket($0).counts }
        #expect(counts[2] == 0 && counts[3] != 0)
        _ = firmware.receive(Array("#".utf8))
        #expect(firmware.isOn.allSatisfy { $0 })
    }

    @Test func `what is beyond the converter's range is at its limit`() {
        var firmware = CytonFirmware()
        let packet = firmware.packet(microvolts: [1e9, -1e9, 0, 0, 0, 0, 0, 0])
        let counts = packet.withUnsafeBytes { CytonPacket($0).counts }
        #expect(counts[0] == 8_388_607 && counts[1] == -8_388_608)
    }
}
