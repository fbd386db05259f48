import Glibc

/// How one span of time was covered.
public struct IntegrationReport: Equatable, Sendable {
    public var steps = 0
    public var rejected = 0
}

extension ContinuumFilm {
    /// Takes `steps` equal steps, whatever the drives do within them.
    /// - Throws: `FilmError` for a step that turns the stiffest mode out of the method's stability region.
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func advance(steps: Int, timeStep_s: Double, method: ButcherTableau = .rungeKutta4) throws(FilmError) {
        try checkTimeStep(timeStep_s, method)
        prepareMemory(method)
        for _ in 0..<steps {
            let edge = integratorMemory.times.nextEdge(after: time_s)
            takeFixedStep(IntegratorStep(length_s: timeStep_s, end_s: time_s + timeStep_s, edge_s: edge), method)
        }
    }

    /// Advances to a time by steps of one length; the last one, and those that would pass an edge of a drive, are shortened.
    /// - Parameters:
    ///   - end_s: seconds since the start.
    ///   - timeStep_s: length of a whole step, seconds.
    ///   - method: of the steps.
    ///   - isStopped: asked after every step; true ends early.
    /// - Throws: as `advance(steps:timeStep_s:method:)`, also for a drive that makes the step too long on the way.
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func advance(
        to end_s: Double, timeStep_s: Double, method: ButcherTableau = .rungeKutta4, isStopped: () -> Bool = { false }
    ) throws(FilmError) {
        prepareMemory(method)
        try checkTimeStep(timeStep_s, method)
        // What rounding leaves of a step is none.
        while end_s - time_s > 1e-9 * timeStep_s {
            let edge = integratorMemory.times.nextEdge(after: time_s)
            let target = min(end_s, edge)
            if target == edge { try checkTimeStep(timeStep_s, method) }
            let left = target - time_s
            let step =
                left < timeStep_s * (1 - 1e-9)
                ? IntegratorStep(length_s: left, end_s: target, edge_s: edge)
                : IntegratorStep(
                    length_s: timeStep_s, end_s: left < timeStep_s * (1 + 1e-9) ? target : time_s + timeStep_s, edge_s: edge)
            takeFixedStep(step, method)
            if isStopped() { return }
        }
        time_s = max(time_s, end_s)
    }

    private func takeFixedStep(_ step: IntegratorStep, _ method: ButcherTableau) {
        drawNoise(timeStep_s: step.length_s)
        takeStages(method, step)
        acceptStep(step)
    }

    /// - Throws: `FilmError` for a step that is not positive or that turns the stiffest mode out of the method's stability
    ///   region in the field of the present time.
    func checkTimeStep(_ timeStep_s: Double, _ method: ButcherTableau) throws(FilmError) {
        guard timeStep_s.isFinite, timeStep_s > 0 else {
            throw FilmError(.outOfRange(name: "time step", value: timeStep_s, expected: "above 0 s"))
        }
        let limit = method.order == 2 ? 1.5 : method.order == 4 ? 2.9 : 1.9
        let turn = timeStep_s * stiffestFrequency_radps
        guard turn <= limit else { throw FilmError(.unstableTimeStep(radians: turn, limit: limit)) }
    }

    /// Advances by `duration_s` with steps chosen so that the largest error of a component of m per step stays below
    /// `tolerance`. Steps end where a drive jumps or bends.
    /// - Throws: `FilmError` when no step however small meets the tolerance, and for a film with a thermal field.
    @discardableResult
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func advance(
        by duration_s: Double, tolerance: Double = 1e-6, method: ButcherTableau = .rungeKutta4
    ) throws(FilmError) -> IntegrationReport {
        try beginAdaptive(duration_s, tolerance, method)
        var report = IntegrationReport()
        let end = time_s + duration_s
        while end - time_s > 1e-9 * duration_s {
            try takeAdaptiveStep(until: end, tolerance, method, &report)
        }
        time_s = end
        return report
    }

    /// Advances by `count` equal spans and reports the mean of m after each, as `sampleMeans(count:at:from:tolerance:method:_:stepped:)`.
    /// - Parameters:
    ///   - span_s: seconds, above 0.
    ///   - count: number of spans.
    ///   - tolerance: largest error of a component of m per step.
    ///   - method: one with an embedded error estimate.
    ///   - each: called with the number of spans that are over, from 1, and the mean; false stops.
    @discardableResult
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func sampleMeans(
        every span_s: Double, count: Int, tolerance: Double = 1e-6, method: ButcherTableau = .rungeKutta4,
        _ each: (Int, SIMD3<Double>) -> Bool
    ) throws(FilmError) -> IntegrationReport {
        let start = time_s
        return try sampleMeans(
            count: count, at: { start + span_s * Double($0) }, tolerance: tolerance, method: method, each)
    }

    /// Advances to the last of `count` times and reports the mean of m at each. Steps need not end there: between the ends of a step
    /// the mean is a cubic through both means with their slopes, whose error is h⁴/384 of the fourth derivative, far below the
    /// method's.
    /// - Parameters:
    ///   - count: number of samples.
    ///   - place: seconds of sample 1, 2, …, ascending.
    ///   - first: the first sample that is still to be reported; the film stands between it and the one before.
    ///   - tolerance: largest error of a component of m per step.
    ///   - method: one with an embedded error estimate.
    ///   - each: called with the sample's number and the mean; false stops. The film is then at the end of the step, which may
    ///     be later.
    ///   - stepped: called after each step and its samples with the number of the next sample; false stops.
    /// - Throws: `FilmError` as `advance(by:tolerance:method:)`.
    @discardableResult
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func sampleMeans(
        count: Int, at place: (Int) -> Double, from first: Int = 1, tolerance: Double = 1e-6,
        method: ButcherTableau = .rungeKutta4, _ each: (Int, SIMD3<Double>) -> Bool, stepped: (Int) -> Bool = { _ in true }
    ) throws(FilmError) -> IntegrationReport {
        let end = place(count)
        try beginAdaptive(max(0, end - time_s), tolerance, method)
        var report = IntegrationReport()
        var (time, value) = (time_s, mean)
        var slope: SIMD3<Double>?
        var sample = first
        while sample <= count {
            if time_s < end {
                try takeAdaptiveStep(until: end, tolerance, method, &report)
            }
            // After a step the two slopes have changed places: the first is the one at its end.
            let filled = Double(filledCells)
            let before = slope ?? integratorMemory.slopes.last!.sum / filled
            let after = integratorMemory.slopes[0].sum / filled
            let (step, next) = (time_s - time, mean)
            while sample <= count {
                let place = place(sample)
                guard place <= time_s + 1e-12 * abs(time_s) else { break }
                let t = step > 0 ? max(0, min(1, (place - time) / step)) : 1
                let (a, b) = (value + t * (next - value), t * (1 - t))
                let bend = (1 - t) * (before * step - (next - value)) - t * (after * step - (next - value))
                guard each(sample, a + b * bend) else { return report }
                sample += 1
            }
            // Where a drive jumps the slope does, too.
            (time, value, slope) = (time_s, next, integratorMemory.isSlopeValid ? after : nil)
            guard stepped(sample) else { return report }
        }
        return report
    }

    /// The unit vectors at a time within the adaptive step that just ended, by cubics between its ends; otherwise the present ones.
    /// To be called from where samples are reported.
    public func magnetisation(at time_s: Double) -> [SIMD3<Double>] {
        let length = integratorMemory.lastStep_s
        let t = length > 0 ? 1 - (self.time_s - time_s) / length : 1
        guard let old = integratorMemory.candidate, length > 0, t >= 0, t < 1, let before = integratorMemory.slopes.last else {
            return (0..<mesh.cells).map { m[$0] }
        }
        let after = integratorMemory.slopes[0]
        return (0..<mesh.cells).map { i in
            let change = m[i] - old[i]
            let bend = (1 - t) * (before[i] * length - change) - t * (after[i] * length - change)
            let value = old[i] + t * change + t * (1 - t) * bend
            let size = (value * value).sum().squareRoot()
            return size > 0 ? value / size : .zero
        }
    }

    private func beginAdaptive(_ duration_s: Double, _ tolerance: Double, _ method: ButcherTableau) throws(FilmError) {
        precondition(!method.errors.isEmpty, "the method has no error estimate")
        guard duration_s.isFinite, duration_s >= 0 else {
            throw FilmError(.outOfRange(name: "duration", value: duration_s, expected: "at least 0 s"))
        }
        guard tolerance > 0, tolerance < 1 else {
            throw FilmError(.outOfRange(name: "tolerance", value: tolerance, expected: "between 0 and 1"))
        }
        guard !terms.contains(where: { $0 is ThermalTerm<Scalar> }) else {
            throw FilmError(.notPossible("a thermal field has no adaptive step; give a fixed one"))
        }
        prepareMemory(method)
        // Its errors, 1e-7 of Ms, turn m by less than a thousandth of such a tolerance in a step.
        integratorMemory.isDemagSingle = Scalar.self == Double.self && tolerance >= 5e-6
    }

    /// Takes one step that ends at `end`, at a drive's next edge, or before both, repeated with smaller lengths until the tolerance
    /// is met.
    private func takeAdaptiveStep(
        until end: Double, _ tolerance: Double, _ method: ButcherTableau, _ report: inout IntegrationReport
    ) throws(FilmError) {
        let edge = integratorMemory.times.nextEdge(after: time_s)
        let target = min(end, edge)
        let left = target - time_s
        while true {
            // Beyond its stability limit a method shows no error at first and then a large one; staying below saves the
            // steps that would be rejected.
            let stable = (method.adaptiveTurn ?? .infinity) / stiffestFrequency_radps
            let capped = min(integratorMemory.nextStep_s, stable, integratorMemory.times.longestStep(at: time_s))
            // However fast a drive moves, time goes on.
            let wanted = max(capped, 4 * time_s.ulp)
            // The rest in one step, or in two equal ones rather than a full and a tiny one.
            let length = wanted >= left ? left : (wanted * 2 > left ? left / 2 : wanted)
            let step = IntegratorStep(length_s: length, end_s: length == left ? target : time_s + length, edge_s: edge)
            takeStages(method, step)
            let error = errorOfCandidate(method, step)
            guard error.isFinite || length > 1e-18 else { throw FilmError(.notFinite(name: "magnetisation", at: 0)) }
            // Errors of steps add up, so a quarter is aimed at.
            let (order, aim) = (Double(method.order), tolerance / 4)
            let factor = error.isFinite ? min(2, max(0.2, 0.9 * pow(aim / max(error, 1e-300), 1 / order))) : 0.2
            if error <= aim {
                report.steps += 1
                acceptStep(step)
                // The slope at the end is the next step's first one, unless a drive jumps in between.
                integratorMemory.slopes.swapAt(0, integratorMemory.slopes.count - 1)
                (integratorMemory.isSlopeValid, integratorMemory.lastStep_s) = (!step.endsAtEdge, length)
                if factor > 1 || length >= wanted { integratorMemory.nextStep_s = max(wanted, length) * factor }
                if factor <= 1 { integratorMemory.nextStep_s = length * factor }
                return
            }
            report.rejected += 1
            guard length > 1e-20 else {
                throw FilmError(.outOfRange(name: "time step", value: length, expected: "above 1e-20 s; tolerance too small"))
            }
            integratorMemory.isSlopeValid = true
            integratorMemory.nextStep_s = length * min(factor, 0.9)
        }
    }

    /// An upper bound of the precession frequency that exchange and the film's own fields cause at the present time, rad/s.
    public var stiffestFrequency_radps: Double { FilmConstants.gyromagneticRatio * stiffestField_Apm }

    /// An upper bound of the field that turns the film's fastest mode, A/m.
    var stiffestField_Apm: Double {
        let outside = terms.reduce(0) { $1 === exchange ? $0 : $0 + $1.stiffness_Apm(at: time_s) }
        let inside = terms.contains { $0 === exchange } ? exchange.stiffness_Apm(at: time_s) : 0
        guard demagnetising != nil else { return outside + inside }
        // A mode's two demagnetising factors add up to 1 at most. Without exchange the field along m, −Ms at most, turns faster.
        let saturation = regions.materials.map(\.saturation_Apm).max() ?? 0
        return outside + max(inside + saturation / 2, saturation)
    }
}
