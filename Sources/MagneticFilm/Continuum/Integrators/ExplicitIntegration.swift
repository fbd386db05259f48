import FilmKernels
import Glibc

/// What a film keeps from step to step.
struct IntegratorMemory {
    var slopes: [VectorField] = []
    var stage: VectorField?
    var field: VectorField?
    /// Whether `slopes[0]` is the slope at the present magnetisation and time.
    var isSlopeValid = false
    var nextStep_s = 1e-14
}

/// How one span of time was covered.
public struct IntegrationReport: Equatable, Sendable {
    public var steps = 0
    public var rejected = 0
}

extension ContinuumFilm {
    /// Takes `steps` equal steps.
    /// - Throws: `FilmError` for a step that turns exchange's stiffest mode outside the method's stability region.
    public func advance(steps: Int, timeStep_s: Double, method: ButcherTableau = .rungeKutta4) throws(FilmError) {
        guard timeStep_s.isFinite, timeStep_s > 0 else {
            throw FilmError(.outOfRange(name: "time step", value: timeStep_s, expected: "above 0 s"))
        }
        let limit = method.order == 2 ? 1.5 : method.order == 4 ? 2.9 : 1.9
        let turn = timeStep_s * stiffestFrequency_radps
        guard turn <= limit else { throw FilmError(.unstableTimeStep(radians: turn, limit: limit)) }
        prepareMemory(method)
        for _ in 0..<steps {
            drawNoise(timeStep_s: timeStep_s)
            takeStages(method, timeStep_s)
            acceptStep(method, timeStep_s)
        }
    }

    /// Advances by `duration_s` with steps chosen so that the largest error of a component of m per step stays below
    /// `tolerance`.
    /// - Throws: `FilmError` when no step however small meets the tolerance, and for a film with a thermal field.
    @discardableResult
    public func advance(
        by duration_s: Double, tolerance: Double = 1e-6, method: ButcherTableau = .rungeKutta4
    ) throws(FilmError) -> IntegrationReport {
        precondition(!method.errors.isEmpty, "the method has no error estimate")
        guard duration_s.isFinite, duration_s >= 0 else {
            throw FilmError(.outOfRange(name: "duration", value: duration_s, expected: "at least 0 s"))
        }
        guard tolerance > 0, tolerance < 1 else {
            throw FilmError(.outOfRange(name: "tolerance", value: tolerance, expected: "between 0 and 1"))
        }
        guard !terms.contains(where: { $0 is ThermalTerm }) else {
            throw FilmError(.notPossible("a thermal field has no adaptive step; give a fixed one"))
        }
        prepareMemory(method)
        var report = IntegrationReport()
        let end = time_s + duration_s
        let start = VectorField(mesh)
        while end - time_s > 1e-9 * duration_s {
            let wanted = integratorMemory.nextStep_s
            let left = end - time_s
            // The rest in one step, or in two equal ones rather than a full and a tiny one.
            let step = wanted >= left ? left : (wanted * 2 > left ? left / 2 : wanted)
            start.set(m)
            takeStages(method, step)
            acceptStep(method, step)
            evaluateSlope(of: m, time_s, into: integratorMemory.slopes.last!)
            let error = step * largestError(method)
            guard error.isFinite || step > 1e-18 else { throw FilmError(.notFinite(name: "magnetisation", at: 0)) }
            let order = Double(method.order)
            let factor = error.isFinite ? min(2, max(0.2, 0.9 * pow(tolerance / max(error, 1e-300), 1 / order))) : 0.2
            if error <= tolerance {
                report.steps += 1
                // The slope at the end is the next step's first one.
                integratorMemory.slopes.swapAt(0, integratorMemory.slopes.count - 1)
                integratorMemory.isSlopeValid = true
                if factor > 1 || step >= wanted { integratorMemory.nextStep_s = max(wanted, step) * factor }
                if factor <= 1 { integratorMemory.nextStep_s = step * factor }
            } else {
                report.rejected += 1
                guard step > 1e-20 else {
                    throw FilmError(.outOfRange(name: "time step", value: step, expected: "above 1e-20 s; tolerance too small"))
                }
                m.set(start)
                time_s -= step
                integratorMemory.isSlopeValid = true
                integratorMemory.nextStep_s = step * min(factor, 0.9)
            }
        }
        time_s = end
        return report
    }

    /// An upper bound of the precession frequency that exchange and the film's own fields cause, rad/s.
    public var stiffestFrequency_radps: Double {
        let demag = demagnetising == nil ? 0 : (regions.materials.map(\.saturation_Apm).max() ?? 0) / 2
        let outside = applied.uniform(time_s)
        let own = terms.reduce(demag) { $0 + $1.stiffness_Apm }
        return FilmConstants.gyromagneticRatio * (own + (outside * outside).sum().squareRoot())
    }

    private func prepareMemory(_ method: ButcherTableau) {
        let needed = method.weights.count + 1
        while integratorMemory.slopes.count < needed { integratorMemory.slopes.append(VectorField(mesh)) }
        while integratorMemory.slopes.count > needed { integratorMemory.slopes.removeLast() }
        if integratorMemory.stage == nil { integratorMemory.stage = VectorField(mesh) }
        if integratorMemory.field == nil { integratorMemory.field = VectorField(mesh) }
        // Between calls the applied field may have been changed.
        integratorMemory.isSlopeValid = false
    }

    private func takeStages(_ method: ButcherTableau, _ step: Double) {
        let stage = integratorMemory.stage!
        for i in method.weights.indices {
            if i == 0 {
                if !integratorMemory.isSlopeValid { evaluateSlope(of: m, time_s, into: integratorMemory.slopes[0]) }
                continue
            }
            combine(method.stages[i], step, into: stage)
            evaluateSlope(of: stage, time_s + method.nodes[i] * step, into: integratorMemory.slopes[i])
        }
        integratorMemory.isSlopeValid = false
    }

    private func acceptStep(_ method: ButcherTableau, _ step: Double) {
        combine(method.weights, step, into: m)
        threads.run { part in
            let cells = threads.range(mesh.cells, part: part)
            m.withPointers { larmor_normalise(cells.lowerBound, cells.upperBound, $0) }
        }
        time_s += step
    }

    /// target = m + step Σ a_j k_j; the target may be m itself.
    private func combine(_ coefficients: [Double], _ step: Double, into target: VectorField) {
        let factors = coefficients.map { $0 * step }
        let slopes = integratorMemory.slopes
        threads.run { part in
            let cells = threads.range(mesh.cells, part: part)
            for axis in 0..<3 {
                let pointers = factors.indices.map { UnsafePointer<Double>?(slopes[$0].components[axis]) }
                larmor_combine(
                    cells.lowerBound, cells.upperBound, m.components[axis], factors.count, pointers, factors,
                    target.components[axis])
            }
        }
    }

    private func evaluateSlope(of state: VectorField, _ time: Double, into slope: VectorField) {
        let field = integratorMemory.field!
        setEffectiveField(of: state, time_s: time, into: field)
        threads.run { part in
            let cells = threads.range(mesh.cells, part: part)
            state.withReadPointers { m in
                field.withReadPointers { h in
                    slope.withPointers { k in
                        larmor_llg_slope(
                            cells.lowerBound, cells.upperBound, m, h, damping.values, FilmConstants.gyromagneticRatio, 1, k)
                    }
                }
            }
        }
    }

    private func largestError(_ method: ButcherTableau) -> Double {
        var largest = 0.0
        let slopes = integratorMemory.slopes
        for axis in 0..<3 {
            for i in 0..<mesh.cells {
                var sum = 0.0
                for (factor, slope) in zip(method.errors, slopes) where factor != 0 {
                    sum += factor * slope.components[axis][i]
                }
                if !(abs(sum) <= largest) { largest = abs(sum) }
            }
        }
        return largest
    }
}
