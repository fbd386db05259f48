package import Signals

/// Steps that were driven, with the films' answers to them as they come. All memory is claimed at the start.
///
/// A step may have several frames (virtual nodes). Frames are counted on over all steps: step n has the frames n · turns and on.
package struct StepAnswers {
    /// Steps that may wait at most.
    package static let capacity = 1024
    /// Seconds of stamps for which an answer is waited for.
    package static let patience = 2.0

    private struct Entry {
        var step: StepSignals.Step
        /// The films begin with it.
        var isFirst: Bool
    }

    /// Of each film, and where its nodes begin in a state.
    private let nodes: [Int]
    private let firstNode: [Int]
    /// Of the answers to one frame.
    private let width: Int
    /// Frames of a step.
    private let turns: Int
    private let inputs: Int
    private var entries: [Entry?]
    /// Shape `[capacity, turns, nodes]`.
    private var states: [Float]
    /// Shape `[capacity, inputs]`.
    private var values: [Double]
    /// Shape `[capacity, films, turns]`.
    private var answered: [Bool]
    /// Of the oldest step that waits among all that were driven, and of the next one.
    private var begin = 0
    private var end = 0
    /// Of each film, the newest step that it answered, counted as `begin` and `end`.
    private var newest: [Int]
    /// Of each film, frames that it never answered.
    package private(set) var unanswered: [UInt64]

    /// - Parameters:
    ///   - nodes: of each film.
    ///   - turns: frames of a step.
    package init(nodes: [Int], inputs: Int, turns: Int = 1) {
        (self.nodes, self.inputs, self.turns) = (nodes, inputs, turns)
        firstNode = nodes.indices.map { nodes[..<$0].reduce(0, +) }
        width = nodes.reduce(0, +)
        entries = [Entry?](repeating: nil, count: Self.capacity)
        states = [Float](repeating: 0, count: Self.capacity * turns * width)
        values = [Double](repeating: 0, count: Self.capacity * inputs)
        answered = [Bool](repeating: false, count: Self.capacity * nodes.count * turns)
        newest = [Int](repeating: -1, count: nodes.count)
        unanswered = [UInt64](repeating: 0, count: nodes.count)
    }

    package var hasRoom: Bool { end - begin < Self.capacity }

    /// The oldest step that waits.
    package var first: StepSignals.Step? { begin < end ? entries[begin % Self.capacity]?.step : nil }

    /// Whether every film has answered it.
    package var isAnswered: Bool { begin < end && nodes.indices.allSatisfy { isAnswered(begin, $0) } }

    /// Frames of a step that a film has not answered.
    private func missing(_ number: Int, _ film: Int) -> Int {
        let first = (number % Self.capacity * nodes.count + film) * turns
        var count = 0
        for place in first..<first + turns where !answered[place] { count += 1 }
        return count
    }

    private func isAnswered(_ number: Int, _ film: Int) -> Bool { missing(number, film) == 0 }

    /// - Precondition: there is room, and steps come with growing numbers.
    package mutating func append(_ step: StepSignals.Step, inputs: [Double], isFirst: Bool) {
        precondition(hasRoom && inputs.count == self.inputs, "room for a step, and its inputs")
        let slot = end % Self.capacity
        entries[slot] = Entry(step: step, isFirst: isFirst)
        let flags = nodes.count * turns
        for flag in slot * flags..<(slot + 1) * flags { answered[flag] = false }
        for input in inputs.indices { values[slot * self.inputs + input] = inputs[input] }
        end += 1
    }

    /// Frames of a film's answers; those to other steps are left out.
    package mutating func take(_ item: SampleRingItem, _ samples: UnsafeBufferPointer<Float>, film: Int) {
        let count = nodes[film]
        guard Int(item.channels) == count else { return }
        for frame in 0..<Int(item.frames) {
            let (step, turn) = (item.firstCounter &+ UInt64(frame)).quotientAndRemainder(dividingBy: UInt64(turns))
            guard let number = place(of: step) else { continue }
            let slot = number % Self.capacity
            let flag = (slot * nodes.count + film) * turns + Int(turn)
            guard !answered[flag] else { continue }
            answered[flag] = true
            let first = (slot * turns + Int(turn)) * width + firstNode[film]
            for node in 0..<count { states[first + node] = samples[frame * count + node] }
            newest[film] = max(newest[film], number)
        }
    }

    /// The step of a number among those that wait; numbers grow.
    private func place(of step: UInt64) -> Int? {
        var (low, high) = (begin, end)
        while low < high {
            let middle = (low + high) / 2
            guard let found = entries[middle % Self.capacity]?.step.number else { return nil }
            if found == step { return middle }
            if found < step { low = middle + 1 } else { high = middle }
        }
        return nil
    }

    /// A film that has not answered the oldest step and will not: it has answered a later one, or was waited for long enough. Films answer
    /// in the order of their drive.
    package func silentFilm(now: HostTime) -> Int? {
        guard let first else { return nil }
        let isLate = now - first.stamp > Self.patience
        return nodes.indices.first { !isAnswered(begin, $0) && (newest[$0] > begin || isLate) }
    }

    /// A film that has not answered the oldest step.
    package var lateFilm: Int? { begin < end ? nodes.indices.first { !isAnswered(begin, $0) } : nil }

    /// Hands on the oldest step, which every film has answered; its state is that of all its frames, one behind the other.
    package mutating func removeFirst<Result>(
        _ body: (_ isFirst: Bool, _ state: UnsafeBufferPointer<Float>, _ inputs: UnsafeBufferPointer<Double>) -> Result
    ) -> Result {
        precondition(isAnswered, "a step that is answered")
        let slot = begin % Self.capacity
        let isFirst = entries[slot]?.isFirst ?? true
        begin += 1
        return states.withUnsafeBufferPointer { states in
            values.withUnsafeBufferPointer { values in
                body(
                    isFirst,
                    UnsafeBufferPointer(rebasing: states[slot * turns * width..<(slot + 1) * turns * width]),
                    UnsafeBufferPointer(rebasing: values[slot * inputs..<(slot + 1) * inputs]))
            }
        }
    }

    /// Gives up all that wait: those that a film has not answered, and those behind them, whose answers nothing can be made of alone.
    /// - Parameter body: gets each unbroken run of steps that are lost.
    package mutating func abandon(_ body: (_ first: UInt64, _ count: UInt64) -> Void) {
        var run: (first: UInt64, count: UInt64)?
        for number in begin..<end {
            guard let step = entries[number % Self.capacity]?.step.number else { continue }
            for film in nodes.indices { unanswered[film] += UInt64(missing(number, film)) }
            if let found = run, found.first &+ found.count == step {
                run?.count += 1
            } else {
                if let run { body(run.first, run.count) }
                run = (step, 1)
            }
        }
        if let run { body(run.first, run.count) }
        removeAll()
    }

    /// Forgets all that wait.
    package mutating func removeAll() { begin = end }
}
