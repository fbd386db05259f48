import Foundation

/// Modified Kneser–Ney by the formulas alone: every count is a walk over the whole text.
struct KneserNeyFormula {
    let order: Int
    let sentences: [[String]]
    let units: Set<String>

    init(_ text: [[String]], order: Int) {
        self.order = order
        sentences = text.filter { !$0.isEmpty }.map { ["<s>"] + $0 + ["</s>"] }
        units = Set(text.joined()).union(["<unk>", "</s>"])
    }

    private func grams(_ n: Int) -> [[String]] {
        sentences.flatMap { s in s.count < n ? [] : (0...(s.count - n)).map { Array(s[$0..<$0 + n]) } }
    }

    private func counts(_ n: Int) -> [[String]: Int] {
        var result: [[String]: Int] = [:]
        if n == order {
            for gram in grams(n) where gram != ["<s>"] { result[gram, default: 0] += 1 }
        } else {
            for gram in grams(n) where gram[0] == "<s>" && n > 1 { result[gram, default: 0] += 1 }
            for gram in Set(grams(n + 1)) { result[Array(gram.dropFirst()), default: 0] += 1 }
        }
        return result
    }

    private func discounts(_ counts: [Int]) -> [Double] {
        let n = (0...4).map { k in Double(counts.filter { $0 == k }.count) }
        guard n[1] > 0, n[2] > 0, n[3] > 0, n[4] > 0 else { return [0, 0.5, 1, 1.5] }
        let y = n[1] / (n[1] + 2 * n[2])
        let d = [0, 1 - 2 * y * n[2] / n[1], 2 - 3 * y * n[3] / n[2], 3 - 4 * y * n[4] / n[3]]
        return (1...3).allSatisfy { d[$0] > 0 && d[$0] <= Double($0) } ? d : [0, 0.5, 1, 1.5]
    }

    /// p(unit | context).
    func probability(of unit: String, after context: [String]) -> Double {
        let counts = counts(context.count + 1)
        let lower =
            context.isEmpty ? 1 / Double(units.count) : probability(of: unit, after: Array(context.dropFirst()))
        let after = counts.filter { Array($0.key.dropLast()) == context }
        let total = Double(after.values.reduce(0, +))
        guard total > 0 else { return lower }
        let d = discounts(Array(counts.values))
        let own = after[context + [unit]] ?? 0
        let weight = after.values.reduce(0.0) { $0 + d[min($1, 3)] } / total
        return max(0, Double(own) - d[min(own, 3)]) / total + weight * lower
    }
}
