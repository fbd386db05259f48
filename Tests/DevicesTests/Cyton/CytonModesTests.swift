import Devices
import Protocols
import Signals
import Simulators
import Testing

/// Firmware → decoder, for everything that a Cyton can be set to.
@Suite struct CytonModesTests {
    private struct Constant: EEGSource {
        var microvolts: [Double]
        mutating func next() -> [Double] { microvolts }
    }

    private func run(
        _ setup: CytonSetup, source: any EEGSource, hasDaisy: Bool = false, packets: Int, impedances: [Double] = [5000]
    ) -> (SampleCollector, [StreamDescription]) {
        var firmware = CytonFirmware(source: source, hasDaisy: hasDaisy, impedances_ohm: impedances)
        let channels = hasDaisy ? 16 : 8
        for command in setup.commands(channels: channels) {
            let answer = String(decoding: firmware.receive(command.bytes ?? []), as: UTF8.self)
            #expect(!answer.hasPrefix("Failure"))
        }
        _ = firmware.receive(Array("b".utf8))
        let decoder = CytonSampleDecoder(
            CytonConfiguration(
                name: "h", gains: setup.gains(channels: channels), firmware: "v3.1.2", auxiliary: setup.auxiliary,
                timeStamps: setup.timeStamps))
        let sink = SampleCollector()
        for index in 0..<packets { decoder.decode(firmware.nextPacket(), at: 1 + Double(index) / 250, into: sink) }
        return (sink, decoder.streams)
    }

    @Test func `a Daisy gives 16 channels at 125 Hz, each the mean of two samples`() {
        // Sample k of channel c is k + 1000 c µV. Frame f is packets 2 f and 2 f + 1: means at 2 f − 1/2 (Daisy) and 2 f + 1/2.
        let (sink, streams) = run(CytonSetup(), source: CountingSource(channels: 16), hasDaisy: true, packets: 200)
        #expect(streams[0].channelCount == 16 && streams[0].nominalRate == 125)
        #expect(sink.counters(0) == (0..<100).map { UInt64($0) })
        #expect(sink.missing(0) == 0)
        let samples = sink.samples(0)
        for frame in 1..<100 {
            for channel in 0..<16 {
                let time = 2 * Double(frame) + (channel < 8 ? 0.5 : -0.5)
                let expected = (time + 1000 * Double(channel)) * 1e-6
                // Half a count of rounding at the converter, one at the mean.
                #expect(abs(Double(samples[frame * 16 + channel]) - expected) < 0.04e-6)
            }
        }
    }

    @Test func `with a Daisy the accelerometer's reading is not halved by the zeros of the other packet`() {
        let (sink, _) = run(CytonSetup(), source: Constant(microvolts: [0]), hasDaisy: true, packets: 200)
        let z = sink.samples(1).enumerated().filter { $0.offset % 3 == 2 }.map(\.element)
        #expect(z.count == 100)
        // The board lies flat: 1 g, 25 times a second of 250 packets.
        #expect(z.filter { $0 == 1 }.count == 20 && z.allSatisfy { $0 == 0 || $0 == 1 })
    }

    @Test(arguments: [1, 2, 4, 6, 8, 12, 24])
    func `every gain gives the same microvolts, only finer or coarser`(gain: Int) {
        let (sink, _) = run(CytonSetup(gains: [gain]), source: Constant(microvolts: [123, -77]), packets: 5)
        let step = 4.5 / Double(gain) / 8_388_607
        for (index, value) in sink.samples(0).enumerated() {
            #expect(abs(Double(value) - (index % 2 == 0 ? 123e-6 : -77e-6)) <= step / 2 + 1e-10)
        }
    }

    @Test func `channels that are off are flat, the others go on`() {
        let (sink, _) = run(CytonSetup(off: [2, 5]), source: Constant(microvolts: [100]), packets: 3)
        let first = Array(sink.samples(0).prefix(8))
        for channel in 0..<8 { #expect((first[channel] == 0) == (channel == 1 || channel == 4)) }
    }

    @Test func `the test signal is a square wave of 1.875 mV and 0.977 Hz, or of twice that`() {
        for (signal, volts, rate) in [(CytonTestSignal.slow1x, 0.001875, 0.9766), (.fast2x, 0.00375, 1.9531)] {
            let (sink, _) = run(CytonSetup(testSignal: signal), source: Constant(microvolts: [0]), packets: 2500)
            let channel = sink.samples(0).enumerated().filter { $0.offset % 8 == 3 }.map { Double($0.element) }
            #expect(channel.allSatisfy { abs(abs($0) - volts) < 1e-7 })
            let rises = zip(channel, channel.dropFirst()).filter { $0 < 0 && $1 > 0 }.count
            #expect(abs(Double(rises) / 10 - rate) < 0.11)
        }
    }

    @Test func `impedance is found from the drive's voltage, to one per cent`() throws {
        let impedances = [0, 1000, 5000, 10_000, 50_000, 100_000, 250_000, 750_000].map { Double($0) }
        let (sink, _) = run(
            CytonSetup(leadOff: [1, 2, 3, 4, 5, 6, 7, 8]), source: SyntheticEEG(seed: 3), packets: 2000,
            impedances: impedances)
        let samples = sink.samples(0)
        for channel in 0..<8 {
            let volts = stride(from: channel, to: samples.count, by: 8).map { samples[$0] }
            let found = try #require(CytonImpedance.ohms(volts, rate: 250))
            // EEG at the same frequency adds: 0.1 µV of it are 17 Ω.
            #expect(abs(found - impedances[channel]) <= 0.01 * impedances[channel] + 150)
        }
        #expect(CytonImpedance.ohms([0, 1], rate: 250) == nil)
        #expect(CytonImpedance.ohms([Float](repeating: 0, count: 500), rate: 50) == nil)
    }

    @Test func `analog pins are their numbers`() {
        let (sink, streams) = run(CytonSetup(auxiliary: .analog), source: Constant(microvolts: [0]), packets: 4)
        #expect(streams.map(\.name) == ["h.eeg", "h.analog"])
        #expect(Array(sink.samples(1).prefix(3)) == [256, 512, 768])
    }

    @Test func `digital pins are zero or one`() {
        let (sink, streams) = run(CytonSetup(auxiliary: .digital), source: Constant(microvolts: [0]), packets: 2)
        #expect(streams[1].channels.map(\.label) == ["D11", "D12", "D13", "D17", "D18"])
        #expect(Array(sink.samples(1).prefix(5)) == [1, 0, 1, 0, 1])
    }

    @Test func `the simulator's last pin turns every second`() {
        let (sink, _) = run(CytonSetup(auxiliary: .digital), source: Constant(microvolts: [0]), packets: 800)
        let levels = (0..<800).map { sink.samples(1)[5 * $0 + 4] }
        #expect((0..<800).allSatisfy { levels[$0] == ($0 / 250 % 2 == 0 ? 1 : 0) })
    }

    @Test func `time stamps are a stream of their own, and the axes of the accelerometer come in turn`() {
        let (sink, streams) = run(CytonSetup(timeStamps: true), source: Constant(microvolts: [0]), packets: 500)
        #expect(streams.map(\.name) == ["h.eeg", "h.accelerometer", "h.clock"])
        let clock = sink.samples(2)
        for index in 0..<500 {
            // 4 ms from packet to packet, from 10 s on.
            let milliseconds = 10_000 + 4 * index
            #expect(clock[2 * index] == Float(milliseconds / 1000))
            #expect(clock[2 * index + 1] == Float(milliseconds % 1000))
        }
        let axes = sink.samples(1)
        #expect(axes[7 * 3] == 0 && axes[8 * 3 + 1] == 0 && axes[9 * 3 + 2] == 1)
        #expect(axes[7 * 3 + 1].isNaN && axes[0].isNaN)
    }

    @Test func `a packet of another kind than the set one gives NaN, no wrong number`() {
        let decoder = CytonSampleDecoder(
            CytonConfiguration(name: "h", gains: [24], firmware: "", auxiliary: .analog))
        let sink = SampleCollector()
        decoder.decode(CytonPacket(counter: 0, counts: [Int32](repeating: 0, count: 8)).bytes, at: 1, into: sink)
        #expect(sink.samples(1).allSatisfy { $0.isNaN })
    }

    @Test func `recordings from before there was a choice are still read`() throws {
        let json =
            #"{"cyton":{"_0":{"firmware":"v3.1.2","gains":[24,24,24,24,24,24,24,24],"name":"headset","serialNumber":""}}}"#
        let configuration = try DecoderConfiguration(json: Array(json.utf8))
        #expect(configuration.makeDecoder().streams.map(\.name) == ["headset.eeg", "headset.accelerometer"])
    }
}
