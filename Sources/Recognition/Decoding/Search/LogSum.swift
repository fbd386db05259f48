import Foundation

/// log(exp a + exp b) from a table, within 1e-6: no logarithm is computed in the search.
struct LogSum: Sendable {
    private static let steps: Float = 256
    private static let reach: Float = 17
    private static let table: [Float] = (0...Int(steps * reach) + 1).map { Float(log1p(exp(-Double($0) / Double(steps)))) }
    /// For loops: no lookup of the array's own.
    static let shared: UnsafePointerBox = {
        let memory = UnsafeMutablePointer<Float>.allocate(capacity: table.count)
        memory.initialize(from: table, count: table.count)
        return UnsafePointerBox(UnsafePointer(memory))
    }()

    /// `@unchecked Sendable` because the memory is written once, before anybody has the pointer, and is never freed.
    struct UnsafePointerBox: @unchecked Sendable {
        let pointer: UnsafePointer<Float>
        init(_ pointer: UnsafePointer<Float>) { self.pointer = pointer }
    }

    @inline(__always) static func of(_ a: Float, _ b: Float, _ table: UnsafePointer<Float>) -> Float {
        let (high, low) = a > b ? (a, b) : (b, a)
        let distance = high - low
        // Also where both are −∞ and the distance is no number.
        guard distance < reach else { return high }
        let place = distance * steps
        let index = Int(place)
        let part = place - Float(index)
        return high + (table[index] + part * (table[index + 1] - table[index]))
    }
}
