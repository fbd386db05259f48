import Devices
import Foundation
import MagneticFilm
import Protocols
import RealTime
import RecordedRig
import Replay
import Reservoirs
import Sessions
import Signals
import Simulators
import Synchronization
import Testing
import Transports

/// Recorded devices that are served again: what a driver reads from them is what was recorded.
struct SessionServerTests {
    private let scratch = ScratchFolder()

    private final class Flag: Sendable { let isSet = Atomic<Bool>(false) }

    /// Serves a device on a thread while `body` runs; `body` gets its address.
    private func serving<Result>(
        _ folder: String, _ device: String, _ options: ReplayOptions = ReplayOptions(), _ body: (String) throws -> Result
    ) throws -> Result {
        let done = Flag()
        let address = Mutex("")
        let thread = try WorkerThread("served") {
            guard var server = try? SessionServer(folder: folder, device: device, options: options, link: nil, port: 0)
            else { return address.withLock { $0 = "none" } }
            address.withLock { $0 = server.announcement.address }
            try? server.serve { done.isSet.load(ordering: .acquiring) }
        }
        defer {
            done.isSet.store(true, ordering: .releasing)
            thread.join()
        }
        waitUntil { address.withLock { !$0.isEmpty } }
        return try body(address.withLock { $0 })
    }

    /// Runs a driver until as many frames of its first stream have come, and gives their values.
    private func read(_ driver: any Driver, _ waker: Waker, frames: Int) throws -> [Float] {
        let runner = DeviceRunner(name: "again", driver: driver, waker: waker)
        try runner.open()
        let channels = runner.streams[0].channelCount
        let ring = SampleRing(streams: runner.streams.count, minimumItems: 8192, minimumSamples: 1 << 18)
        runner.start(rings: [ring], wire: nil)
        defer { runner.stop() }
        var values: [Float] = []
        var scratch = [Float](repeating: 0, count: 1 << 17)
        waitUntil {
            scratch.withUnsafeMutableBufferPointer { buffer in
                while let item = ring.take(into: buffer) {
                    if item.event == nil, item.stream == 0 { values += buffer[0..<item.sampleCount] }
                }
            }
            return values.count >= frames * channels
        }
        return values
    }

    @Test func `a recorded Cyton on a pseudo-terminal gives every recorded sample, as often as it is started`() throws {
        try RecordedRig(seconds: 2).write(scratch("s"))
        let recorded = try XDFReader(path: scratch("s/recording.xdf"))
        let stream = try #require(recorded.streams.first { $0.name == "headset.eeg" })
        guard case .float32(let expected) = stream.values else { return }
        var options = ReplayOptions()
        options.speed = 4
        try serving(scratch("s"), "headset", options) { address in
            for _ in 0..<2 {
                let waker = try Waker()
                let driver = CytonDriver(name: "again", port: address, waker: waker)
                let found = try read(driver, waker, frames: stream.samples)
                #expect(found == expected)
            }
        }
    }

    @Test func `a recorded RDA stream over TCP gives every recorded point`() throws {
        var firmware = RDAFirmware(source: SyntheticEEG(seed: 4), names: ["Fz", "Cz", "Pz"], rate: 1000, points: 20)
        let configuration = RDAConfiguration(name: "amplifier", start: firmware.start)
        _ = firmware.connect()
        let blocks = (0..<50).map { _ in firmware.nextPacket() }
        try record("amplifier", "rda", .rda(configuration), blocks, every: 0.02)
        let decoder = RDASampleDecoder(configuration)
        let sink = Values()
        for block in blocks { block.withUnsafeBytes { decoder.decode($0, at: RecordedRig.start, into: sink) } }
        var options = ReplayOptions()
        options.speed = 4
        try serving(scratch("s"), "amplifier", options) { address in
            let waker = try Waker()
            let found = try read(RDADriver(name: "again", port: address, waker: waker), waker, frames: 1000)
            #expect(found == sink.values && found.count == 3000)
        }
    }

    @Test func `a recorded film answers each drive frame with its recorded answer, under the counter of the question`() throws {
        let film = try FilmFirmware([
            MacroCellFilmConfiguration(rows: 3, columns: 3, material: .nickel, damping: 0.4)
        ])
        var encoder = RigLinkEncoder()
        var replies: [[UInt8]] = []
        for step in 0..<12 {
            let drive = (0..<9).map { Float(($0 + step) % 5) * 0.1 }
            let payload = RigLinkFrames.payload(stream: 0, firstCounter: UInt64(100 + step), frames: 1, values: drive)
            encoder.encode(.drive, payload).withUnsafeBytes { film.receive($0, time: 5) { replies.append($0) } }
        }
        let configuration = RigLinkConfiguration(name: "film", descriptor: film.descriptor)
        try record("film", "riglink", .riglink(configuration), replies, every: 0.01)
        let decoder = RigLinkSampleDecoder(configuration)
        let sink = Values()
        for reply in replies { reply.withUnsafeBytes { decoder.decode($0, at: RecordedRig.start, into: sink) } }
        #expect(sink.values.count == 12 * 27)
        try serving(scratch("s"), "film") { address in
            let waker = try Waker()
            let driver = RigLinkDriver(name: "film", port: address, waker: waker)
            let runner = DeviceRunner(name: "film", driver: driver, waker: waker)
            let reservoir = try RigLinkReservoir(name: "film", driver: driver, runner: runner)
            // Its answers do not depend on what it is asked: they are the recording.
            #expect(try reservoir.run([Float](repeating: 0, count: 9 * 12)) == sink.values)
        }
    }

    private static let hasSound = ["/usr/bin/pulseaudio", "/usr/bin/pacat", "/usr/bin/pactl", "/usr/bin/arecord"].allSatisfy {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    @Test(.enabled(if: hasSound, "needs pulseaudio and alsa-utils, which `make setup` installs"))
    func `a recorded microphone is heard by another ALSA program, sample by sample`() throws {
        try RecordedRig(seconds: 1.5).write(scratch("s"))
        let played = RecordedRig.reads(1.5).filter { $0.device == 1 }.flatMap(\.bytes)
        var server = try SessionServer(folder: scratch("s"), device: "mic", options: ReplayOptions(), link: nil, port: 0)
        let arecord = Process()
        arecord.executableURL = URL(fileURLWithPath: "/usr/bin/arecord")
        arecord.arguments = [
            "-q", "-D", server.announcement.address, "-t", "raw", "-f", "S16_LE", "-r", "16000", "-c", "1", "-d", "4",
            scratch("heard"),
        ]
        var environment = ProcessInfo.processInfo.environment
        environment["ALSA_CONFIG_PATH"] = server.announcement.alsaConfiguration
        arecord.environment = environment
        try arecord.run()
        // Four seconds of sound; `Process` does not see an end while a sound server runs.
        let end = Date().addingTimeInterval(patience)
        let file = URL(fileURLWithPath: scratch("heard"))
        try server.serve {
            var status = stat()
            return stat(file.path, &status) == 0 && status.st_size >= 4 * 32_000 || Date() > end
        }
        arecord.terminate()
        let heard = try Data(contentsOf: file)
        #expect(heard.range(of: Data(played)) != nil, "\(heard.count) bytes were heard, \(played.count) were played")
    }

    @Test func `a device that was not recorded is an error that names those that were`() throws {
        try RecordedRig(seconds: 0.2).write(scratch("s"))
        let error = #expect(throws: SessionError.self) {
            _ = try SessionServer(folder: scratch("s"), device: "nobody", options: ReplayOptions(), link: nil, port: 0)
        }
        #expect(error?.description.contains("headset, mic") == true)
    }

    /// A session with the wire log of one device.
    private func record(
        _ name: String, _ driver: String, _ configuration: DecoderConfiguration, _ pieces: [[UInt8]], every seconds: Double
    ) throws {
        let manifest = SessionManifest(
            larmor: "test", created: Date(timeIntervalSince1970: 0),
            anchor: WallClockAnchor(host: RecordedRig.start, utcNanoseconds: 0), seed: 1, subject: nil, note: nil, rig: "",
            rigName: "test")
        let writer = try SessionWriter(folder: scratch("s"), manifest: manifest, devices: [(name, driver)])
        try configuration.json.withUnsafeBytes {
            try writer.append(wire: .configuration, device: 0, body: $0, at: RecordedRig.start)
        }
        for (index, piece) in pieces.enumerated() {
            try piece.withUnsafeBytes {
                try writer.append(wire: .received, device: 0, body: $0, at: RecordedRig.start + Double(index + 1) * seconds)
            }
        }
        try writer.close()
    }

    private final class Values: SampleSink {
        var values: [Float] = []
        func take(_ item: SampleRingItem, _ values: UnsafeBufferPointer<Float>) {
            if item.stream == 0 { self.values += values }
        }
        func take(_ event: DeviceEvent) {}
    }
}
