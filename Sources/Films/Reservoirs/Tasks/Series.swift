import LinearAlgebra
import Signals

extension ReservoirTask {
    /// Laser intensities, one step ahead.
    ///
    /// - Source: Santa Fe Institute time series competition, data set A; U. Huebner et al., Phys. Rev. A 40 (1989) 6354. The user brings the
    ///   file.
    public static let laser = ReservoirTask(
        name: "laser", summary: "the next intensity of a chaotic laser (Santa Fe, set A)", measure: .nmse, length: 2000,
        needsSeries: true,
        make: { source throws(TaskFailure) in
            let needed = source.length + 1
            guard !source.series.isEmpty else { throw TaskFailure(task: source.task, reason: .noSeries(needed: needed)) }
            guard source.series.count >= needed else {
                throw TaskFailure(task: source.task, reason: .shortSeries(source.series.count, needed: needed))
            }
            return oneStepAhead(source.series, length: source.length)
        })

    /// x(t+1) = 1 − 1.4 x(t)² + 0.3 x(t−1) with noise of deviation 0.05 on what is seen of it, one step ahead.
    ///
    /// - Source: M. Hénon, Commun. Math. Phys. 50 (1976) 69; the noise as in the study of films.
    public static let henon = ReservoirTask(
        name: "henon", summary: "the next value of the Hénon map, seen through noise", measure: .nmse, length: 8000,
        split: .quarterTraining, washout: 200,
        make: { source throws(TaskFailure) in
            var random = SplitMix64(seed: source.seed)
            var (now, before) = (0.1 * random.uniform(), 0.1 * random.uniform())
            var series: [Double] = []
            for step in 0..<source.length + 1001 {
                (now, before) = (1 - 1.4 * now * now + 0.3 * before, now)
                if step >= 1000 { series.append(now + 0.05 * random.normal()) }
            }
            return oneStepAhead(series, length: source.length)
        })

    /// dx/dt = 0.2 x(t−17) / (1 + x(t−17)¹⁰) − 0.1 x(t), sampled at each unit of time, one step ahead.
    ///
    /// Runge–Kutta of fourth order in steps of 0.1; the delayed value half a step ahead is the mean of its neighbours.
    ///
    /// - Source: M. C. Mackey, L. Glass, Science 197 (1977) 287.
    public static let mackeyGlass = ReservoirTask(
        name: "mackey-glass", summary: "the next value of the Mackey–Glass series (τ = 17)", measure: .nmse, length: 5000,
        make: { source throws(TaskFailure) in
            var random = SplitMix64(seed: source.seed)
            let delay = 170
            var x = (0...delay).map { _ in 1.2 + 0.1 * (random.uniform() - 0.5) }
            func slope(_ now: Double, _ late: Double) -> Double {
                let squared = late * late
                let fourth = squared * squared
                return 0.2 * late / (1 + fourth * fourth * squared) - 0.1 * now
            }
            var series: [Double] = []
            for step in 1...(source.length + 1001) * 10 {
                let (now, late, later) = (x[x.count - 1], x[x.count - 1 - delay], x[x.count - delay])
                let middle = (late + later) / 2
                let k1 = slope(now, late)
                let k2 = slope(now + 0.05 * k1, middle)
                let k3 = slope(now + 0.05 * k2, middle)
                let k4 = slope(now + 0.1 * k3, later)
                x.append(now + 0.1 / 6 * (k1 + 2 * k2 + 2 * k3 + k4))
                if step % 10 == 0, step > 10_000 { series.append(x[x.count - 1]) }
            }
            return oneStepAhead(series, length: source.length)
        })

    /// The three coordinates of the Lorenz system (σ = 10, ρ = 28, β = 8/3), sampled every 0.025, one step ahead.
    ///
    /// Runge–Kutta of fourth order in steps of 0.0025.
    ///
    /// - Source: E. N. Lorenz, J. Atmos. Sci. 20 (1963) 130; sampled as by D. J. Gauthier et al., Nat. Commun. 12 (2021) 5564.
    public static let lorenz = ReservoirTask(
        name: "lorenz", summary: "the next point of the Lorenz system", measure: .nmse, length: 5000,
        make: { source throws(TaskFailure) in
            var random = SplitMix64(seed: source.seed)
            func slope(_ p: SIMD3<Double>) -> SIMD3<Double> {
                SIMD3(10 * (p.y - p.x), p.x * (28 - p.z) - p.y, p.x * p.y - 8 / 3 * p.z)
            }
            var point = SIMD3(1 + random.uniform(), 1 + random.uniform(), 20 + random.uniform())
            var points: [Double] = []
            let step = 0.0025
            for sample in 0..<source.length + 1001 {
                for _ in 0..<10 {
                    let k1 = slope(point)
                    let k2 = slope(point + step / 2 * k1)
                    let k3 = slope(point + step / 2 * k2)
                    let k4 = slope(point + step * k3)
                    point += step / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
                }
                if sample >= 1000 { points += [point.x, point.y, point.z] }
            }
            return oneStepAhead(points, columns: 3, length: source.length)
        })

    private static func oneStepAhead(
        _ series: [Double], columns: Int = 1, length: Int
    ) -> (inputs: Matrix<Double>, targets: Matrix<Double>) {
        (
            Matrix(rows: length, columns: columns, values: Array(series[0..<length * columns])),
            Matrix(rows: length, columns: columns, values: Array(series[columns..<(length + 1) * columns]))
        )
    }
}
