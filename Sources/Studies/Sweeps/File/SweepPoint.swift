import Signals

/// One run of a sweep's command: its number and the value of each parameter.
public struct SweepPoint: Sendable, Equatable {
    /// From 1, in the order of the grid or of the draws.
    public var number: Int
    public var parameters: [Assignment]

    public struct Assignment: Codable, Sendable, Equatable {
        public var name: String
        public var value: SweepValue

        public init(_ name: String, _ value: SweepValue) { (self.name, self.value) = (name, value) }
    }

    public init(number: Int, parameters: [Assignment]) { (self.number, self.parameters) = (number, parameters) }

    /// What makes it another point than the rest: "--damping=0.1 --seed=3".
    public var identity: String { parameters.map { "\($0.name)=\($0.value)" }.joined(separator: " ") }

    /// The words of the command line: the command with its places filled in, this point's options, `--json`.
    ///
    /// `{point}` is the number, `{folder}` a folder of this point's own.
    func words(of command: [String], folder: String) -> [String] {
        let filled = command.map { word in
            Self.replaced("{folder}", by: folder, in: Self.replaced("{point}", by: "\(number)", in: word))
        }
        // Joined, so that a value that begins with a dash is none of the parser's options.
        let options = parameters.compactMap { parameter -> String? in
            if case .boolean(let isOn) = parameter.value { return isOn ? parameter.name : nil }
            return "\(parameter.name)=\(parameter.value)"
        }
        return filled + options + ["--json"]
    }

    private static func replaced(_ place: String, by text: String, in word: String) -> String {
        var (result, rest) = ("", word[...])
        while let range = rest.firstRange(of: place) {
            result += rest[..<range.lowerBound] + text
            rest = rest[range.upperBound...]
        }
        return result + rest
    }
}

extension SweepDescription {
    /// Points that a sweep may have.
    public static let mostPoints = 100_000
    /// Bytes that the options of all points may have.
    static let mostBytes = 32 << 20
    /// Draws that a new random point is looked for in.
    private static let mostDraws = 1000

    /// All points. The last parameter of a grid runs fastest. A random point depends on the seed and those before it alone, so that more
    /// points only add to them.
    /// - Precondition: the description was read from a file, which checks it.
    public var points: [SweepPoint] {
        guard randomPoints != nil else { return grid }
        var result: [SweepPoint] = []
        draw { result.append($0) }
        return result
    }

    /// Random points that can be drawn, up to as many as are wanted.
    var differentPoints: Int {
        var count = 0
        draw { _ in count += 1 }
        return count
    }

    private func draw(_ take: (SweepPoint) -> Void) {
        var generator = SplitMix64(seed: seed)
        var seen: Set<String> = []
        for number in 1...max(1, randomPoints ?? 1) {
            var point: SweepPoint?
            for _ in 0..<Self.mostDraws where point == nil {
                let drawn = SweepPoint(number: number, parameters: parameters.map { .init($0.name, $0.draw(&generator)) })
                if seen.insert(drawn.identity).inserted { point = drawn }
            }
            guard let point else { return }
            take(point)
        }
    }

    private var grid: [SweepPoint] {
        let counts = parameters.map { $0.count ?? 0 }
        return (0..<counts.reduce(1, *)).map { index in
            var rest = index
            var values: [SweepPoint.Assignment] = []
            for (parameter, count) in zip(parameters, counts).reversed() {
                values.append(.init(parameter.name, parameter.value(rest % count)))
                rest /= count
            }
            return SweepPoint(number: index + 1, parameters: values.reversed())
        }
    }
}
