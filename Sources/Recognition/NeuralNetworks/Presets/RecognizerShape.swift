/// Which network a recogniser has, and its sizes.
///
/// As JSON the sizes of the preset, and `"preset"` with its name; sizes without a name are those of `words`, as version 0.1 wrote them.
public enum RecognizerShape: Sendable, Equatable, Codable {
    case words(WordsShape)
    case live(LiveShape)
    case teacher(TeacherShape)

    /// Names of the presets.
    public enum Preset: String, Sendable, Codable, CaseIterable { case words, live, teacher }

    public var preset: Preset {
        switch self {
        case .words: .words
        case .live: .live
        case .teacher: .teacher
        }
    }

    /// Features per frame.
    public var inputs: Int {
        switch self {
        case .words(let shape): shape.inputs
        case .live(let shape): shape.inputs
        case .teacher(let shape): shape.inputs
        }
    }

    /// Number of units, blank included.
    public var outputs: Int {
        switch self {
        case .words(let shape): shape.outputs
        case .live(let shape): shape.outputs
        case .teacher(let shape): shape.outputs
        }
    }

    /// - Parameter dropout: in training, in [0, 1).
    public func sequence(dropout: Float = 0) -> LayerSequence {
        switch self {
        case .words(let shape): shape.sequence(dropout: dropout)
        case .live(let shape): shape.sequence(dropout: dropout)
        case .teacher(let shape): shape.sequence(dropout: dropout)
        }
    }

    /// The layers that a ``SideNetwork`` reads, and their width; nil for a network that reads whole sounds.
    public var side: (taps: [String], width: Int)? {
        switch self {
        case .words(let shape): (shape.sideTaps, shape.hidden)
        case .live(let shape): (shape.sideTaps, shape.width)
        case .teacher: nil
        }
    }

    /// Sessions with an input layer of their own; nil for none.
    public var sessions: Int? {
        guard case .words(let shape) = self else { return nil }
        return shape.sessions
    }

    /// Whether a network of these sizes can be made: sizes that come from a file are asked first.
    public var isPossible: Bool {
        let (widths, counts): ([Int], [Int])
        switch self {
        case .words(let shape):
            guard (1...1000).contains(shape.sessions ?? 1) else { return false }
            (widths, counts) = ([shape.inputs, shape.hidden, shape.outputs], [shape.layers])
        case .live(let shape):
            guard shape.planes.count <= 4, shape.planes.allSatisfy({ (1...64).contains($0) }),
                shape.ensemble?.isPossible ?? true
            else { return false }
            (widths, counts) = ([shape.inputs, shape.width, shape.outputs], [shape.blocks])
        case .teacher(let shape): (widths, counts) = ([shape.inputs, shape.hidden, shape.outputs], [shape.layers])
        }
        return widths.allSatisfy { (1...8192).contains($0) } && counts.allSatisfy { (1...32).contains($0) }
    }

    private enum Key: String, CodingKey { case preset }

    public init(from decoder: any Decoder) throws {
        switch try decoder.container(keyedBy: Key.self).decodeIfPresent(Preset.self, forKey: .preset) ?? .words {
        case .words: self = .words(try WordsShape(from: decoder))
        case .live: self = .live(try LiveShape(from: decoder))
        case .teacher: self = .teacher(try TeacherShape(from: decoder))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .words(let shape): try shape.encode(to: encoder)
        case .live(let shape):
            try shape.encode(to: encoder)
            try encodePreset(to: encoder)
        case .teacher(let shape):
            try shape.encode(to: encoder)
            try encodePreset(to: encoder)
        }
    }

    private func encodePreset(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(preset, forKey: .preset)
    }
}
