import Foundation
import Testing

/// `larmor film run` as a user calls it.
struct FilmCommandTests {
    private struct Answer: Decodable {
        var output: String
        var inputs: Int
        var cells: Int
        var cellStepsPerSecond: Double
        var warnings: [String]
    }

    private static let record: String? = {
        let environment = ProcessInfo.processInfo.environment["LARMOR_SHARED_DATA"].map { [$0] } ?? []
        var folder = URL(fileURLWithPath: #filePath)
        var candidates = environment
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            candidates.append(folder.path + "/shared/data")
        }
        return candidates.map { $0 + "/film-record" }.first { FileManager.default.fileExists(atPath: $0 + "/input") }
    }()

    @Test(.enabled(if: record != nil, "needs shared/data/film-record"))
    func `the study's run folder gives the study's output file`() throws {
        let folder = try temporaryFolder("film")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let record = Self.record ?? ""
        let result = try Larmor.run(
            "film", "run", "--vampire", record, "--output", folder + "/reservoir_output.txt", "--json")
        #expect(result.status == 0)
        let answer = try result.json(Answer.self)
        #expect(answer.inputs == 275 && answer.cells == 100 && answer.warnings.isEmpty)
        let ours = try String(contentsOfFile: folder + "/reservoir_output.txt", encoding: .utf8)
        let theirs = try String(contentsOfFile: record + "/reservoir_output.txt", encoding: .utf8)
        let (a, b) = (ours.split(separator: "\n"), theirs.split(separator: "\n"))
        #expect(a.count == b.count)
        // A last digit may be rounded the other way on another machine; more may not differ.
        var different = 0
        for (a, b) in zip(a, b) where a != b {
            for (x, y) in zip(a.split(separator: " "), b.split(separator: " ")) where x != y {
                different += 1
                // Cells have 4.9e-21 A m².
                #expect(abs((Double(x) ?? .nan) - (Double(y) ?? .nan)) < 5e-26)
            }
        }
        #expect(different < 100)
    }

    @Test func `a table of fields gives one line of unit vectors per input`() throws {
        let folder = try temporaryFolder("film")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try "# tesla\n0.1\n-0.2; 0 0.1, 0\n".write(toFile: folder + "/drive.csv", atomically: true, encoding: .utf8)
        let result = try Larmor.run(
            "film", "run", "--rows", "2", "--columns", "2", "--material", "Co", "--input", "drive.csv", "--output",
            "states.csv",
            in: folder)
        #expect(result.status == 0)
        let lines = try String(contentsOfFile: folder + "/states.csv", encoding: .utf8).split(separator: "\n").dropFirst()
        #expect(lines.count == 2)
        for line in lines {
            let m = line.split(separator: ",").compactMap { Double($0) }
            #expect(m.count == 12)
            for cell in 0..<4 where m.count == 12 {
                #expect(abs(m[cell] * m[cell] + m[4 + cell] * m[4 + cell] + m[8 + cell] * m[8 + cell] - 1) < 1e-5)
            }
        }
    }

    @Test func `bad input ends with its exit code and names the place`() throws {
        let folder = try temporaryFolder("film")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try "0.1\n0.2,0.3\n".write(toFile: folder + "/drive.csv", atomically: true, encoding: .utf8)
        try "sim:time-step = soon\n".write(toFile: folder + "/input", atomically: true, encoding: .utf8)
        let table = try Larmor.run("film", "run", "--input", "drive.csv", "--output", "x", in: folder)
        #expect(table.status == 65 && table.messages.contains("drive.csv:2: expected 1 or 100 values, found 2"))
        let damping = try Larmor.run("film", "run", "--input", "drive.csv", "--output", "x", "--damping", "0", in: folder)
        #expect(damping.status == 65 && damping.messages.contains("damping is 0.0"))
        let input = try Larmor.run("film", "run", "--vampire", ".", "--output", "x", in: folder)
        #expect(input.status == 65 && input.messages.contains("./input: the key micromagnetic:discretisation is missing"))
        let missing = try Larmor.run("film", "run", "--vampire", "nowhere", "--output", "x", in: folder)
        #expect(missing.status == 66 && missing.messages.contains("nowhere/input: no such file"))
        #expect(try Larmor.run("film", "run", "--output", "x", in: folder).status == 64)
        try "0.1\n".write(toFile: folder + "/good.csv", atomically: true, encoding: .utf8)
        let unwritable = try Larmor.run("film", "run", "--input", "good.csv", "--output", "no/where", in: folder)
        #expect(unwritable.status == 74 && unwritable.messages.contains("no/where"))
    }

    private struct Loop: Decodable {
        var points: Int
        var cells: Int
        var coerciveMt: [Double]
        var remanence: [Double]
        var notConverged: Int
    }

    @Test func `a loop of a small ellipse is symmetric, and its table and plot are written`() throws {
        let folder = try temporaryFolder("loop")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let result = try Larmor.run(
            "film", "loop", "--shape", "ellipse", "--length-nm", "100", "--width-nm", "50", "--thickness-nm", "5",
            "--cell-nm", "5", "--largest-mt", "150", "--steps", "30", "--output", folder + "/loop.csv",
            "--plot", folder + "/loop.svg", "--json")
        #expect(result.status == 0)
        let loop = try result.json(Loop.self)
        #expect(loop.points == 61 && loop.notConverged == 0 && loop.coerciveMt.count == 2 && loop.remanence.count == 2)
        // Both branches are one curve turned over; an ellipse along the field keeps its magnetisation at zero field.
        #expect(abs((loop.coerciveMt.first ?? 0) + (loop.coerciveMt.last ?? 1)) < 1)
        #expect((loop.remanence.first ?? 0) > 0.9)
        // Area of the ellipse over that of a cell: 157.
        #expect(abs(loop.cells - 157) < 8)
        let table = try String(contentsOfFile: folder + "/loop.csv", encoding: .utf8)
        #expect(table.split(separator: "\n").count == 62)
        #expect(try String(contentsOfFile: folder + "/loop.svg", encoding: .utf8).contains("<svg"))
        #expect(try Larmor.run("film", "loop", "--cell-nm", "7", "--output", folder + "/x.csv").status == 64)
    }

    private struct Terms: Decodable {
        struct Term: Decodable {
            struct Parameter: Decodable {
                var name: String
                var unit: String
            }
            var name: String
            var parameters: [Parameter]
        }
        var terms: [Term]
        var papers: [String]
    }

    @Test func `the terms of the continuum film come with units and papers`() throws {
        let terms = try Larmor.run("film", "terms", "--json").json(Terms.self)
        #expect(terms.terms.count >= 9 && terms.papers.count >= 9)
        let exchange = try #require(terms.terms.first { $0.name == "exchange" })
        #expect(exchange.parameters.first?.unit == "J/m")
        let text = try Larmor.run("film", "terms").output
        for term in terms.terms { #expect(text.contains(term.name)) }
    }
}
