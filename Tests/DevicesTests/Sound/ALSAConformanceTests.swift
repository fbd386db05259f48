import Devices
import Foundation
import Glibc
import RealTime
import Signals
import Simulators
import Testing
import Transports

extension SoundCardTests {
    /// The sound card's driver on a sound server of our own, whose end is the card's loss.
    @Suite struct ALSAConformanceTests {
        static let hasPulseAudio = FileManager.default.isExecutableFile(atPath: "/usr/bin/pulseaudio")

        @Test(.enabled(if: hasPulseAudio, "needs pulseaudio"))
        func `lost while reading, back when the server is back, nothing left after stop`() throws {
            let folder = FileManager.default.temporaryDirectory.path + "/larmor-sound-\(UUID())"
            let first = try PulseAudioServer(folder: folder)
            setenv("ALSA_CONFIG_PATH", first.alsaConfiguration, 1)
            let waker = try Waker()
            let driver = ALSADriver(name: "d", port: PulseAudioServer.device, rate: 16_000, channels: 1, waker: waker)
            let bench = Bench(driver, waker: waker, name: "alsa1", streams: 1)
            try bench.runner.open()
            bench.start()
            defer { bench.runner.stop() }
            #expect(bench.wait { bench.sink.frames(0) > 1600 })
            #expect(bench.codes == [.started])
            first.stop()
            #expect(bench.wait { bench.codes.contains(.lost) })
            let second = try PulseAudioServer(folder: folder)
            defer { second.stop() }
            #expect(bench.wait { bench.codes.contains(.reconnected) })
            let frames = bench.sink.frames(0)
            #expect(bench.wait { bench.sink.frames(0) > frames + 1600 })
            bench.runner.stop()
            bench.runner.stop()
            bench.collect()
            #expect(bench.codes.last == .stopped)
            #expect(hasThreads(0, named: "device alsa1"))
            #expect(bench.sink.missing(0) > 0)
            let counters = bench.sink.blocks.map(\.firstCounter)
            #expect(zip(counters, counters.dropFirst()).allSatisfy { $0 < $1 })
        }

        @Test(.enabled(if: hasPulseAudio, "needs pulseaudio"))
        func `a rate or a number of channels that a card lacks is named with what it has`() throws {
            let server = try PulseAudioServer()
            defer { server.stop() }
            setenv("ALSA_CONFIG_PATH", server.alsaConfiguration, 1)
            let driver = ALSADriver(name: "d", port: PulseAudioServer.device, rate: 16_000, channels: 60)
            do throws(TransportError) {
                let device = try driver.open { _, _ in }
                device.transport.close()
                Issue.record("60 channels were granted")
            } catch {
                #expect(error.code == .unsupported)
                #expect(error.detail.contains("60 channels, it has 16000 Hz and 32"))
            }
        }

        @Test(.enabled(if: hasPulseAudio, "needs pulseaudio"))
        func `what is played on the loudspeaker is heard by the microphone, and the player knows where it is`() throws {
            let server = try PulseAudioServer()
            defer { server.stop() }
            setenv("ALSA_CONFIG_PATH", server.alsaConfiguration, 1)
            let waker = try Waker()
            let driver = ALSADriver(name: "d", port: PulseAudioServer.device, rate: 16_000, channels: 1, waker: waker)
            let bench = Bench(driver, waker: waker, name: "alsa3", streams: 1)
            try bench.runner.open()
            bench.start()
            defer { bench.runner.stop() }
            let output = try ALSAPlayback(PulseAudioServer.loudspeaker, rate: 16_000)
            defer { output.close() }
            #expect(output.rate == 16_000 && output.channels >= 1)
            var positions: [ALSAPlayback.Position] = []
            let watch = Stopwatch()
            while watch.seconds < 1.5 || positions.count < 22 && watch.seconds < patience {
                _ = try output.write([Float](repeating: 0.5, count: min(2000, output.room())))
                if let position = output.position() { positions.append(position) }
                WorkerThread.sleep(0.01)
            }
            let (first, last) = (try #require(positions.dropFirst(20).first), try #require(positions.last))
            // The server plays by this machine's clock; its position is told in blocks.
            let rate = (last.frame - first.frame) / (last.time - first.time)
            #expect(abs(rate / 16_000 - 1) < 0.1 + watch.lost / watch.seconds, "\(rate) frames a second")
            #expect(positions.allSatisfy { $0.frame <= Double(output.written) && $0.time <= HostTime.now() })
            #expect(bench.wait { bench.sink.frames(0) > 8000 })
        }

        @Test func `a playback device that is not there is absent`() {
            #expect {
                try ALSAPlayback("larmor_no_such_device")
            } throws: { ($0 as? TransportError)?.code == .absent && "\($0)".contains("larmor_no_such_device") }
        }
    }
}
