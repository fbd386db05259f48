package import Devices
import Foundation
import NeuralNetworks
import Protocols
package import Recognition
package import Sessions
import SignalFeatures
package import Signals
import Transports

/// A folder that is removed with its owner.
package final class ScratchFolder {
    package let path = FileManager.default.temporaryDirectory.path + "/larmor-pipeline-\(UUID().uuidString)"

    package init() { try! FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    package func callAsFunction(_ name: String) -> String { path + "/" + name }
}

/// A session of a headset and a microphone, composed here byte by byte: 250 packets a second with a hole and a spoilt packet, and
/// 16 kHz sound in pieces of 20 ms, with jitter in the stamps. An untrained network hears it, so that words are named often.
package struct RecordedRig {
    package static let start = HostTime(nanoseconds: 7_000_000_000_123)
    package static let rig = """
        name = "bench"
        [[device]]
        name = "headset"
        driver = "cyton"
        port = "/dev/ttyUSB0"
        [[device]]
        name = "mic"
        driver = "alsa"
        port = "default"
        [recognizer]
        audio = "mic.audio"
        eeg = "headset.eeg"
        """
    package static let headset = DecoderConfiguration.cyton(
        CytonConfiguration(name: "headset", gains: [Int](repeating: 24, count: 8), firmware: "v3.1.2"))
    package static let microphone = DecoderConfiguration.alsa(
        ALSAConfiguration(name: "mic", port: "default", format: .s16, rate: 16_000, channels: 1))

    package var seconds = 3.0
    /// Bytes of a record of the wire log; pieces of one read have one stamp.
    package var recordBytes = Int.max

    /// Lines at the end of the recogniser's table in the rig file.
    package var keys = ""

    package init(seconds: Double = 3, recordBytes: Int = .max, keys: String = "") {
        self.seconds = seconds
        self.recordBytes = recordBytes
        self.keys = keys
    }

    package func write(_ folder: String) throws {
        let manifest = SessionManifest(
            larmor: "test", created: Date(timeIntervalSince1970: 1_700_000_000),
            anchor: WallClockAnchor(host: Self.start, utcNanoseconds: 1_700_000_000_000_000_000), seed: 1, subject: nil,
            note: nil, rig: Self.rig + "\n" + keys, rigName: "bench")
        let writer = try SessionWriter(
            folder: folder, manifest: manifest, devices: [("headset", "cyton"), ("mic", "alsa")])
        try Self.model.write(folder: folder + "/model")
        let sinks = [WriterSink(writer, 0), WriterSink(writer, 1)]
        let decoders = [Self.headset.makeDecoder(), Self.microphone.makeDecoder()]
        for (device, configuration) in [Self.headset, Self.microphone].enumerated() {
            try writer.setStreams(decoders[device].streams, device: device)
            try configuration.json.withUnsafeBytes {
                try writer.append(wire: .configuration, device: device, body: $0, at: Self.start)
            }
        }
        for read in Self.reads(seconds) {
            if let event = read.event {
                decoders[read.device].note(event)
                try writer.append(event: event, device: read.device)
                try Self.wire(event).withUnsafeBytes {
                    try writer.append(wire: .event, device: read.device, body: $0, at: read.time)
                }
                continue
            }
            var place = 0
            while place < read.bytes.count {
                let end = place + min(recordBytes, read.bytes.count - place)
                try Array(read.bytes[place..<end]).withUnsafeBytes {
                    try writer.append(wire: .received, device: read.device, body: $0, at: read.time)
                }
                place = end
            }
            read.bytes.withUnsafeBytes { decoders[read.device].decode($0, at: read.time, into: sinks[read.device]) }
        }
        try writer.close()
        for sink in sinks { if let error = sink.error { throw error } }
    }

    /// The microphone's stream alone, without a wire log.
    package static func writeSound(seconds: Double, _ writer: SessionWriter, device: Int) throws {
        let decoder = microphone.makeDecoder()
        let sink = WriterSink(writer, device)
        try writer.setStreams(decoder.streams, device: device)
        for read in reads(seconds) where read.device == 1 && read.event == nil {
            read.bytes.withUnsafeBytes { decoder.decode($0, at: read.time, into: sink) }
        }
        if let error = sink.error { throw error }
    }

    /// What the devices' threads would have read, in the order of the stamps.
    package static func reads(_ seconds: Double) -> [(device: Int, time: HostTime, bytes: [UInt8], event: DeviceEvent?)] {
        var random = SplitMix64(seed: 5)
        var reads: [(device: Int, time: HostTime, bytes: [UInt8], event: DeviceEvent?)] = []
        for device in 0..<2 {
            let event = DeviceEvent(code: .started, value: 1, hostTime: start + 0.0001 * Double(device + 1))
            reads.append((device, event.hostTime, [], event))
        }
        var packet = 0
        while Double(packet) < seconds * 250 {
            // One to five packets a read.
            let count = 1 + random.integer(below: 5)
            var bytes: [UInt8] = []
            for number in packet..<packet + count where !(200..<240).contains(number) {
                var one = Self.packet(number)
                if number == 400 { one[0] ^= 0xFF }
                bytes += one
            }
            packet += count
            let time = start + (0.01 + Double(packet) / 250 + 0.0008 * random.uniform())
            if !bytes.isEmpty { reads.append((0, time, bytes, nil)) }
        }
        var frame = 0
        while Double(frame) < seconds * 16_000 {
            var bytes: [UInt8] = []
            for sample in frame..<frame + 320 {
                let isLoud = sample / 4000 % 3 == 1
                let tone = sin(Double(sample) * 0.0002 * Double(300 + sample / 4000 * 50)) * (isLoud ? 9000 : 300)
                let word = Int16(tone + 200 * random.normal())
                withUnsafeBytes(of: word.littleEndian) { bytes += $0 }
            }
            frame += 320
            reads.append((1, start + (0.012 + Double(frame) / 16_000 + 0.002 * random.uniform()), bytes, nil))
        }
        return reads.enumerated().sorted {
            ($0.element.time, $0.element.device, $0.offset) < ($1.element.time, $1.element.device, $1.offset)
        }.map(\.element)
    }

    /// Counts that tell packet and channel.
    package static func packet(_ number: Int) -> [UInt8] {
        CytonPacket(
            counter: UInt8(number % 256), counts: (0..<8).map { Int32(number * 8 + $0 - 4000) },
            auxiliary: [0, 0, 0, 0, 0, 0], footer: .accelerometer
        ).bytes
    }

    private static func wire(_ event: DeviceEvent) -> [UInt8] {
        withUnsafeBytes(of: event.code.rawValue.littleEndian) { Array($0) }
            + withUnsafeBytes(of: event.value.littleEndian) { Array($0) }
    }

    package static let model: RecognizerModel = {
        let inputs = MelFrontEnd.features + 8 * EEGFrontEnd.featuresPerChannel
        let shape = WordsShape(inputs: inputs, hidden: 16, layers: 1, outputs: 4)
        return RecognizerModel(
            card: .init(
                units: Units(.words, texts: ["one", "two", "three"]), shape: .words(shape), frontEnd: .words, audioRate: 16_000,
                eegChannels: 8,
                standardisation: Standardisation(
                    mean: [Float](repeating: 0, count: inputs), deviation: [Float](repeating: 1, count: inputs)),
                labelWindow: 1, seed: 1, epochs: 0, trainingWords: 0, finalLoss: 0),
            network: Network(shape.sequence(), seed: 3))
    }()
}

/// Writes what a decoder gives into a session.
package final class WriterSink: SampleSink {
    private let writer: SessionWriter
    private let device: Int
    package private(set) var error: (any Error)?

    package init(_ writer: SessionWriter, _ device: Int) {
        self.writer = writer
        self.device = device
    }

    package func take(_ item: SampleRingItem, _ values: UnsafeBufferPointer<Float>) {
        do { try writer.append(item: item, device: device, values: values) } catch { self.error = error }
    }

    package func take(_ event: DeviceEvent) {
        do { try writer.append(event: event, device: device) } catch { self.error = error }
    }
}
