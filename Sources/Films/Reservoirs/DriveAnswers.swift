/// The answers of a device to one batch of drive frames, gathered by their counters. Pure; no counter and no repetition does harm.
package struct DriveAnswers {
    private let first: UInt64
    private let steps: Int
    private let nodes: Int
    private var isAnswered: [Bool]
    /// Shape `[steps, nodes]`; zeros where no answer has come.
    package private(set) var states: [Float]
    /// Steps that are answered, each counted once.
    package private(set) var answered = 0

    /// - Parameter first: counter of the first drive frame.
    package init(first: UInt64, steps: Int, nodes: Int) {
        self.first = first
        self.steps = steps
        self.nodes = nodes
        isAnswered = [Bool](repeating: false, count: steps)
        states = [Float](repeating: 0, count: steps * nodes)
    }

    /// Counter of the first step without an answer; nil when all are answered.
    package var firstMissing: UInt64? { isAnswered.firstIndex(of: false).map { first &+ UInt64($0) } }

    /// Takes a block of answers; those to other frames than the batch's are left out.
    /// - Parameters:
    ///   - counter: of the drive frame that the block's first answer belongs to.
    ///   - values: shape `[frames, nodes]`.
    /// - Returns: how many steps were answered for the first time.
    package mutating func take(counter: UInt64, _ values: UnsafeBufferPointer<Float>) -> Int {
        var new = 0
        for frame in 0..<values.count / nodes {
            let step = counter &+ UInt64(frame) &- first
            guard step < UInt64(steps), !isAnswered[Int(step)] else { continue }
            isAnswered[Int(step)] = true
            for node in 0..<nodes { states[Int(step) * nodes + node] = values[frame * nodes + node] }
            new += 1
        }
        answered += new
        return new
    }
}
