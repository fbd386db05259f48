import Glibc
import LinearAlgebra
import Signals

extension ReservoirTask {
    /// Symbols −3, −1, 1, 3 after a channel that mixes ten of them, bends them and adds noise (24 dB); what was sent two steps ago is told.
    ///
    ///     q(t) = 0.08 d(t+2) − 0.12 d(t+1) + d(t) + 0.18 d(t−1) − 0.1 d(t−2) + 0.091 d(t−3) − 0.05 d(t−4) + 0.04 d(t−5) + 0.03 d(t−6)
    ///            + 0.01 d(t−7),     u(t) = q + 0.036 q² − 0.011 q³ + noise + 30
    ///
    /// - Source: H. Jaeger, H. Haas, Science 304 (2004) 78, after V. J. Mathews and J. Lee (1994).
    public static let channelEqualisation = ReservoirTask(
        name: "channel", summary: "symbols behind a nonlinear channel with noise", measure: .symbolErrors([-3, -1, 1, 3]),
        length: 8000, split: .quarterTraining, washout: 200,
        make: { source throws(TaskFailure) in
            var random = SplitMix64(seed: source.seed)
            let taps = [0.08, -0.12, 1, 0.18, -0.1, 0.091, -0.05, 0.04, 0.03, 0.01]
            // d[t + 7] is what is sent at step t.
            let sent = (0..<source.length + 9).map { _ in Double(2 * random.integer(below: 4) - 3) }
            var clean: [Double] = []
            for t in 0..<source.length {
                var q = 0.0
                for (k, tap) in taps.enumerated() { q += tap * sent[t + 9 - k] }
                clean.append(q + 0.036 * q * q - 0.011 * q * q * q)
            }
            let mean = clean.reduce(0, +) / Double(clean.count)
            let power = clean.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(clean.count)
            let noise = (power * pow(10, -2.4)).squareRoot()
            let inputs = clean.map { $0 + noise * random.normal() + 30 }
            return (
                Matrix(rows: source.length, columns: 1, values: inputs),
                Matrix(rows: source.length, columns: 1, values: (0..<source.length).map { sent[$0 + 5] })
            )
        })

    /// Periods of eight steps, sine or square at random; which of them it is, is told at each step.
    ///
    /// - Source: Y. Paquot et al., Sci. Rep. 2 (2012) 287.
    public static let waveforms = ReservoirTask(
        name: "waveforms", summary: "sine or square, told at each step of their periods", measure: .symbolErrors([0, 1]),
        length: 4000,
        make: { source throws(TaskFailure) in
            var random = SplitMix64(seed: source.seed)
            var (inputs, targets): ([Double], [Double]) = ([], [])
            var isSquare = false
            for step in 0..<source.length {
                if step % 8 == 0 { isSquare = random.integer(below: 2) == 1 }
                inputs.append(isSquare ? (step % 8 < 4 ? 1 : -1) : sin(2 * .pi * Double(step % 8) / 8))
                targets.append(isSquare ? 1 : 0)
            }
            return (
                Matrix(rows: source.length, columns: 1, values: inputs),
                Matrix(rows: source.length, columns: 1, values: targets)
            )
        })

    /// The product of three signs, the last of them one step old.
    ///
    /// - Source: N. Bertschinger, T. Natschläger, Neural Comput. 16 (2004) 1413.
    public static let parity = ReservoirTask(
        name: "parity", summary: "the parity of three signs, one step late", measure: .symbolErrors([-1, 1]), length: 4000,
        make: { source throws(TaskFailure) in
            var random = SplitMix64(seed: source.seed)
            let signs = (0..<source.length + 3).map { _ in Double(2 * random.integer(below: 2) - 1) }
            return (
                Matrix(rows: source.length, columns: 1, values: Array(signs[3...])),
                Matrix(
                    rows: source.length, columns: 1,
                    values: (0..<source.length).map { signs[$0] * signs[$0 + 1] * signs[$0 + 2] })
            )
        })
}
