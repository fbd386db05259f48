import Decoding
import Foundation

/// How well 4-gram models foretell 2,000 sentences of the grammar of `language_model.py`: its own model, and ours of the same text.
struct PerplexityComparison {
    /// Writes the texts; then each sentence's natural logarithm by the script's own ARPA file with KenLM, where it is there.
    private static let program = """
        import json, math, sys
        sys.path.insert(0, sys.argv[1])
        import language_model as grammar
        train = [" ".join(s) for s in grammar.sentences(51, grammar.SENTENCES)]
        known = set(train)
        test = [s for s in (" ".join(t) for t in grammar.sentences(52, 4000)) if s not in known][:2000]
        open(sys.argv[2] + "/grammar_train.txt", "w").write("\\n".join(train) + "\\n")
        open(sys.argv[2] + "/grammar_test.txt", "w").write("\\n".join(test) + "\\n")
        found = {}
        try:
            import kenlm
            model = kenlm.Model(sys.argv[2] + "/grammar4.arpa")
            units = sum(len(s.split()) + 1 for s in test)
            found["kenlm"] = 10 ** (-sum(model.score(s) for s in test) / units)
        except ImportError:
            pass
        print(json.dumps(found))
        """

    /// The peer's model by KenLM; nil without KenLM.
    private var byKenLM: Double?
    /// The same model by our reader, and our own model.
    private let peer: Double
    private let own: Double
    private let sentences: Int

    /// - Returns: nil without a Python.
    init?(scripts: String, inputs: String, python: String?) throws {
        guard let python else { return nil }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = ["-c", Self.program, scripts, inputs]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let printed = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        byKenLM = ((try? JSONSerialization.jsonObject(with: printed)) as? [String: Double])?["kenlm"]
        func lines(_ name: String) throws -> [[String]] {
            try String(contentsOfFile: inputs + "/" + name, encoding: .utf8).split(separator: "\n").map {
                $0.split(separator: " ").map(String.init)
            }
        }
        let test = try lines("grammar_test.txt")
        sentences = test.count
        let theirs = try LanguageModel(
            arpa: [UInt8](Data(contentsOf: URL(fileURLWithPath: inputs + "/grammar4.arpa"))), place: "grammar4.arpa",
            units: .words)
        peer = theirs.perplexity(of: test).value
        own = try LanguageModel(sentences: lines("grammar_train.txt"), order: 4).perplexity(of: test).value
    }

    func show() {
        func text(_ value: Double) -> String { String(format: "%.3f", value) }
        print("\nperplexity of \(sentences) new sentences")
        print("  larmor, modified Kneser–Ney: \(text(own))")
        print("  language_model.py, absolute discounting: \(text(peer))" + (byKenLM.map { ", by KenLM \(text($0))" } ?? ""))
    }
}
