/// A film followed over a time, with its mean magnetisation at equal intervals.
public struct ContinuumRun: Sendable {
    public enum Stepping: Sendable {
        /// Steps chosen so that no component of m is wrong by more per step.
        case adaptive(tolerance: Double)
        case fixed(step_s: Double, ButcherTableau)
    }

    public struct Sample: Equatable, Sendable {
        public var time_s: Double
        public var mean: SIMD3<Double>

        public init(time_s: Double, mean: SIMD3<Double>) { (self.time_s, self.mean) = (time_s, mean) }
    }

    /// Seconds, above 0.
    public let duration_s: Double
    /// Seconds between samples.
    public let interval_s: Double
    public let stepping: Stepping
    public var samples: Int { max(1, Int((duration_s / interval_s).rounded())) }

    /// - Throws: `FilmError` for times that are not positive or not finite, and more than ten million samples.
    public init(duration_s: Double, interval_s: Double, stepping: Stepping) throws(FilmError) {
        for (name, value) in [("duration", duration_s), ("interval of samples", interval_s)] {
            guard value.isFinite, value > 0 else {
                throw FilmError(.outOfRange(name: name, value: value, expected: "above 0 s"))
            }
        }
        guard duration_s / interval_s <= 1e7 else {
            throw FilmError(.outOfRange(name: "samples", value: duration_s / interval_s, expected: "at most 10000000"))
        }
        (self.duration_s, self.interval_s, self.stepping) = (duration_s, interval_s, stepping)
    }

    /// - Parameter each: called with the samples' numbers from 1; false stops.
    /// - Throws: `FilmError` for a step that is not stable, or a magnetisation that becomes no number.
    public func run<Scalar>(_ film: ContinuumFilm<Scalar>, _ each: (Int, Sample) -> Bool) throws(FilmError) {
        let start = film.time_s
        switch stepping {
        case .adaptive(let tolerance):
            try film.sampleMeans(every: interval_s, count: samples, tolerance: tolerance) { number, mean in
                each(number, Sample(time_s: start + Double(number) * interval_s, mean: mean))
            }
        case .fixed(let step_s, let method):
            try film.checkTimeStep(step_s, method)
            let perSample = max(1, Int((interval_s / step_s).rounded()))
            for number in 1...samples {
                try film.advance(steps: perSample, timeStep_s: step_s, method: method)
                let mean = film.mean
                guard mean.x.isFinite, mean.y.isFinite, mean.z.isFinite else {
                    throw FilmError(.notFinite(name: "magnetisation", at: number))
                }
                guard each(number, Sample(time_s: film.time_s, mean: mean)) else { return }
            }
        }
    }
}
