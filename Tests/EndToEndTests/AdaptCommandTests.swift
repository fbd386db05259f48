import Foundation
import Recognition
import Testing

/// Timescales, adapters and plans, by commands alone.
@Suite(.enabled(if: Larmor.hasStands, Larmor.standsComment)) struct AdaptCommandTests {
    private struct Explanation: Decodable {
        struct Time: Decodable { var iterations: Double, epochs: Double }
        struct Conventions: Decodable { var torch: Double, decoupled: Double, optax: Double }
        struct Scaled: Decodable { var learningRate: Double, weightDecay: Double, timescale: Time }
        var learningRate: Double
        var weightDecay: Double
        var timescale: Time
        var initialShareLeft: Double
        var conventions: Conventions
        var warnings: [String]
        var scaled: Scaled?
    }

    private struct Adapted: Decodable {
        struct Errors: Decodable { var wordErrorRate: Double }
        var method: String
        var before: Errors
        var after: Errors
        var trainableParameters: Int
        var peakBytes: Int
        var seconds: Double
        var backboneUnchanged: Bool
    }

    private struct Comparison: Decodable { var methods: [Adapted] }
    private struct Shown: Decodable { var adapters: [String] }

    @Test func `a training explains its weight decay, and a model is adapted, evaluated and shown with its adapter`() throws {
        let folder = try temporaryFolder("adapt")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func run(_ arguments: [String], status: Int32 = 0) throws -> Larmor.Result {
            let result = try RunningLarmor(arguments, folder: folder).wait()
            #expect(result.status == status, "\(arguments): \(result.messages)")
            return result
        }
        _ = try run(["simulate", "speech", "--output", "speech", "--words", "one,two", "--voices", "2", "--takes", "6"])
        let train = ["train", "recognizer", "--speech", "speech", "--epochs", "3", "--hidden", "16", "--batch", "2"]
        let told = try run(train + ["--timescale", "2 epochs", "--explain", "--scale", "data=8x,width=4x", "--json"])
            .json(Explanation.self)
        #expect(abs(told.timescale.epochs - 2) < 1e-6 && told.warnings.isEmpty && told.initialShareLeft < 1)
        #expect(
            abs(told.conventions.decoupled * told.timescale.iterations - 1) < 1e-6 && told.conventions.optax == told.weightDecay
        )
        let scaled = try #require(told.scaled)
        #expect(abs(scaled.timescale.epochs - 2) < 1e-6 && abs(scaled.learningRate * 4 / told.learningRate - 1) < 1e-6)
        for wrong in ["0", "nan", "8 weeks"] { _ = try run(train + ["--timescale", wrong, "--explain"], status: 64) }
        _ = try run(train, status: 64)

        _ = try run(train + ["--timescale", "2 epochs", "--output", "model"])
        let before = try Data(contentsOf: URL(fileURLWithPath: folder + "/model/model.safetensors"))
        let adapted = try run(
            ["adapt", "model", "--speech", "speech", "--subject", "anna", "--epochs", "2", "--rank", "4", "--json"]
        ).json(Adapted.self)
        #expect(adapted.method == "read" && adapted.backboneUnchanged && adapted.peakBytes > 0 && adapted.seconds > 0)
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/model/model.safetensors")) == before)
        #expect(try run(["model", "show", "model", "--json"]).json(Shown.self).adapters == ["anna"])
        _ = try run(["evaluate", "model", "speech", "--adapter", "anna"])
        _ = try run(["evaluate", "model", "speech", "--adapter", "bert"], status: 66)
        let compared = try run([
            "adapt", "model", "--speech", "speech", "--subject", "anna", "--epochs", "1", "--compare", "all", "--json",
        ]).json(Comparison.self)
        #expect(compared.methods.map(\.method) == AdaptationMethod.allCases.map(\.rawValue))
        _ = try run(["adapt", "model", "--speech", "speech", "--subject", "../anna"], status: 64)

        _ = try run([
            "train", "recognizer", "--speech", "speech", "--epochs", "1", "--hidden", "16", "--seed", "2", "--output", "other",
        ])
        try FileManager.default.copyItem(atPath: folder + "/model/adapters", toPath: folder + "/other/adapters")
        let foreign = try run(["evaluate", "other", "speech", "--adapter", "anna"], status: 65)
        #expect(foreign.messages.contains("made for another model"))
    }

    @Test func `a plan of recurrent paths becomes the network of a training, and streams`() throws {
        let folder = try temporaryFolder("planned")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func run(_ arguments: [String], status: Int32 = 0) throws -> Larmor.Result {
            let result = try RunningLarmor(arguments, folder: folder).wait()
            #expect(result.status == status, "\(arguments): \(result.messages)")
            return result
        }
        let plan = ["plan", "--kind", "recurrent", "--inputs", "16", "--outputs", "16", "--draws", "100"]
        let told = try run(plan + ["--like", "16", "--output", "plan.json", "--json"]).json(Plan.self)
        #expect(told.primal.map { $0.paths > 1 && $0.parameters <= 2048 } == true)
        #expect(told.dual.flatMap(\.microseconds).map { $0 > 0 } == true)
        let timed = try run(plan + ["--latency", "200", "--json"]).json(Plan.self)
        #expect(timed.primal.flatMap(\.microseconds).map { $0 < 2000 } == true)
        _ = try run(["simulate", "speech", "--output", "speech", "--words", "one,two", "--voices", "2", "--takes", "6"])
        let train = [
            "train", "recognizer", "--speech", "speech", "--preset", "live", "--layers", "2", "--epochs", "1", "--output",
            "model",
            "--plan",
        ]
        _ = try run(train + ["plan.json"])
        let card = try String(contentsOfFile: folder + "/model/model.json", encoding: .utf8)
        #expect(card.contains("\"ensemble\"") && card.contains("\"paths\""))
        _ = try run(["evaluate", "model", "speech"])
        // Not what a recogniser can build, damaged, and not there.
        _ = try run(
            [
                "plan", "--kind", "recurrent", "--inputs", "8", "--outputs", "9", "--like", "8", "--draws", "100", "--output",
                "odd.json",
            ])
        try "{\"goal\": \"primal\"}".write(toFile: folder + "/broken.json", atomically: true, encoding: .utf8)
        for (file, status) in [("odd.json", 65), ("broken.json", 65), ("none.json", 66)] as [(String, Int32)] {
            #expect(try run(train + [file, "--output", "m2"], status: status).messages.contains(file))
        }
        _ = try run(train + ["plan.json", "--hidden", "32"], status: 64)
        _ = try run(plan + ["--latency", "0.1"], status: 64)
    }

    private struct Plan: Decodable {
        struct Row: Decodable { var paths: Int, width: Int, parameters: Int, variance: Double, microseconds: Double? }
        var alpha: Double?
        var primal: Row?
        var dual: Row?
    }

    @Test func `a plan names the paths of the reference table, and refuses what cannot be`() throws {
        let plan = ["plan", "--inputs", "64", "--outputs", "32", "--depth", "3"]
        func run(_ more: [String]) throws -> Larmor.Result {
            try RunningLarmor(plan + more, folder: NSTemporaryDirectory()).wait()
        }
        let given = try run(["--like", "512", "--alpha", "3.3", "--json"]).json(Plan.self)
        let (primal, dual) = (try #require(given.primal), try #require(given.dual))
        #expect(primal.paths == 225 && primal.width == 19 && dual.paths == 33 && dual.parameters == 89_760)
        let measured = try run(["--like", "512", "--draws", "500", "--json"]).json(Plan.self)
        #expect(measured.alpha.map { (2.5...4).contains($0) } == true)
        #expect(try run(["--parameters", "10"]).status == 64)
        #expect(try run(["--like", "512", "--alpha", "0"]).status == 64)
        #expect(try run([]).status == 64)
    }
}
