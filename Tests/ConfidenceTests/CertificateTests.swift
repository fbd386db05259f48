import Confidence
import Foundation
import Testing

struct CertificateTests {
    private func table(_ count: Int = 2000) throws -> ScoreTable {
        let set = try SyntheticScores.hedger(count)
        var text = "utterance,x,y,part\n"
        for row in 0..<count {
            text += "u\(row / 5),\(set.scores[row]),\(set.outcomes[row] ? 1 : 0),\((row / 5) % 4 == 0 ? "report" : "fit")\n"
        }
        return try ScoreTable(bytes: Array(text.utf8), columns: .init(split: "part"))
    }

    private func certificate(
        _ method: CalibrationMethod = .llo, split: CalibrationCertificate.Split = .init(seed: 1, share: 0.5),
        model: String? = nil
    ) throws -> CalibrationCertificate {
        try CalibrationCertificate(
            table(), method: method, split: split, date: "2026-11-29", program: "test", modelSHA256: model, resamples: 50)
    }

    @Test(arguments: CalibrationMethod.allCases)
    func `what is written is read again, for every method`(_ method: CalibrationMethod) throws {
        let made = try certificate(method, model: "abc")
        let read = try CalibrationCertificate(json: made.json())
        #expect(read.method == method && read.date == "2026-11-29" && read.modelSHA256 == "abc" && read.split == made.split)
        #expect(read.level == (method == .boldness ? 0.95 : nil) && read.fit == made.fit && read.report == made.report)
        for x in stride(from: 0.01, to: 1, by: 0.01) { #expect(read.map(x) == made.map(x)) }
        #expect(read.raw.keys == made.raw.keys && made.raw.count == CalibrationCertificate.measureNames.count)
        #expect(try read.json() == made.json())
    }

    @Test func `the map comes from one part alone, the report from the other`() throws {
        let table = try table()
        let made = try certificate()
        #expect(made.fit.rows == 1000 && made.report.rows == 1000 && made.fit.clusters == 200 && made.report.clusters == 200)
        let parts = try made.split.parts(of: table)
        let alone = try LogOddsFit(table.set.rows(parts.fit)).map
        #expect(made.map == .llo(alone))
        let report = ProperScores(made.map.applied(to: table.set.rows(parts.report)))
        let found = try #require(made.calibrated["brier"])
        #expect(found.value == report.brier && (found.low ?? 1) < found.value && found.value < (found.high ?? 0))
        // Also of what PAV and bins fit to the rows that were drawn.
        for measure in Array(made.raw.values) + Array(made.calibrated.values) {
            #expect((measure.low ?? 1) <= measure.value && measure.value <= (measure.high ?? 0))
        }
        // The hedger's scores gain on rows that the map has not seen.
        #expect((made.calibrated["log_loss"]?.value ?? 1) < (made.raw["log_loss"]?.value ?? 0))
        // On its own data it speaks of the reporting part alone, on other data of every row.
        #expect(try made.reportRows(of: table) == parts.report)
        #expect(try made.reportRows(of: ScoreTable(bytes: Array("y,x\n1,0.5\n".utf8))) == [0])
    }

    @Test func `its own data are divided as they were, or refused`() throws {
        let made = try certificate()
        #expect(made.data.clusterColumn == "utterance")
        let table = try table()
        func read(by cluster: String?) throws -> [Int] {
            try made.reportRows(
                of: ScoreTable(
                    table.set, columns: .init(cluster: cluster, split: "part"), clusterNames: table.clusterNames,
                    splits: table.splits, sha256: table.sha256))
        }
        #expect(try read(by: "utterance") == made.split.parts(of: table).report)
        for other in ["speaker", nil] {
            guard case .certificate(let problem)? = reason({ _ = try read(by: other) }) else {
                Issue.record("rows of the fitting part were reported on")
                continue
            }
            #expect(problem.contains("divided this file by the column “utterance”"))
        }
    }

    @Test func `a column may say the parts, but no utterance may be in both`() throws {
        let made = try certificate(split: .init(column: "part"))
        #expect(made.fit.rows == 1500 && made.report.rows == 500)
        let text = "utterance,x,y,part\nu1,0.4,1,fit\nu1,0.6,0,report\nu2,0.5,1,fit\n"
        let torn = try ScoreTable(bytes: Array(text.utf8), columns: .init(split: "part"))
        guard case .certificate(let problem)? = reason({ _ = try CalibrationCertificate.Split(column: "part").parts(of: torn) })
        else {
            Issue.record("a torn utterance was taken")
            return
        }
        #expect(problem.contains("“u1”"))
    }

    @Test func `another model is refused`() throws {
        let made = try certificate(model: String(repeating: "a", count: 64))
        #expect(reason { try made.check(modelSHA256: String(repeating: "a", count: 64)) } == nil)
        guard case .mismatch(of: "model", _, _)? = reason({ try made.check(modelSHA256: String(repeating: "b", count: 64)) })
        else {
            Issue.record("another model was taken")
            return
        }
        #expect(reason { try certificate().check(modelSHA256: "b") } != nil)
    }

    @Test func `scores that tell their model bind the certificate to it, and those of another model are refused`() throws {
        let (own, other) = (String(repeating: "a", count: 64), String(repeating: "b", count: 64))
        func table(_ model: String, rows: Int = 400) throws -> ScoreTable {
            let set = try SyntheticScores.hedger(rows)
            var text = "utterance,x,y,model_sha256\n"
            for row in 0..<rows { text += "u\(row / 5),\(set.scores[row]),\(set.outcomes[row] ? 1 : 0),\(model)\n" }
            return try ScoreTable(bytes: Array(text.utf8))
        }
        func certificate(_ table: ScoreTable, model: String? = nil) throws -> CalibrationCertificate {
            try CalibrationCertificate(
                table, method: .llo, split: .init(seed: 1, share: 0.5), date: "2026-11-29", program: "test", modelSHA256: model,
                resamples: 20)
        }
        let made = try certificate(table(own))
        let named = try certificate(table(own), model: own)
        #expect(made.modelSHA256 == own && named.modelSHA256 == own)
        #expect(reason { _ = try certificate(table(own), model: other) } == .otherModel(named: other, found: own))
        #expect(
            reason { _ = try made.reportRows(of: table(other)) } == .mismatch(of: "model", certified: own, found: other))
        #expect(try made.reportRows(of: table("", rows: 30)).count == 30)
        let two = Array("x,y,model_sha256\n0.5,1,\(own)\n0.4,0,\(other)\n".utf8)
        guard case .table(line: 3, _)? = reason({ _ = try ScoreTable(bytes: two) }) else {
            Issue.record("scores of two models were taken")
            return
        }
        #expect(reason { _ = try ScoreTable(bytes: Array("x,y,model_sha256\n0.5,1,resnet\n".utf8)) } != nil)
    }

    @Test func `a model's hash is that of its weights, of a folder without any that of its files`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("larmor-model-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder + "/adapters", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(reason { _ = try ModelHash.sha256(of: folder) } != nil)
        try "weights".write(toFile: folder + "/model.safetensors", atomically: true, encoding: .utf8)
        try "{}".write(toFile: folder + "/model.json", atomically: true, encoding: .utf8)
        let hash = try ModelHash.sha256(of: folder)
        // printf weights | sha256sum
        #expect(hash == "9a129038d9a00aed0cf6a7ea059ca50a813449061ab87848cf1a13eafdf33b2c")
        try "[]".write(toFile: folder + "/training.json", atomically: true, encoding: .utf8)
        try "anything".write(toFile: folder + "/certificate.json", atomically: true, encoding: .utf8)
        #expect(try ModelHash.sha256(of: folder) == hash)
        try "other".write(toFile: folder + "/model.safetensors", atomically: true, encoding: .utf8)
        #expect(try ModelHash.sha256(of: folder) != hash)
        #expect(reason { _ = try ModelHash.sha256(of: folder + "/absent") } == .noSuchFile)
        try FileManager.default.removeItem(atPath: folder + "/model.safetensors")
        #expect(try ModelHash.sha256(of: folder) != hash)
    }

    @Test func `damaged certificates are refused with the field`() throws {
        let good = String(decoding: try certificate().json(), as: UTF8.self)
        func message(_ from: String, _ to: String) -> String {
            let text = good.replacingOccurrences(of: from, with: to, options: .regularExpression)
            #expect(text != good, "\(from) is not there")
            do {
                _ = try CalibrationCertificate(json: Array(text.utf8))
                return ""
            } catch {
                return "\(error)"
            }
        }
        #expect(message(#""gamma" : \["#, #""gama" : ["#).contains("parameters.gamma"))
        #expect(message(#""delta" : \["#, #""delta" : [-1, "#).contains("parameters.delta"))
        #expect(message(#""method" : "llo""#, #""method" : "magic""#).contains("“magic”"))
        #expect(message(#""version" : 1"#, #""version" : 2"#).contains("expected"))
        #expect(message(#""prior" : 0.5"#, #""prior" : 1.5"#).contains("prior"))
        #expect(message(#""share" : 0.5"#, #""share" : 7"#).contains("share"))
        #expect(message(#""gamma" : \[[^\]]*\]"#, #""gamma" : [1e300]"#).contains("parameters.gamma"))
        #expect(message(#""delta" : \[[^\]]*\]"#, #""delta" : [0]"#).contains("parameters.delta"))
        #expect(message(#""share" : 0.5"#, #""column" : "part", "share" : 0.5"#).contains("split"))
        #expect(message(#""seed" : [0-9]+,"#, "").contains("split"))
        #expect(message(#""date" : "[^"]*","#, "").contains("date is missing"))
        #expect(message(#""rows" : 1000"#, #""rows" : -3"#).contains("rows"))
        #expect(message(#""rows" : 1000"#, #""rows" : "many""#).contains("rows is of another kind"))
        for bad in ["", "[]", "{", "null", String(repeating: "[", count: 100_000), "{\"format\":1}"] {
            #expect(reason { _ = try CalibrationCertificate(json: Array(bad.utf8)) } != nil)
        }
    }
}
