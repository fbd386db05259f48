import Decoding
import Foundation
import Signals
import Testing

private let python = ProcessInfo.processInfo.environment["LARMOR_KENLM_PYTHON"]

/// KenLM reads the ARPA files that we write.
@Suite(.enabled(if: python != nil, "needs LARMOR_KENLM_PYTHON with kenlm")) struct KenLMTests {
    @Test(arguments: [2, 3, 4, 5]) func `KenLM finds the same probabilities`(order: Int) throws {
        var random = SplitMix64(seed: 5)
        let text = (0..<300).map { _ in
            (0...random.integer(below: 9)).map { _ in "w\(random.integer(below: 1 + random.integer(below: 40)))" }
        }
        let model = try LanguageModel(sentences: text, order: order)
        let folder = NSTemporaryDirectory() + "larmor-\(UUID())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data(model.arpa).write(to: URL(fileURLWithPath: folder + "/lm.arpa"))
        let asked = text.prefix(50) + [["w1", "stranger", "w2"], ["w39", "w38", "w0", "w0"]]
        try asked.map { $0.joined(separator: " ") }.joined(separator: "\n")
            .write(toFile: folder + "/text", atomically: true, encoding: .utf8)
        let program = Process()
        program.executableURL = URL(fileURLWithPath: python ?? "")
        program.arguments = [
            "-c",
            "import kenlm,sys\nm=kenlm.Model(sys.argv[1]+'/lm.arpa')\nfor l in open(sys.argv[1]+'/text'): print(m.score(l.strip()))",
            folder,
        ]
        let pipe = Pipe()
        program.standardOutput = pipe
        program.standardError = FileHandle.nullDevice
        try program.run()
        let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let theirs = said.split(separator: "\n").compactMap { Double($0) }
        try #require(theirs.count == asked.count)
        // KenLM computes with 32 bits.
        for (sentence, score) in zip(asked, theirs) {
            #expect(abs(score - model.logProbability(ofSentence: sentence)) < 2e-4)
        }
    }
}
