import Devices
import Foundation
import Reservoirs
import Simulators
import Testing
import Transports

/// `larmor simulate film --film` beside `larmor film run --film`.
struct ServedFilmTests {
    @Test func `films of a film file answer on the wire as a run of the file does`() throws {
        let folder = try temporaryFolder("served-film")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let film = folder + "/disk.toml"
        try """
        name = "disk"
        material = "Co"
        damping = 0.2
        shape = { kind = "ellipse", centre_nm = [8, 6], radii_nm = [8, 6] }
        [mesh]
        cells = [4, 3]
        cell_nm = [4, 4, 3]
        [[region]]
        name = "left"
        material = "permalloy"
        shape = { kind = "rectangle", from_nm = [0, 0], to_nm = [8, 12] }
        only_filled = true

        """.write(toFile: film, atomically: true, encoding: .utf8)
        let steps = ["--time-step", "5e-14", "--steps-per-input", "20"]
        let inputs: [[Float]] = (0..<5).map { row in (0..<12).map { cell in Float((row * 7 + cell * 3) % 11 - 5) * 0.01 } }
        try inputs.map { $0.map { "\($0)" }.joined(separator: ",") + "\n" }.joined().write(
            toFile: folder + "/drive.csv", atomically: true, encoding: .utf8)
        let run = try RunningLarmor(
            ["film", "run", "--model", "continuum", "--film", film, "--input", "drive.csv", "--output", "m.csv"] + steps,
            folder: folder
        ).wait()
        #expect(run.status == 0, "\(run.messages)")
        let states = try String(contentsOfFile: folder + "/m.csv", encoding: .utf8).split(separator: "\n")
            .map { $0.split(separator: ",").compactMap { Float($0) } }.filter { !$0.isEmpty }
        try #require(states.count == 5 && states.allSatisfy { $0.count == 36 })

        let served = try SimulatorProcess(
            executable: Larmor.path, arguments: ["film", "--model", "continuum", "--film", film, "--films", "2"] + steps)
        let waker = try Waker()
        let driver = RigLinkDriver(name: "film", port: served.announcement.address, waker: waker)
        let runner = DeviceRunner(name: "film", driver: driver, waker: waker)
        let reservoir = try RigLinkReservoir(name: "film", driver: driver, runner: runner)
        #expect(reservoir.description.contains("disk") && reservoir.inputs == 24 && reservoir.nodes == 72)
        // The second film takes the inputs in reverse order, and so goes another way.
        let both = zip(inputs, inputs.reversed()).flatMap { $0 + $1 }
        let answers = try reservoir.run(both)
        for (step, expected) in states.enumerated() {
            #expect(Array(answers[72 * step..<72 * step + 36]) == expected, "input \(step)")
        }
        #expect(answers[36..<72] != answers[0..<36])
    }

    @Test func `a rig's simulated film takes a film file, and the rig's check names one that is missing`() throws {
        struct Report: Decodable {
            struct Device: Decodable { var properties: Properties }
            struct Properties: Decodable { var model: String }
            var devices: [Device]
        }
        let folder = try temporaryFolder("film-rig")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let film = """
            name = "strip"
            material = "permalloy"
            [mesh]
            cells = [5, 2]
            cell_nm = [4, 4, 3]

            """
        try film.write(toFile: folder + "/strip.toml", atomically: true, encoding: .utf8)
        for name in ["strip", "none"] {
            let rig = """
                [[device]]
                name = "film"
                driver = "riglink"
                simulator = "film"

                [device.simulation]
                film = "\(folder)/\(name).toml"
                model = "continuum"
                films = 3

                """
            try rig.write(toFile: folder + "/\(name)-rig.toml", atomically: true, encoding: .utf8)
        }
        let report = try Larmor.run("check", folder + "/strip-rig.toml", "--seconds", "2", "--json").json(Report.self)
        #expect(report.devices.map(\.properties.model) == ["continuum film 3×10 strip"])
        let refusal = try Larmor.run("check", folder + "/none-rig.toml", "--seconds", "2")
        #expect(refusal.status == 65, "\(refusal)")
        #expect(refusal.messages.contains("\(folder)/none-rig.toml:7: “film” is “\(folder)/none.toml”"), "\(refusal)")
    }
}
