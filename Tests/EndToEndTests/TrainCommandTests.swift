import Foundation
import Origin
import Recognition
import Testing

@Suite(.enabled(if: Larmor.hasStands, Larmor.standsComment)) struct TrainCommandTests {
    private struct Result: Decodable {
        struct Origin: Decodable { var seed: UInt64?, data: [String: String]? }
        var provenance: Origin
    }

    @Test func `a model says who made it, how, from which seed and from which words, and so does the result`() throws {
        let folder = try temporaryFolder("train")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (speech, output) = (folder + "/speech", folder + "/model")
        let spoken = try Larmor.run(
            "simulate", "speech", "--output", speech, "--words", "one,two", "--voices", "1", "--takes", "6")
        #expect(spoken.status == 0, "\(spoken.messages)")
        let trained = try Larmor.run(
            "train", "recognizer", "--speech", speech, "--output", output, "--epochs", "1", "--seed", "7", "--json")
        #expect(trained.status == 0, "\(trained.messages)")
        let provenance = try #require(try RecognizerModel(folder: output).card.provenance)
        #expect(provenance.command.contains("train recognizer --speech \(speech)") && provenance.seed == 7)
        #expect(!provenance.version.isEmpty && !provenance.processor.isEmpty)
        #expect(provenance.data == [speech: try ContentHash.sha256(of: speech)])
        let told = try trained.json(Result.self).provenance
        #expect(told.seed == 7 && told.data == provenance.data)
    }
}
