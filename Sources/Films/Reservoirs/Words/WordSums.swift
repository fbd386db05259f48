import LinearAlgebra

/// All words heard once: sums for readouts, and of each word the row by which it is named.
struct WordSums {
    struct Heard {
        /// Sums of the words of each group, in all their forms.
        var groups: [Int: ReadoutSums]
        /// Of each word the mean row of its heard forms, shape `[words, width]`.
        var rows: Matrix<Float>

        /// The word that each of these is taken for.
        func named(_ words: [Int], _ readout: LinearReadout) throws -> [Int] {
            try outputs(words, readout) { outputs, row in
                (0..<outputs.columns).max { outputs[row, $0] < outputs[row, $1] } ?? 0
            }
        }

        func mistakes(_ chosen: [Int], _ words: [SpokenWord], _ readout: LinearReadout) throws -> WordMistakes {
            let found = try outputs(chosen, readout) { outputs, row in
                let label = words[chosen[row]].label
                let named = (0..<outputs.columns).max { outputs[row, $0] < outputs[row, $1] } ?? 0
                let distance = (0..<outputs.columns).reduce(0.0) { sum, k in
                    let difference = outputs[row, k] - (k == label ? 1 : 0)
                    return sum + difference * difference
                }
                return WordMistakes(words: 1, count: named == label ? 0 : 1, squares: distance)
            }
            return found.reduce(into: WordMistakes()) { $0.add($1) }
        }

        /// Some rows at a time.
        private func outputs<Result>(
            _ words: [Int], _ readout: LinearReadout, _ body: (Matrix<Double>, Int) -> Result
        ) throws -> [Result] {
            let values = words.flatMap { rows.row($0).map { Double($0) } }
            let outputs = try readout.predict(Matrix(rows: words.count, columns: rows.columns, values: values))
            return words.indices.map { body(outputs, $0) }
        }
    }

    private let task: SpokenWordTask
    private let listener: WordListener
    private let group: (SpokenWord) -> Int?

    /// - Parameter group: whose sums a word belongs to; nil for one that is never learned from.
    init(_ task: SpokenWordTask, _ listener: WordListener, group: @escaping (SpokenWord) -> Int?) {
        (self.task, self.listener, self.group) = (task, listener, group)
    }

    /// - Returns: nil when it was stopped.
    func hear(_ progress: (Double) -> Bool) throws -> Heard? {
        let (words, features) = (task.words, task.settings.features)
        let inputs = WordInputs(words, frames: task.frames, features: features) { group($0) != nil }
        let heardForms = features.heardForms
        var heard = Heard(groups: [:], rows: Matrix(rows: words.count, columns: listener.width))
        let batch = max(1, 64 / features.forms.count)
        for first in stride(from: 0, to: words.count, by: batch) {
            let chosen = Array(first..<min(first + batch, words.count))
            // A word that is never learned from is heard in the forms that count when it is named.
            let turns = chosen.flatMap { word in
                (group(words[word]) == nil ? heardForms : Array(features.forms.indices)).map { (word: word, form: $0) }
            }
            let rows = try listener.rows(turns.count) { inputs.frames(word: turns[$0].word, form: turns[$0].form) }
            for (turn, row) in zip(turns, rows) where heardForms.contains(turn.form) {
                for k in row.indices { heard.rows[turn.word, k] += Float(row[k]) / Float(heardForms.count) }
            }
            for (number, members) in Dictionary(grouping: turns.indices, by: { group(words[turns[$0].word]) }) {
                guard let number else { continue }
                var targets = Matrix<Double>(rows: members.count, columns: task.labels.count)
                for (row, turn) in members.enumerated() { targets[row, words[turns[turn].word].label] = 1 }
                let states = Matrix(rows: members.count, columns: listener.width, values: members.flatMap { rows[$0] })
                try heard.groups[
                    number,
                    default: ReadoutSums(nodes: listener.width, outputs: task.labels.count, isExact: task.settings.isExact)
                ].add(states: states, targets: targets)
            }
            guard progress(Double(chosen.count + first) / Double(words.count)) else { return nil }
        }
        return heard
    }
}

/// How often a readout is wrong; of equally many mistakes the smaller distance counts.
struct WordMistakes: Comparable {
    var words = 0
    var count = 0
    /// Squared distances of outputs and targets.
    var squares = 0.0

    mutating func add(_ other: WordMistakes) {
        words += other.words
        count += other.count
        squares += other.squares
    }

    static func < (left: WordMistakes, right: WordMistakes) -> Bool {
        (left.count, left.squares) < (right.count, right.squares)
    }
}
