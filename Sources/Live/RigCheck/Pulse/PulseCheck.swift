import Devices
public import Rigs
package import SignalFeatures
package import Signals
import Transports

/// Measures the delay from a sensor to its stamp where a loop-back exists: pulses go out at times that are known, and are looked for in
/// what comes in. Sound goes out through an ALSA playback device; without one, RigLink boards set a digital output.
///
/// What is told is the stamp of a pulse less the time at which it left, without any delay that the rig file knows. Of sound it holds the
/// output's converter and filter, the way through the air or the cable, the input's filter and converter, and how late the stamp is; of a
/// line the way of the command to the board, the wire, up to one period of the line's frames, and how late the stamp is.
public final class PulseCheck {
    private struct Running {
        let runner: DeviceRunner
        let ring: SampleRing
        /// By stream; nil where there is nothing of the kind.
        var sounds: [HeardSound?]
        var edges: [LineEdges?]
        /// A board whose output is set, with what its driver sent.
        var pulses: (output: LinePulses, wire: WireRing)?
    }

    private let rig: Rig
    /// Where sound is played.
    private let output: String?
    private let times: [Double]
    private let length: Double
    private var running: [Running] = []
    private var failures: [PulseReport.Failure] = []
    private var sound: SoundPulses?
    private let shape: PulseSound
    private var scratch: [Float] = []
    private var begin = HostTime.now()

    /// Opens the rig's devices. One that cannot be opened is told and does not keep the others from being measured.
    /// - Parameters:
    ///   - ports: where each device is.
    ///   - output: an ALSA playback device; nil for digital outputs.
    ///   - line: the board's output, from 1.
    ///   - seconds: of the whole measurement.
    /// - Throws: ``PulseError``, `TransportError` of the output, ``SettingsError`` for a setting that a driver does not have.
    public convenience init(_ rig: Rig, ports: [String: String], output: String?, line: Int, seconds: Double) throws {
        let times = PulseSchedule.times(seconds: seconds, seed: rig.seed)
        try self.init(rig, ports: ports, output: output, line: line, times: times, seconds: seconds)
    }

    /// The same.
    /// - Parameter times: of the pulses, in seconds from the beginning.
    package init(
        _ rig: Rig, ports: [String: String], output: String?, line: Int, times: [Double], seconds: Double
    ) throws {
        self.rig = rig
        self.output = output
        length = seconds
        self.times = times
        // The output first: without it nothing needs to be opened.
        let playback = try output.map { try ALSAPlayback($0) }
        var drivers: [any Driver] = []
        do {
            var missing: [PulseReport.Failure] = []
            let devices = try rig.matched { missing.append(.init(name: $0.name, error: "\($1)")) }.devices
            failures = missing
            for device in devices {
                let waker = try Waker()
                let driver = try rig.makeDriver(device, port: ports[device.name] ?? "", waker: waker)
                let runner = DeviceRunner(name: device.name, driver: driver, waker: waker)
                do {
                    try rig.open(runner, device)
                } catch {
                    failures.append(.init(name: device.name, error: "\(error)"))
                    continue
                }
                drivers.append(driver)
                running.append(
                    Running(
                        runner: runner, ring: SampleRing(for: runner.streams),
                        sounds: runner.streams.map { stream in
                            playback != nil && stream.kind == .audio && stream.nominalRate > Self.slowestSound
                                && !stream.hasOwnClock
                                ? HeardSound(stream, seconds: seconds + 5) : nil
                        },
                        edges: runner.streams.map { playback == nil && $0.debounce != nil ? LineEdges($0) : nil }))
            }
            let rates = running.flatMap { entry in
                zip(entry.runner.streams, entry.sounds).compactMap { $1 == nil ? nil : $0.nominalRate }
            }
            shape = PulseSound(slowest: (rates + [Double(playback?.rate ?? 48_000)]).min() ?? 48_000)
            if let playback {
                guard !rates.isEmpty else { throw PulseError.noAudioInput(rig: rig.file, output: playback.port) }
                sound = SoundPulses(playback, shape, times: times)
            } else {
                try setOutputs(drivers, line: line)
            }
        } catch {
            for entry in running { entry.runner.stop() }
            playback?.close()
            throw error
        }
        let largest = SampleRing.largestItem(running.flatMap(\.runner.streams))
        scratch = [Float](repeating: 0, count: largest)
    }

    /// A stream of fewer frames per second does not hold the pulse's sound; one with a clock of its own (LSL) is stamped by its sender.
    private static let slowestSound = 4000.0

    private func setOutputs(_ drivers: [any Driver], line: Int) throws {
        for (index, driver) in drivers.enumerated() {
            guard let drive = driver.drive, drive.isDigitalOutputs, running[index].edges.contains(where: { $0 != nil }) else {
                continue
            }
            let name = running[index].runner.name
            guard line <= drive.queue.channels else {
                throw PulseError.noSuchOutput(device: name, line: line, outputs: drive.queue.channels)
            }
            running[index].pulses = (
                LinePulses(drive.queue, line: line - 1, times: times), WireRing(minimumRecords: 1 << 14, minimumBytes: 1 << 22)
            )
        }
        guard running.contains(where: { $0.pulses != nil }) else { throw PulseError.noLoopBack(rig: rig.file) }
    }

    public func start() {
        begin = .now()
        for entry in running { entry.runner.start(rings: [entry.ring], wire: entry.pulses?.wire) }
    }

    /// Sends what is due and takes what has come; to be called every 20 ms or so.
    /// - Returns: the part that is done, from 1 on when all is.
    /// - Throws: `TransportError` when the output is gone.
    public func step() throws -> Double {
        let seconds = HostTime.now() - begin
        try sound?.serve()
        for entry in running { entry.pulses?.output.serve(seconds: seconds) }
        collect()
        return seconds / length
    }

    private func collect() {
        for index in running.indices {
            while let item = scratch.withUnsafeMutableBufferPointer({ running[index].ring.take(into: $0) }) {
                if item.event?.code == .lost {
                    for stream in running[index].edges.indices { running[index].edges[stream]?.interrupt() }
                }
                guard item.kind == .samples else { continue }
                scratch.withUnsafeBufferPointer { values in
                    let values = UnsafeBufferPointer(rebasing: values[0..<item.sampleCount])
                    running[index].sounds[Int(item.stream)]?.take(item, values)
                    running[index].edges[Int(item.stream)]?.take(item, values)
                }
            }
            if let pulses = running[index].pulses { pulses.output.take(pulses.wire) }
        }
    }

    /// Stops the devices and sums up.
    public func stop() -> PulseReport {
        let seconds = HostTime.now() - begin
        for entry in running { entry.runner.stop() }
        collect()
        sound?.close()
        var entries: [PulseReport.Entry] = []
        for entry in running {
            for (index, stream) in entry.runner.streams.enumerated() {
                if let heard = entry.sounds[index] { entries.append(soundEntry(stream, heard)) }
            }
            if let pulses = entry.pulses { entries += lineEntries(entry, pulses.output) }
        }
        return PulseReport(seconds: seconds, entries: entries, failures: failures)
    }

    private func soundEntry(_ stream: StreamDescription, _ heard: HeardSound) -> PulseReport.Entry {
        let sent = sound?.sent ?? []
        return PulseReport.Entry(
            stream.name, kind: .sound, sent: sent.count,
            Result { () throws(PulseError) in
                guard !sent.isEmpty else { throw .notSent(output: output ?? "") }
                let found = PulseCheck.find(shape, in: heard, rate: stream.nominalRate)
                return try PulseDelay(sent: sent, found: found, stream: stream.name)
            })
    }

    /// Times of the pulses in sound that was heard.
    package static func find(_ shape: PulseSound, in heard: HeardSound, rate: Double) -> [HostTime] {
        guard let search = SoundSearch(shape.samples(rate: rate)) else { return [] }
        return search.all(in: heard.samples, atLeast: PulseSound.likeness).compactMap { heard.time(at: $0.place) }
    }

    /// One for each line that follows the output; where none does, one that says so. With a single board the lines of all devices are
    /// looked at: its output may be wired to a trigger input of an amplifier. Several boards pulse at the same times.
    private func lineEntries(_ board: Running, _ output: LinePulses) -> [PulseReport.Entry] {
        var entries: [PulseReport.Entry] = []
        // Lines that are not wired to the output are none of our business; where none is, the one that changed most is told.
        var unwired: (rises: Int, entry: PulseReport.Entry)?
        let sent = output.sent
        let isAlone = running.count(where: { $0.pulses != nil }) == 1
        let streams = (isAlone ? running : [board]).flatMap { Array(zip($0.runner.streams, $0.edges)) }
        for (stream, edges) in streams {
            guard let edges else { continue }
            for (line, rises) in edges.rises.enumerated() {
                let label = stream.channels[line].label
                let result = Result { () throws(PulseError) in
                    guard !sent.isEmpty else { throw .notSent(output: board.runner.name) }
                    return try PulseDelay(sent: sent, found: rises, stream: stream.name + "." + label)
                }
                let found = PulseReport.Entry(stream.name, line: label, kind: .line, sent: sent.count, result)
                switch result {
                case .success, .failure(.ambiguous): entries.append(found)
                case .failure where unwired.map({ rises.count > $0.rises }) ?? true: unwired = (rises.count, found)
                case .failure: break
                }
            }
        }
        return entries.isEmpty ? [unwired?.entry].compactMap(\.self) : entries
    }
}
