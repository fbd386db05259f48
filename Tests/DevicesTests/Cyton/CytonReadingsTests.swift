import Devices
import Foundation
import Protocols
import Signals
import Simulators
import Testing

/// The accelerometer's stream of new recordings: readings alone, at the times of the frames that they came with.
@Suite struct CytonReadingsTests {
    private struct Flat: EEGSource {
        mutating func next() -> [Double] { [0] }
    }

    private func configuration(daisy: Bool = false, timeStamps: Bool = false, readingsOnly: Bool? = true) -> CytonConfiguration
    {
        CytonConfiguration(
            name: "h", gains: [Int](repeating: 24, count: daisy ? 16 : 8), firmware: "v3.1.2", timeStamps: timeStamps,
            readingsOnly: readingsOnly)
    }

    /// A packet with x, y, z in counts of 0.125 mg.
    private func packet(_ number: Int, _ axes: [Int16] = [0, 0, 0]) -> [UInt8] {
        CytonPacket(
            counter: UInt8(number & 0xFF), counts: [Int32](repeating: Int32(number), count: 8),
            auxiliary: axes.flatMap { [UInt8(UInt16(bitPattern: $0) >> 8), UInt8(UInt16(bitPattern: $0) & 0xFF)] }
        ).bytes
    }

    /// A packet with the board's time and one axis.
    private func stamped(_ number: Int, _ value: Int16) -> [UInt8] {
        let word = UInt16(bitPattern: value)
        let counter = UInt8(number & 0xFF)
        let bytes: [UInt8] =
            CytonPacket.stampedAxis(counter: counter) == nil ? [0, 0] : [UInt8(word >> 8), UInt8(word & 0xFF)]
        return CytonPacket(
            counter: counter, counts: [Int32](repeating: 1, count: 8), auxiliary: bytes + [0, 0, 0, 1],
            footer: .accelerometerTimeSynced
        ).bytes
    }

    /// Feeds packets 4 ms apart, the one with number 0 at 10 s.
    private func feed(_ packets: [(number: Int, bytes: [UInt8])], _ configuration: CytonConfiguration) -> SampleCollector {
        let decoder = CytonSampleDecoder(configuration)
        let sink = SampleCollector()
        for packet in packets { decoder.decode(packet.bytes, at: 10 + Double(packet.number) / 250, into: sink) }
        return sink
    }

    private func readings(_ sink: SampleCollector) -> [[Float]] { sink.blocks.filter { $0.stream == 1 }.map(\.samples) }
    private func frames(_ sink: SampleCollector) -> [UInt64] {
        sink.items.filter { $0.stream == 1 }.compactMap { $0.mark?.counter }
    }

    @Test func `the simulated board's readings come 25 times a second, without the zeros between them`() {
        for daisy in [false, true] {
            var firmware = CytonFirmware(source: Flat(), hasDaisy: daisy)
            _ = firmware.receive(Array("b".utf8))
            let sink = feed((0..<500).map { ($0, firmware.nextPacket()) }, configuration(daisy: daisy))
            #expect(readings(sink) == [[Float]](repeating: [0, 0, 1], count: 50))
            #expect(frames(sink) == (0..<50).map { UInt64($0 * (daisy ? 5 : 10)) })
            #expect(sink.counters(1) == (0..<50).map { UInt64($0) } && sink.missing(1) == 0)
            #expect(sink.frames(0) == (daisy ? 250 : 500))
        }
    }

    @Test func `a reading has the time of the frame that it came with`() throws {
        for daisy in [false, true] {
            let packets = (0..<400).map { ($0, packet($0, $0 % 7 == 3 ? [Int16($0), -8000, 80] : [0, 0, 0])) }
            let sink = feed(packets, configuration(daisy: daisy))
            var times: [UInt64: HostTime] = [:]
            for item in sink.items where item.stream == 0 {
                for frame in 0..<UInt64(item.frames) {
                    times[item.firstCounter + frame] = item.made.map { $0 + Double(frame) * item.framePeriod }
                }
            }
            let found = sink.items.filter { $0.stream == 1 }
            #expect(found.count == 57)
            for (index, item) in found.enumerated() {
                let number = 7 * index + 3
                #expect(item.mark?.stream == 0 && item.mark?.counter == UInt64(number / (daisy ? 2 : 1)))
                let expected = try #require(times[UInt64(number / (daisy ? 2 : 1))])
                let time = try #require(item.made)
                #expect(abs(time - expected) < 1e-5)
            }
            #expect(readings(sink)[2] == [Float(17 * 0.000125), -1, 0.01])
        }
    }

    @Test func `a piece of many packets, cut anywhere, gives the same readings`() {
        let bytes = (0..<300).flatMap { packet($0, $0 % 10 == 4 ? [Int16($0), 0, 1] : [0, 0, 0]) }
        var results: [[[Float]]] = []
        for size in [1, 33, 100, 4092, bytes.count] {
            let decoder = CytonSampleDecoder(configuration())
            let sink = SampleCollector()
            for start in stride(from: 0, to: bytes.count, by: size) {
                let piece = Array(bytes[start..<min(start + size, bytes.count)])
                decoder.decode(piece, at: 1 + Double(start + piece.count) / (33 * 250), into: sink)
            }
            results.append(readings(sink))
        }
        #expect(results[0].count == 30 && results.allSatisfy { $0 == results[0] })
    }

    @Test func `an axis may be zero, and only three zeros are no reading where the board sends no time`() {
        let sink = feed(
            [(0, packet(0, [0, 8, 0])), (1, packet(1, [0, 0, 0])), (2, packet(2, [-8, 0, 0]))], configuration())
        #expect(readings(sink) == [[0, 0.001, 0], [-0.001, 0, 0]])
    }

    @Test func `with the board's time the counter tells what is an axis, and zeros are a reading`() {
        // Counters 7, 8, 9, 17, 18, 19, …
        let values: [Int: Int16] = [7: 8, 8: 16, 9: 24, 27: -8]
        let sink = feed((0..<40).map { ($0, stamped($0, values[$0] ?? 0)) }, configuration(timeStamps: true))
        #expect(readings(sink) == [[0.001, 0.002, 0.003], [0, 0, 0], [-0.001, 0, 0], [0, 0, 0]])
        // A reading is whole with its z.
        #expect(frames(sink) == [9, 19, 29, 39])
    }

    @Test func `an axis whose packet is lost is no number, and never one of another reading`() {
        let packets = (0..<60).filter { ![8, 19, 27, 28, 29, 37].contains($0) }.map { ($0, stamped($0, Int16(8 * $0))) }
        let found = readings(feed(packets, configuration(timeStamps: true)))
        let expected: [[Float?]] = [[7, nil, 9], [17, 18, nil], [nil, 38, 39], [47, 48, 49], [57, 58, 59]]
        #expect(found.count == expected.count)
        for (reading, axes) in zip(found, expected) {
            for (value, axis) in zip(reading, axes) {
                if let axis { #expect(abs(value - axis * 0.001) < 1e-6) } else { #expect(value.isNaN) }
            }
        }
    }

    @Test func `packets of pins are no readings`() {
        let bytes = CytonPacket(
            counter: 0, counts: [Int32](repeating: 0, count: 8), auxiliary: [1, 1, 1, 1, 1, 1], footer: .rawAuxiliary
        ).bytes
        let sink = feed([(0, bytes)], configuration())
        #expect(sink.frames(0) == 1 && readings(sink).isEmpty)
    }

    @Test func `the choice is stored with the recording, and recordings without it keep a frame for each frame of the EEG`()
        throws
    {
        let old =
            #"{"cyton":{"_0":{"auxiliary":"accelerometer","firmware":"v3.1.2","gains":[24,24,24,24,24,24,24,24],"name":"h","#
            + #""serialNumber":"","timeStamps":false}}}"#
        let new = old.replacing(#""serialNumber""#, with: #""readingsOnly":true,"serialNumber""#)
        #expect(String(decoding: DecoderConfiguration.cyton(configuration()).json, as: UTF8.self) == new)
        #expect(String(decoding: DecoderConfiguration.cyton(configuration(readingsOnly: nil)).json, as: UTF8.self) == old)
        let rates = try [old, new].map { text in
            try DecoderConfiguration(json: Array(text.utf8)).makeDecoder().streams.map(\.nominalRate)
        }
        #expect(rates == [[250, 250], [250, 0]])
        let sink = feed((0..<10).map { ($0, packet($0, $0 == 5 ? [8, 8, 8] : [0, 0, 0])) }, configuration(readingsOnly: nil))
        #expect(sink.samples(1) == (0..<30).map { (15..<18).contains($0) ? 0.001 : 0 })
    }
}
