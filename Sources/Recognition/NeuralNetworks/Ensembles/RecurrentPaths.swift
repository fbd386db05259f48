/// Sizes of a collegial ensemble of recurrent paths, as a recogniser's block has it.
public struct RecurrentPaths: Sendable, Equatable, Codable {
    /// m.
    public var paths: Int
    /// n.
    public var width: Int
    /// L: recurrent layers of each path.
    public var depth: Int

    public init(paths: Int, width: Int, depth: Int = 1) { (self.paths, self.width, self.depth) = (paths, width, depth) }

    /// Whether a network of these sizes can be made: sizes that come from a file are asked first.
    public var isPossible: Bool {
        (1...4096).contains(paths) && (1...4096).contains(width) && (1...8).contains(depth) && paths * width <= 16_384
    }

    public func block(features: Int) -> CollegialBlock {
        CollegialBlock(inputs: features, width: width, paths: paths, depth: depth, outputs: features, cell: .recurrent)
    }
}
