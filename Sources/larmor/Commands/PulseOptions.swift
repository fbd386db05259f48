import ArgumentParser
import Foundation
import Logging
import RigCheck
import Rigs

/// `larmor check --pulse`.
struct PulseOptions: ParsableArguments {
    @Flag(help: "Measure the delay from sensor to stamp by pulses that come back.")
    var pulse = false

    @Option(help: "With --pulse: play the pulses on this ALSA playback device (plughw:0,0, default, …).")
    var pulseOutput: String?

    @Option(help: "With --pulse, without --pulse-output: the output of the RigLink boards to set, from 1 (default: 1).")
    var pulseLine: Int?

    func validate(seconds: Double) throws {
        guard pulse else {
            if pulseOutput != nil || pulseLine != nil {
                throw ValidationError("--pulse-output and --pulse-line go with --pulse")
            }
            return
        }
        if pulseOutput != nil, pulseLine != nil {
            throw ValidationError("--pulse-output plays sound, --pulse-line sets an output: give one of them")
        }
        guard (pulseLine ?? 1) >= 1 else { throw ValidationError("--pulse-line counts from 1") }
        guard (7...120).contains(seconds) else { throw ValidationError("--seconds must be from 7 to 120 with --pulse") }
    }

    func run(_ rig: Rig, _ simulators: RigSimulators, seconds: Double, json: Bool) throws {
        let check = try PulseCheck(
            rig, ports: simulators.ports, output: pulseOutput, line: pulseLine ?? 1, seconds: seconds)
        check.start()
        var progress = ProgressLine("measuring")
        var failure: (any Error)?
        while !StopRequest.isRequested {
            do {
                let part = try check.step()
                if part >= 1 { break }
                progress.show(part, "\(Int(part * seconds)) s")
            } catch {
                failure = error
                break
            }
            for device in simulators.tend() { log.warning("the simulator of \(device) has died; it is started again") }
            usleep(10_000)
        }
        progress.done()
        let report = check.stop()
        if let failure { throw failure }
        // Pulses that were cut short say nothing about the rig.
        if StopRequest.isRequested { throw StopRequest.exitCode }
        if json { try Console.json(report) } else { show(report) }
        if !report.pass { throw ExitCode.failure }
    }

    private func show(_ report: PulseReport) {
        for failure in report.failures { Console.result("\(failure.name): \(failure.error)") }
        var table = TextTable("stream", "line", "delay ms", "spread ms", "least … most ms", "found", "lost")
        let measured = report.entries.filter { $0.error == nil }
        for entry in measured {
            table.add(
                entry.stream, entry.line ?? "–", number(entry.delayMs), number(entry.spreadMs),
                "\(number(entry.minMs)) … \(number(entry.maxMs))", "\(entry.pulsesFound)", "\(entry.pulsesLost)")
        }
        if !measured.isEmpty { Console.result(table.text) }
        for entry in report.entries {
            let name = entry.stream + (entry.line.map { "." + $0 } ?? "")
            if let error = entry.error {
                Console.result(error)
            } else if let line = entry.rigLine {
                Console.result("\(name): for its device in the rig file: \(line)")
            } else {
                Console.result(
                    "\(name): the delay is below 0: the output tells too late a time for what it plays; latency_ms stays 0")
            }
        }
        if let kind = measured.first?.kind {
            Console.result(
                kind == .sound
                    ? "The delay holds the output's converter, the way through air or cable (3 ms a metre of air), the input's converter "
                        + "and how late the stamp is."
                    : "The delay holds the way of the command to the board, the wire, up to one frame of the line and how late the stamp is."
            )
        }
    }

    private func number(_ value: Double?) -> String { value.map { Console.number($0, digits: 2) } ?? "–" }
}
