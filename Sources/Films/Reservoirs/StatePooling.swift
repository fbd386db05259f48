/// Brings the states of an utterance of any length to a fixed number of values: the mean over equal parts of its time.
public enum StatePooling {
    /// - Parameters:
    ///   - states: shape `[steps, nodes]`.
    ///   - steps: at least 1.
    ///   - parts: number of parts; an utterance shorter than that repeats steps.
    /// - Returns: shape `[parts, nodes]`.
    public static func pool(
        _ states: UnsafeBufferPointer<Float>, steps: Int, nodes: Int, parts: Int
    ) -> [Float] {
        precondition(steps > 0 && parts > 0 && states.count >= steps * nodes, "pooling needs at least one step")
        var result = [Float](repeating: 0, count: parts * nodes)
        for part in 0..<parts {
            let begin = part * steps / parts
            let end = max(begin + 1, (part + 1) * steps / parts)
            for step in begin..<end {
                for node in 0..<nodes { result[part * nodes + node] += states[step * nodes + node] }
            }
            let scale = 1 / Float(end - begin)
            for node in 0..<nodes { result[part * nodes + node] *= scale }
        }
        return result
    }
}
