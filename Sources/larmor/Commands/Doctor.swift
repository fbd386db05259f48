import ArgumentParser
import Devices
import Foundation
import MachineCheck

struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Looks for what keeps this machine from working well with devices, and says what to do.",
        discussion: """
            Permissions of the devices that are plugged in, udev rules, programs that take serial ports, space on the disk, the clock, \
            real-time limits, liblsl, and the programs that simulators need. Nothing is changed. Exit code 1 says that something here \
            cannot be used.
            Example: larmor doctor
            """)

    @Flag(help: "Print one JSON object.")
    var json = false

    struct Result: Encodable {
        var program = BuildRecord.own
        var findings: [MachineFinding]

        static var now: Result {
            let folder = FileManager.default.currentDirectoryPath
            return Result(
                findings: Machine().findings(
                    devices: DeviceListing.all(), freeBytes: StatusBoard.freeBytes(of: folder).map { Int(clamping: $0) }))
        }
    }

    func run() throws {
        let found = Result.now
        if json {
            try Console.json(found)
        } else {
            Console.result(Self.text(found))
        }
        if found.findings.contains(where: { $0.state == .wrong }) { throw ExitCode(1) }
    }

    /// A line for each finding; below it what to do.
    static func text(_ result: Result) -> String {
        let width = result.findings.map(\.name.count).max() ?? 0
        return
            (["larmor \(result.program.text)", ""]
            + result.findings.flatMap { finding in
                [
                    "\(word(finding.state))  \(finding.name.padding(toLength: width, withPad: " ", startingAt: 0))  \(finding.found)"
                ]
                    + (finding.remedy.map { ["\(String(repeating: " ", count: width + 10))\($0)"] } ?? [])
            }).joined(separator: "\n")
    }

    private static func word(_ state: MachineFinding.State) -> String {
        switch state {
        case .good: "good  "
        case .advice: "advice"
        case .wrong: "wrong "
        }
    }
}
