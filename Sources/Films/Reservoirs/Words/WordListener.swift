import Dispatch
import LinearAlgebra

/// What hears words: a reservoir behind an input mask, or nothing at all, so that the features themselves are read out.
public struct WordListener {
    public let description: String
    /// Values of a row for the readout.
    public let width: Int
    private let parts: Int
    private let features: StateFeatures
    private let mask: InputMask.Matrix?
    /// One for each thread; none for the features themselves.
    private let reservoirs: [any Reservoir]

    /// The features themselves.
    public init(inputs: Int, parts: Int) {
        (description, width, self.parts) = ("the features alone", inputs * parts, parts)
        (features, mask, reservoirs) = (StateFeatures(), nil, [])
    }

    /// - Parameters:
    ///   - reservoirs: alike; as many words are heard at a time.
    ///   - mask: from features to the reservoir's inputs; nil where it takes features.
    ///   - features: what the readout sees of the states.
    ///   - parts: of a word, over each of which that is averaged.
    /// - Throws: ``TaskFailure`` where the mask does not fit the reservoir.
    public init(
        _ reservoirs: [any Reservoir], mask: InputMask?, inputs: Int, features: StateFeatures, parts: Int
    ) throws(TaskFailure) {
        guard let first = reservoirs.first else { preconditionFailure("somebody must hear") }
        let channels = mask?.channels ?? inputs
        guard channels == first.inputs, mask?.inputs ?? inputs == inputs else {
            throw TaskFailure(
                task: SpokenWordTask.name,
                reason: .shape(expected: "a reservoir of \(channels) inputs", found: "one of \(first.inputs)"))
        }
        (self.reservoirs, self.features, self.parts) = (reservoirs, features, parts)
        self.mask = mask?.makeMatrix()
        description = first.description
        width = parts * features.width(nodes: first.nodes, inputs: inputs)
    }

    /// - Parameters:
    ///   - count: of words.
    ///   - frames: of one of them, shape `[frames, inputs]`.
    /// - Returns: a row for each, in their order.
    func rows(_ count: Int, _ frames: @Sendable (Int) -> Matrix<Double>) throws -> [[Double]] {
        guard !reservoirs.isEmpty else { return (0..<count).map { pool(frames($0)) } }
        var results = [Result<[Double], any Error>](repeating: .success([]), count: count)
        let threads = reservoirs.count
        results.withUnsafeMutableBufferPointer { slots in
            // Each thread has a reservoir of its own and writes every so many-th slot.
            nonisolated(unsafe) let (slots, listener) = (slots, self)
            DispatchQueue.concurrentPerform(iterations: threads) { thread in
                for place in stride(from: thread, to: count, by: threads) {
                    slots[place] = Result { try listener.row(frames(place), listener.reservoirs[thread]) }
                }
            }
        }
        return try results.map { try $0.get() }
    }

    private func row(_ frames: Matrix<Double>, _ reservoir: any Reservoir) throws -> [Double] {
        try reservoir.reset(seed: 0)
        let states = try reservoir.states(features.frames(drive(frames)))
        if let place = states.values.firstIndex(where: { !$0.isFinite }) {
            throw TaskFailure(
                task: SpokenWordTask.name,
                reason: .notFinite("a state of \(description)", step: place / states.columns / features.virtualNodes))
        }
        let held = Matrix(rows: frames.rows, columns: features.virtualNodes * states.columns, values: states.values)
        return pool(features.columns(held, inputs: frames))
    }

    private func drive(_ frames: Matrix<Double>) -> Matrix<Double> {
        guard let mask, let channels = reservoirs.first?.inputs else { return frames }
        let values = frames.values.map { Float($0) }
        var drive = [Float](repeating: 0, count: frames.rows * channels)
        values.withUnsafeBufferPointer { values in
            drive.withUnsafeMutableBufferPointer { drive in
                for step in 0..<frames.rows {
                    mask.setDrive(
                        UnsafeBufferPointer(rebasing: values[step * frames.columns..<(step + 1) * frames.columns]),
                        UnsafeMutableBufferPointer(rebasing: drive[step * channels..<(step + 1) * channels]))
                }
            }
        }
        return Matrix(rows: frames.rows, columns: channels, values: drive.map { Double($0) })
    }

    /// As ``StatePooling``, in 64 bits.
    private func pool(_ columns: Matrix<Double>) -> [Double] {
        var row = [Double](repeating: 0, count: parts * columns.columns)
        for part in 0..<parts {
            let begin = part * columns.rows / parts
            let end = max(begin + 1, (part + 1) * columns.rows / parts)
            let scale = 1 / Double(end - begin)
            for step in begin..<end {
                for k in 0..<columns.columns { row[part * columns.columns + k] += scale * columns[step, k] }
            }
        }
        return row
    }
}
