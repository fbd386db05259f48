import Foundation
import Rigs
import Settings
import Simulators
import Testing

@Suite struct FaultPlanFileTests {
    @Test func `a plan is read with all its keys`() throws {
        let plan = try FaultPlan(
            text: """
                seed = 7
                [[fault]]
                kind = "drop"
                at = 500
                count = 10
                [[fault]]
                kind = "corrupt"
                probability = 0.25
                byte = -1
                [[fault]]
                kind = "drift"
                ppm = -40
                """, file: "plan.toml")
        #expect(
            plan
                == FaultPlan(
                    seed: 7,
                    [
                        .init(.drop, at: 500, count: 10), .init(.corrupt, probability: 0.25, byte: -1),
                        .init(.drift, ppm: -40),
                    ]))
    }

    @Test func `what a plan cannot mean is refused with its line`() {
        let cases: [(String, Int)] = [
            ("sed = 7", 1), ("seed = 1\n[[fault]]\nkind = \"explode\"\nat = 1", 3), ("[[fault]]\nkind = \"drop\"", 1),
            ("[[fault]]\nkind = \"drop\"\nprobability = 2", 3), ("[[fault]]\nkind = \"drop\"\nat = -1", 3),
            ("[[fault]]\nkind = \"drop\"\nevery = 0", 3), ("[[fault]]\nkind = \"delay\"\nat = 1\nseconds = -2", 4),
            ("seed = [", 1),
        ]
        for (text, line) in cases {
            let error = #expect(throws: SettingsError.self) { try FaultPlan(text: text, file: "plan.toml") }
            #expect(error?.line == line, "\(text)")
            #expect(error?.description.hasPrefix("plan.toml") == true)
        }
    }

    @Test func `the plan and the rigs that come with Larmor are read`() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..").path
        #expect(try FaultPlan(contentsOf: root + "/firmware-protocols/faults/plan.toml").faults.count == 5)
        for name in ["cyton-daisy", "thinkgear", "freeeeg32", "rda", "impedance"] {
            #expect(try Rig(contentsOf: root + "/rigs/\(name).toml").devices.count == 1)
        }
    }
}
