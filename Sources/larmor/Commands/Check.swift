import ArgumentParser
import Devices
import Foundation
import Logging
import RigCheck
import Rigs

struct Check: LiveCommand {
    static let configuration = CommandConfiguration(
        abstract: "Opens every device of a rig and measures rate, losses, jitter, noise, mains hum and electrodes.",
        discussion: """
            Example: larmor check rigs/demo.toml --seconds 10 --plot spectra.svg

            With --pulse it measures the delay from sensor to time stamp instead. It needs a signal that comes back: a sound \
            that is played on --pulse-output and heard by the rig's microphones (first channel), or an output of a RigLink \
            board that is wired to one of its digital lines. It prints the line for the rig file.
            Example: larmor check rigs/demo.toml --pulse --pulse-output larmor_loudspeaker
            Example: larmor check rigs/lines.toml --pulse

            Exit code 0: all is well; 1: a device or stream fails.
            """)

    @Argument(help: "The rig file.")
    var rig: String

    @Option(help: "Seconds to listen, at least 2; with --pulse 7 to 120, of which 4.5 have no pulses.")
    var seconds = 10.0

    @Option(help: "Write the spectra of all channels to this file, .svg or .png.")
    var plot: String?

    @OptionGroup var pulses: PulseOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard (2...3600).contains(seconds) else { throw ValidationError("--seconds must be from 2 to 3600") }
        try pulses.validate(seconds: seconds)
        if let plot { try PictureFile.check(plot, "--plot") }
        if pulses.pulse, plot != nil { throw ValidationError("--plot draws no pulses: leave --plot or --pulse out") }
    }

    var outputIsTheProduct: Bool { true }

    func enterEnvironment() throws { try RigEnvironment.enter(forRigAt: rig) }

    func work() throws {
        let rig = try Rig(contentsOf: self.rig)
        try PictureFile.prepare(plot, inputs: [self.rig])
        let simulators = try RigSimulators(rig, executable: OwnProgram.path)
        defer { simulators.stop() }
        if pulses.pulse { return try pulses.run(rig, simulators, seconds: seconds, json: json) }
        let check = try RigCheck(rig, ports: simulators.ports)
        check.start()
        let report = listen(check, simulators)
        // A check that was cut short says nothing about the rig.
        if StopRequest.isRequested {
            Console.note(
                "larmor: \(StopRequest.reason) before the \(Console.number(seconds, digits: 0)) s were over: nothing is said")
            throw StopRequest.exitCode
        }
        if let plot { try PictureFile.write(SpectrumPlot(report.streams).svg, to: plot) }
        if json { try Console.json(report) } else { show(report) }
        if !report.pass { throw ExitCode.failure }
    }

    private func listen(_ check: RigCheck, _ simulators: RigSimulators) -> RigCheck.Report {
        var progress = ProgressLine("checking")
        let begin = ContinuousClock.now
        while !StopRequest.isRequested {
            let elapsed = (ContinuousClock.now - begin) / .seconds(1)
            if elapsed >= seconds { break }
            for device in simulators.tend() { log.warning("the simulator of \(device) has died; it is started again") }
            check.collect()
            progress.show(elapsed / seconds, "\(Int(elapsed)) s")
            usleep(20_000)
        }
        progress.done()
        return check.stop()
    }

    private func show(_ report: RigCheck.Report) {
        for device in report.devices {
            if let error = device.error {
                Console.result("\(device.name): \(error)")
            } else {
                let words = [device.backend] + device.properties.map(\.description)
                Console.result("\(device.name): \(words.joined(separator: ", "))")
            }
            for (event, count) in device.events.sorted(by: { $0.key < $1.key }) {
                Console.result("\(device.name): \(event) \(count)")
            }
        }
        var table = TextTable(
            "stream", "rate Hz (95 %)", "lost", "jitter ms p50/p99/max", "drift ppm", "noise", "mains", "verdict")
        for stream in report.streams {
            table.add(
                stream.name, rate(stream), "\(stream.lost)", jitter(stream), number(stream.driftPpm, 0), noise(stream),
                mains(stream),
                stream.pass
                    ? (stream.flat.isEmpty ? "pass" : "pass, silent") : "FAIL: " + stream.problems.joined(separator: "; "))
        }
        Console.result(table.text)
        for stream in report.streams where !stream.impedanceKohm.isEmpty {
            let list = stream.impedanceKohm.map { "\($0.channel): \(Console.number($0.kohm, digits: 1)) kΩ" }
            Console.result("impedance  " + list.joined(separator: ", "))
        }
        Console.result(report.pass ? "pass" : "FAIL")
    }

    private func number(_ value: Double?, _ digits: Int) -> String {
        value.map { Console.number($0, digits: digits) } ?? "–"
    }

    private func rate(_ stream: StreamCheckResult) -> String {
        guard let rate = stream.rateHz, let interval = stream.rateHzInterval else { return "–" }
        return Console.number(rate, digits: 3) + " ± " + Console.number((interval.high - interval.low) / 2, digits: 3)
    }

    private func jitter(_ stream: StreamCheckResult) -> String {
        guard let jitter = stream.jitterMs else { return "–" }
        return [jitter.p50, jitter.p99, jitter.max].map { Console.number($0, digits: 2) }.joined(separator: " / ")
    }

    private func noise(_ stream: StreamCheckResult) -> String {
        if let microvolt = stream.noiseUvRms { return Console.number(microvolt, digits: 2) + " µV" }
        return stream.noiseDbfs.map { Console.number($0, digits: 0) + " dBFS" } ?? "–"
    }

    private func mains(_ stream: StreamCheckResult) -> String {
        guard let microvolt = stream.lineUv, let hertz = stream.lineHz else { return "–" }
        return Console.number(microvolt, digits: 2) + " µV at \(Int(hertz)) Hz"
    }
}
