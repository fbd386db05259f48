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

/// A film that was recorded is a reservoir that answers as the film did.
struct RecordedFilmTests {
    private let scratch = ScratchFolder()

    private final class Flag: Sendable { let isSet = Atomic<Bool>(false) }

    /// Drives a served film over TCP and writes what went over the wire to a session.
    /// - Returns: the live answers of each run.
    private func record(_ runs: [(seed: UInt64, inputs: [Float])]) throws -> [[Float]] {
        let done = Flag()
        let served = Mutex("")
        let thread = try WorkerThread("film") {
            let configuration = MacroCellFilmConfiguration(
                rows: 2, columns: 2, material: .nickel, damping: 0.4, timeStep_s: 2e-13, stepsPerInput: 30)
            let server = try? FilmServer(port: 0) {
                try FilmFirmware([configuration, configuration], ordering: .study, refreshSteps: 15)
            }
            served.withLock { $0 = server?.address ?? "none" }
            try? server?.serve { done.isSet.load(ordering: .acquiring) }
        }
        defer {
            done.isSet.store(true, ordering: .releasing)
            thread.join()
        }
        waitUntil { served.withLock { !$0.isEmpty } }
        let address = served.withLock { $0 }
        let wire = WireRing(minimumRecords: 16_384, minimumBytes: 1 << 22)
        var answers: [[Float]] = []
        var streams: [StreamDescription] = []
        do {
            let waker = try Waker()
            let driver = RigLinkDriver(name: "film", port: address, waker: waker)
            let runner = DeviceRunner(name: "film", driver: driver, waker: waker)
            let live = try RigLinkReservoir(name: "film", driver: driver, runner: runner, wire: wire)
            // The host reads what was chosen.
            guard let configuration = runner.configuration?.as(RigLinkConfiguration.self) else { throw CancellationError() }
            let chosen = RigLinkTiming(
                model: "macro-cell", timeStep_s: 2e-13, stepsPerInput: 30, refreshSteps: 15, ordering: .study)
            #expect(configuration.descriptor.timing == chosen)
            streams = runner.streams
            for (index, run) in runs.enumerated() {
                // The first run begins without a reset, as a film does that was just opened.
                if index > 0 { try live.reset(seed: run.seed) }
                answers.append(try live.run(run.inputs))
            }
        }
        let manifest = SessionManifest(
            larmor: "test", created: Date(timeIntervalSince1970: 0), anchor: WallClockAnchor.now(), seed: 1, subject: nil,
            note: nil, rig: "", rigName: "test")
        let writer = try SessionWriter(folder: scratch("s"), manifest: manifest, devices: [("film", "riglink")])
        try writer.setStreams(streams, device: 0)
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        try bytes.withUnsafeMutableBufferPointer { buffer in
            while let record = wire.take(into: buffer) {
                let body = UnsafeRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[0..<Int(record.length)]))
                try writer.append(wire: record.kind, device: 0, body: body, at: record.hostTime)
            }
        }
        try writer.close()
        return answers
    }

    private func drive(_ steps: Int, seed: UInt64) -> [Float] {
        var random = SplitMix64(seed: seed)
        return (0..<8 * steps).map { _ in 0.05 * Float(random.normal()) }
    }

    @Test func `a recorded film gives the states of the live run, to the bit`() throws {
        let runs: [(seed: UInt64, inputs: [Float])] = [
            (0, drive(5, seed: 1)), (7, drive(9, seed: 2)), (8, drive(4, seed: 3)),
        ]
        let live = try record(runs)
        let film = try RecordedReservoir(session: scratch("s"))
        #expect(film.inputs == 8 && film.nodes == 24 && film.recording.runs.map(\.seed) == [0, 7, 8])
        #expect(try film.run(runs[0].inputs) == live[0])
        for index in [2, 1] {
            try film.reset(seed: runs[index].seed)
            #expect(try film.run(runs[index].inputs) == live[index])
        }
        try film.reset(seed: 7)
        #expect(throws: RecordedReservoir.QuestionError.self) { try film.run(drive(9, seed: 9)) }
        // The answers are not all alike.
        #expect(Set(live[1]).count > 100)
    }

    @Test func `a session without such a film says what was recorded`() throws {
        _ = try record([(seed: 0, inputs: drive(1, seed: 1))])
        let unknown = #expect(throws: SessionError.self) { try RecordedReservoir(session: scratch("s"), device: "foil") }
        #expect(unknown?.description.contains("“foil”") == true && unknown?.description.contains("film") == true)
        #expect(throws: SessionError.self) { try RecordedReservoir(session: scratch("nowhere")) }
        try RecordedRig(seconds: 0.2).write(scratch("headset"))
        let none = #expect(throws: SessionError.self) { try RecordedReservoir(session: scratch("headset")) }
        #expect(none?.description.contains("no RigLink device was recorded") == true)
    }
}
