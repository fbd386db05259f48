import ArgumentParser
import Devices
import Foundation
import MachineCheck
import Origin
import Outputs
import Sessions

struct SupportBundle: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes what somebody who helps needs to know, as one text that you can read before you send it.",
        discussion: """
            The program, the findings of `larmor doctor`, the devices, a rig file, and how a session was recorded and what is wrong with \
            it. Home folder, user and host, subjects, notes and serial numbers are replaced by other words; samples, spoken words \
            and markers are not in it. Nothing is sent anywhere.
            Example: larmor support-bundle --output support.txt
            """)

    @Option(name: .shortAndLong, help: "The file to write.")
    var output: String

    @Option(help: "A rig file to put in.")
    var rig: String?

    @Option(help: "A session to tell of.")
    var session: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    private struct Result: Encodable {
        var output: String
        var bytes: Int
    }

    func run() throws {
        try reportingFailures {
            let inputs = [rig, session].compactMap { $0 }
            let file = try OutputFile(output, inputs: inputs)
            let devices = DeviceListing.all()
            var secrets = devices.compactMap(\.serialNumber)
            var parts = [
                "PROGRAM\nlarmor \(BuildRecord.own.text)\n" + BuildRecord.own.libraries.joined(separator: " "),
                "MACHINE\n\(ProcessProvenance.now.processor), \(ProcessInfo.processInfo.activeProcessorCount) cores, "
                    + ProcessInfo.processInfo.operatingSystemVersionString + "\n" + kernel,
                "FINDINGS\n" + Doctor.text(.now), "DEVICES\n" + list(devices),
            ]
            if let rig {
                parts.append("RIG \(rig)\n" + String(decoding: try ByteFile.bytes(of: rig, atMost: 1 << 20), as: UTF8.self))
            }
            if let session {
                do {
                    let manifest = try SessionManifest(folder: session)
                    secrets += [manifest.subject, manifest.note].compactMap { $0 }
                    parts.append("SESSION \(session)\n" + (try describe(manifest)))
                } catch  where FileManager.default.fileExists(atPath: session) {
                    // A damaged one is what somebody needs help with.
                    parts.append("SESSION \(session)\n\(error)")
                }
            }
            let text = Redaction(secrets: secrets).text(parts.joined(separator: "\n\n")) + "\n"
            try file.append(Array(text.utf8))
            try file.finish()
            if json { return try Console.json(Result(output: output, bytes: text.utf8.count)) }
            Console.result("\(output): \(Console.bytes(text.utf8.count)); read it before you send it")
        }
    }

    private var kernel: String {
        (try? String(contentsOfFile: "/proc/version", encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
    }

    private func list(_ devices: [DeviceListing]) -> String {
        devices.isEmpty
            ? "none"
            : devices.map { "\($0.kind) \($0.port) \($0.usbId ?? "–") \($0.description): \($0.missing ?? "fine")" }
                .joined(separator: "\n")
    }

    /// How it was recorded, by which devices, and what is wrong with it.
    private func describe(_ manifest: SessionManifest) throws -> String {
        let found = try SessionVerification(folder: session ?? "")
        var lines = [
            "larmor \(manifest.larmor), format \(manifest.format), \(manifest.state.rawValue), seed \(manifest.seed)",
            "command: \(manifest.provenance?.command ?? "–")",
        ]
        lines += manifest.devices.map {
            "device \($0.name): \($0.driver), refused bytes \(manifest.refusedBytes[$0.name] ?? 0)"
        }
        lines += found.streams.map { stream in
            "stream \(stream.name): \(stream.samples) samples, \(stream.gaps.count) gaps, "
                + "\(stream.gaps.reduce(0) { $0 + $1.count }) missing"
        }
        lines += (manifest.failures ?? [:]).sorted { $0.key < $1.key }.map { "failure of \($0.key): \($0.value)" }
        lines += (manifest.damage ?? []).map { "damage: \($0)" } + found.problems.map { "problem: \($0)" }
        return (lines + ["", manifest.rig]).joined(separator: "\n")
    }
}
