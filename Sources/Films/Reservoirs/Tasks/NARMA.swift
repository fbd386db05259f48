import Glibc
import LinearAlgebra
import Signals

extension ReservoirTask {
    /// y(t+1) = 0.3 y(t) + 0.05 y(t) Σ y(t−i) + 1.5 u(t−9) u(t) + 0.1, i = 0 … 9.
    public static let narma10 = narma(order: 10, NARMA(a: 0.3, b: 0.05, c: 1.5, d: 0.1, isBounded: false))
    /// y(t+1) = tanh(0.3 y(t) + 0.05 y(t) Σ y(t−i) + 1.5 u(t−19) u(t) + 0.01), i = 0 … 19.
    public static let narma20 = narma(order: 20, NARMA(a: 0.3, b: 0.05, c: 1.5, d: 0.01, isBounded: true))
    /// y(t+1) = 0.2 y(t) + 0.004 y(t) Σ y(t−i) + 1.5 u(t−29) u(t) + 0.001, i = 0 … 29.
    public static let narma30 = narma(order: 30, NARMA(a: 0.2, b: 0.004, c: 1.5, d: 0.001, isBounded: false))

    private static func narma(order: Int, _ system: NARMA) -> ReservoirTask {
        ReservoirTask(
            name: "narma\(order)", summary: "a nonlinear moving average of order \(order), followed from its input",
            measure: .nmse, length: 5000,
            make: { source throws(TaskFailure) in
                // Unbounded systems run away for a few inputs in a thousand; then the next seed is taken.
                for attempt in 0..<100 {
                    let series = system.series(order: order, length: source.length, seed: source.seed &+ UInt64(attempt) << 32)
                    guard let series else { continue }
                    return (
                        Matrix(rows: source.length, columns: 1, values: series.inputs.map { 2 * $0 - 0.5 }),
                        Matrix(rows: source.length, columns: 1, values: series.outputs.map { 2 * $0 - 0.5 })
                    )
                }
                throw TaskFailure(task: source.task, reason: .divergent)
            })
    }
}

/// A nonlinear autoregressive moving average, driven by inputs uniform in [0, 0.5].
///
/// At step t the task is to say y(t+1), which u(t) is the last input to have a part in.
///
/// - Source: A. F. Atiya, A. G. Parlos, IEEE Trans. Neural Netw. 11 (2000) 697; exact forms as compared by C. Wringe, M. Trefzer,
///   S. Stepney, arXiv:2405.06561.
struct NARMA {
    let a, b, c, d: Double
    /// Whether tanh is taken of the sum.
    let isBounded: Bool
    private static let washout = 1000

    /// - Returns: nil when it runs away.
    func series(order: Int, length: Int, seed: UInt64) -> (inputs: [Double], outputs: [Double])? {
        var random = SplitMix64(seed: seed)
        let total = Self.washout + length
        var u: [Double] = []
        // y[t] stands before the input u[t] has arrived.
        var y = [0.0]
        for t in 0..<total {
            u.append(0.5 * random.uniform())
            var sum = 0.0
            for i in 0..<min(order, t + 1) { sum += y[t - i] }
            let late = t >= order - 1 ? u[t - order + 1] : 0
            let next = a * y[t] + b * y[t] * sum + c * late * u[t] + d
            guard abs(next) < 10 else { return nil }
            y.append(isBounded ? tanh(next) : next)
        }
        return (Array(u.suffix(length)), Array(y.suffix(length)))
    }
}
