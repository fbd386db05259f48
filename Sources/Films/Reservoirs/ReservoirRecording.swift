public import Failures
import Foundation

/// What was given to a reservoir and what it answered, as a text file that people can read and other programs write.
///
///     # larmor reservoir recording: inputs 2, nodes 3, nickel film on the bench
///     # reset 7
///     0.01,-0.02,0.99,0.02,0.1
///
/// A line has the values of one input and then those of the state after it, separated by commas; a line `# reset SEED`
/// begins anew; other lines that begin with # and empty ones do not count.
public struct ReservoirRecording: Equatable, Sendable {
    public struct FileError: Failure, Equatable {
        public var file: String
        /// Counted from 1; 0 for the file as a whole.
        public var line: Int
        public var expected: String
        public var found: String

        public var kind: FailureKind { .badInput }

        public var description: String { "\(file)\(line > 0 ? ":\(line)" : ""): expected \(expected), found \(found)" }
    }

    /// The inputs from one reset to the next.
    public struct Run: Equatable, Sendable {
        public var seed: UInt64
        /// Shape `[steps, inputs]`.
        public var inputs: [Float]
        /// Shape `[steps, nodes]`.
        public var states: [Float]

        public init(seed: UInt64, inputs: [Float] = [], states: [Float] = []) {
            (self.seed, self.inputs, self.states) = (seed, inputs, states)
        }
    }

    /// Of the device, one line.
    public var description: String
    public var inputs: Int
    public var nodes: Int
    public var runs: [Run]

    public init(description: String, inputs: Int, nodes: Int, runs: [Run] = []) {
        precondition(inputs > 0 && nodes > 0, "a reservoir has inputs and nodes")
        (self.description, self.inputs, self.nodes, self.runs) = (description, inputs, nodes, runs)
    }

    private static let title = "# larmor reservoir recording: inputs "

    /// - Throws: ``FileError``.
    public init(file: String) throws(FileError) {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw FileError(file: file, line: 0, expected: "a recording of a reservoir", found: "no such file")
        }
        try self.init(text: String(decoding: data, as: UTF8.self), file: file)
    }

    /// - Throws: ``FileError``.
    public init(text: String, file: String) throws(FileError) {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let first = lines.first ?? ""
        let parts = first.dropFirst(Self.title.count).split(separator: ",", maxSplits: 2).map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        let nodesWord = "nodes "
        guard first.hasPrefix(Self.title), parts.count >= 2, let inputs = Int(parts[0]), (1...1 << 24).contains(inputs),
            parts[1].hasPrefix(nodesWord), let nodes = Int(parts[1].dropFirst(nodesWord.count)), (1...1 << 24).contains(nodes)
        else {
            throw FileError(
                file: file, line: 1, expected: "“\(Self.title)N, nodes M, description”", found: "“\(first.prefix(60))”")
        }
        self.init(description: parts.count > 2 ? parts[2] : "recorded reservoir", inputs: inputs, nodes: nodes)
        for (index, line) in lines.enumerated().dropFirst() {
            try read(line, file: file, line: index + 1)
        }
        runs.removeAll { $0.inputs.isEmpty }
        guard !runs.isEmpty else { throw FileError(file: file, line: 0, expected: "at least one step", found: "none") }
    }

    private mutating func read(_ line: Substring, file: String, line number: Int) throws(FileError) {
        let resetWord = "# reset "
        if line.hasPrefix(resetWord) {
            guard let seed = UInt64(line.dropFirst(resetWord.count).trimmingCharacters(in: .whitespaces)) else {
                throw FileError(file: file, line: number, expected: "# reset and a seed", found: "“\(line.prefix(40))”")
            }
            runs.append(Run(seed: seed))
            return
        }
        if line.hasPrefix("#") || line.allSatisfy(\.isWhitespace) { return }
        if runs.isEmpty { runs.append(Run(seed: 0)) }
        let words = line.split(separator: ",", omittingEmptySubsequences: false)
        guard words.count == inputs + nodes else {
            let expected = "\(inputs) inputs and \(nodes) values of the state"
            throw FileError(file: file, line: number, expected: expected, found: "\(words.count) values")
        }
        var values: [Float] = []
        values.reserveCapacity(words.count)
        for word in words {
            guard let value = Float(word.trimmingCharacters(in: .whitespaces)), value.isFinite else {
                throw FileError(file: file, line: number, expected: "a finite number", found: "“\(word.prefix(40))”")
            }
            values.append(value)
        }
        runs[runs.count - 1].inputs += values.prefix(inputs)
        runs[runs.count - 1].states += values.suffix(nodes)
    }

    /// The file's text; every number comes back to the bit.
    public var text: String {
        let line = description.split(whereSeparator: \.isNewline).joined(separator: " ")
        var text = "\(Self.title)\(inputs), nodes \(nodes), \(line)\n"
        for run in runs {
            text += "# reset \(run.seed)\n"
            for step in 0..<run.inputs.count / inputs {
                let line = run.inputs[step * inputs..<(step + 1) * inputs] + run.states[step * nodes..<(step + 1) * nodes]
                text += line.map { "\($0)" }.joined(separator: ",") + "\n"
            }
        }
        return text
    }
}
