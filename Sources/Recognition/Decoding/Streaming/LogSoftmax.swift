import Foundation

/// Logits become natural logarithms of probabilities.
public enum LogSoftmax {
    /// - Parameter values: one frame's; equal logits give equal bits, whatever came before.
    public static func apply(_ values: inout [Float]) {
        var largest = -Float.infinity
        for value in values { largest = max(largest, value) }
        var sum: Float = 0
        for value in values { sum += expf(value - largest) }
        let shift = largest + logf(sum)
        for k in values.indices { values[k] = min(0, values[k] - shift) }
    }
}
