/// A film followed over a time, with its mean magnetisation at equal intervals.
public struct ContinuumRun: Sendable {
    public enum Stepping: Sendable {
        /// Steps chosen so that no component of m is wrong by more per step.
        case adaptive(tolerance: Double)
        /// Steps of one length; the last one before a sample or before an edge of a drive is shortened.
        case fixed(step_s: Double, ButcherTableau)
    }

    public struct Sample: Equatable, Sendable {
        public var time_s: Double
        public var mean: SIMD3<Double>

        public init(time_s: Double, mean: SIMD3<Double>) { (self.time_s, self.mean) = (time_s, mean) }
    }

    /// How far a run is.
    public struct Position: Equatable, Sendable {
        /// The film's time when the run began, seconds.
        public var start_s: Double
        /// Number of the next sample, from 1; one more than ``ContinuumRun/samples`` at the end.
        public var next: Int

        public init(start_s: Double, next: Int = 1) { (self.start_s, self.next) = (start_s, next) }
    }

    /// Seconds, above 0.
    public let duration_s: Double
    /// Seconds between samples; the last one, at the end of the duration, may come earlier.
    public let interval_s: Double
    public let stepping: Stepping
    /// Samples after the start.
    public let samples: Int

    /// - Throws: `FilmError` for times that are not positive or not finite, and more than ten million samples.
    public init(duration_s: Double, interval_s: Double, stepping: Stepping) throws(FilmError) {
        for (name, value) in [("duration", duration_s), ("interval of samples", interval_s)] {
            guard value.isFinite, value > 0 else {
                throw FilmError(.outOfRange(name: name, value: value, expected: "above 0 s"))
            }
        }
        let intervals = duration_s / interval_s
        guard intervals <= 1e7 else {
            throw FilmError(.outOfRange(name: "samples", value: intervals, expected: "at most 10000000"))
        }
        (self.duration_s, self.interval_s, self.stepping) = (duration_s, interval_s, stepping)
        // A rest that only rounding makes is none.
        samples = max(1, Int((intervals - 1e-9 * max(1, intervals)).rounded(.up)))
    }

    /// Seconds of a sample, from 0, in a run that began at a time.
    public func time_s(ofSample number: Int, start_s: Double) -> Double {
        start_s + (number < samples ? Double(number) * interval_s : duration_s)
    }

    /// Follows the film from its present state to the end of the run.
    /// - Parameters:
    ///   - position: where an earlier run ended whose last state the film has; nil begins anew.
    ///   - each: called with the samples' numbers from 1; false stops.
    ///   - stepped: called after every step with what is needed to go on from the film's state; false stops.
    /// - Throws: `FilmError` for a step that is not stable, or a magnetisation that becomes no number.
    public func run<Scalar>(
        _ film: ContinuumFilm<Scalar>, from position: Position? = nil, _ each: (Int, Sample) -> Bool,
        stepped: (Position) -> Bool = { _ in true }
    ) throws(FilmError) {
        let start = position?.start_s ?? film.time_s
        let first = position?.next ?? 1
        func place(_ number: Int) -> Double { time_s(ofSample: number, start_s: start) }
        switch stepping {
        case .adaptive(let tolerance):
            guard first <= samples else { return }
            try film.sampleMeans(count: samples, at: place, from: first, tolerance: tolerance) { number, mean in
                each(number, Sample(time_s: place(number), mean: mean))
            } stepped: {
                stepped(Position(start_s: start, next: $0))
            }
        case .fixed(let step_s, let method):
            try film.checkTimeStep(step_s, method)
            var number = first
            while number <= samples {
                var goesOn = true
                try film.advance(to: place(number), timeStep_s: step_s, method: method) {
                    guard goesOn else { return true }
                    goesOn = stepped(Position(start_s: start, next: number))
                    return !goesOn
                }
                guard goesOn else { return }
                let mean = film.mean
                guard mean.x.isFinite, mean.y.isFinite, mean.z.isFinite else {
                    throw FilmError(.notFinite(name: "magnetisation", at: number))
                }
                guard each(number, Sample(time_s: place(number), mean: mean)) else { return }
                number += 1
                guard stepped(Position(start_s: start, next: number)) else { return }
            }
        }
    }
}
