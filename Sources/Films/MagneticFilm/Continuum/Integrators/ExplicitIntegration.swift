import Glibc

/// How one span of time was covered.
public struct IntegrationReport: Equatable, Sendable {
    public var steps = 0
    public var rejected = 0
}

extension ContinuumFilm {
    /// Takes `steps` equal steps.
    /// - Throws: `FilmError` for a step that turns exchange's stiffest mode outside the method's stability region.
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func advance(steps: Int, timeStep_s: Double, method: ButcherTableau = .rungeKutta4) throws(FilmError) {
        try checkTimeStep(timeStep_s, method)
        prepareMemory(method)
        for _ in 0..<steps {
            drawNoise(timeStep_s: timeStep_s)
            takeStages(method, timeStep_s)
            acceptStep(timeStep_s)
        }
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
    /// `tolerance`.
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

    /// Advances by `count` equal spans and reports the mean of m after each. Steps need not end where spans do: between the
    /// ends of a step the mean is a cubic through both means with their slopes, whose error is h⁴/384 of the fourth
    /// derivative, far below the method's.
    /// - Parameters:
    ///   - span_s: seconds, above 0.
    ///   - each: called with the number of spans that are over, from 1, and the mean; false stops. The film is then at the end
    ///     of the step, which may be later.
    /// - Throws: `FilmError` as `advance(by:tolerance:method:)`.
    @discardableResult
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func sampleMeans(
        every span_s: Double, count: Int, tolerance: Double = 1e-6, method: ButcherTableau = .rungeKutta4,
        _ each: (Int, SIMD3<Double>) -> Bool
    ) throws(FilmError) -> IntegrationReport {
        try beginAdaptive(span_s * Double(count), tolerance, method)
        var report = IntegrationReport()
        let start = time_s
        let end = start + span_s * Double(count)
        var (time, value) = (start, mean)
        var slope: SIMD3<Double>?
        var sample = 1
        while sample <= count {
            try takeAdaptiveStep(until: end, tolerance, method, &report)
            // After a step the two slopes have changed places: the first is the one at its end.
            let filled = Double(filledCells)
            let before = slope ?? integratorMemory.slopes.last!.sum / filled
            let after = integratorMemory.slopes[0].sum / filled
            let (step, next) = (time_s - time, mean)
            while sample <= count {
                let place = start + span_s * Double(sample)
                guard place <= time_s + 1e-9 * span_s else { break }
                let t = min(1, (place - time) / step)
                let (a, b) = (value + t * (next - value), t * (1 - t))
                let bend = (1 - t) * (before * step - (next - value)) - t * (after * step - (next - value))
                guard each(sample, a + b * bend) else { return report }
                sample += 1
            }
            (time, value, slope) = (time_s, next, after)
        }
        return report
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
    }

    /// Takes one step that ends at `end` or before it, repeated with smaller lengths until the tolerance is met.
    private func takeAdaptiveStep(
        until end: Double, _ tolerance: Double, _ method: ButcherTableau, _ report: inout IntegrationReport
    ) throws(FilmError) {
        while true {
            // Beyond its stability limit a method shows no error at first and then a large one; staying below saves the
            // steps that would be rejected.
            let wanted = min(integratorMemory.nextStep_s, (method.adaptiveTurn ?? .infinity) / stiffestFrequency_radps)
            let left = end - time_s
            // The rest in one step, or in two equal ones rather than a full and a tiny one.
            let step = wanted >= left ? left : (wanted * 2 > left ? left / 2 : wanted)
            takeStages(method, step)
            let error = errorOfCandidate(method, step)
            guard error.isFinite || step > 1e-18 else { throw FilmError(.notFinite(name: "magnetisation", at: 0)) }
            let order = Double(method.order)
            let factor = error.isFinite ? min(2, max(0.2, 0.9 * pow(tolerance / max(error, 1e-300), 1 / order))) : 0.2
            if error <= tolerance {
                report.steps += 1
                acceptStep(step)
                // The slope at the end is the next step's first one.
                integratorMemory.slopes.swapAt(0, integratorMemory.slopes.count - 1)
                integratorMemory.isSlopeValid = true
                if factor > 1 || step >= wanted { integratorMemory.nextStep_s = max(wanted, step) * factor }
                if factor <= 1 { integratorMemory.nextStep_s = step * factor }
                return
            }
            report.rejected += 1
            guard step > 1e-20 else {
                throw FilmError(.outOfRange(name: "time step", value: step, expected: "above 1e-20 s; tolerance too small"))
            }
            integratorMemory.isSlopeValid = true
            integratorMemory.nextStep_s = step * min(factor, 0.9)
        }
    }

    /// An upper bound of the precession frequency that exchange and the film's own fields cause, rad/s.
    public var stiffestFrequency_radps: Double {
        let outside = applied.uniform(time_s)
        return FilmConstants.gyromagneticRatio * (stiffestField_Apm + (outside * outside).sum().squareRoot())
    }

    /// An upper bound of the field that exchange and the film's own fields cause, A/m.
    var stiffestField_Apm: Double {
        let demag = demagnetising == nil ? 0 : (regions.materials.map(\.saturation_Apm).max() ?? 0) / 2
        return terms.reduce(demag) { $0 + $1.stiffness_Apm }
    }
}
