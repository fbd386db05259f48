extension LanguageModel {
    /// The model as an ARPA file; equal models give equal texts. Numbers are the shortest that read back the same.
    public var arpa: [UInt8] {
        var text: [UInt8] = []
        func put(_ string: String) { text.append(contentsOf: string.utf8) }
        put("\\data\\\n")
        for n in 1...order { put("ngram \(n)=\(counts[n - 1])\n") }
        var gram: [UInt32] = []
        func put(_ node: Int, _ level: Int) {
            if level > 0 {
                put("\(logProbabilities[node])\t")
                for (place, unit) in gram.enumerated() {
                    if place > 0 { text.append(UInt8(ascii: " ")) }
                    text.append(contentsOf: nameBytes(unit))
                }
                if level < order { put(backOffs[node] == 0 ? "\t0" : "\t\(backOffs[node])") }
                put("\n")
            }
        }
        func walk(_ node: Int, _ depth: Int, _ level: Int) {
            if depth == level { return put(node, level) }
            for child in Int(firstChildren[node])..<Int(firstChildren[node + 1]) {
                gram.append(words[child])
                walk(child, depth + 1, level)
                gram.removeLast()
            }
        }
        for level in 1...order {
            put("\n\\\(level)-grams:\n")
            walk(0, 0, level)
        }
        put("\n\\end\\\n")
        return text
    }
}
