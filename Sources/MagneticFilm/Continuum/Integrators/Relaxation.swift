/// How a relaxation ended.
public struct RelaxationReport: Equatable, Sendable {
    public var iterations: Int
    /// Largest |m × H|, A/m.
    public var torque_Apm: Double
    public var converged: Bool
}

extension ContinuumFilm {
    /// Walks down in energy to a state in equilibrium with the applied field of the present time.
    ///
    /// Steepest descent on the product of unit spheres with Barzilai–Borwein steps, the two step lengths in turn.
    /// Torques of currents and thermal fields, which have no energy, are left out.
    ///
    /// Source: L. Exl et al., J. Appl. Phys. 115 (2014) 17D118, equations 9 to 12.
    /// - Parameters:
    ///   - torque_Apm: end when no cell has a larger |m × H|.
    /// - Returns: where it ended; not converged when `iterationsMax` were not enough.
    @discardableResult
    public func relax(torque_Apm: Double = 1e-3, iterationsMax: Int = 50_000) -> RelaxationReport {
        integratorMemory.isSlopeValid = false
        let all = terms
        terms = all.filter(\.isConservative)
        defer { terms = all }
        let field = VectorField(mesh)
        var gradient = VectorField(mesh)
        var old = VectorField(mesh)
        let before = VectorField(mesh)
        let scale = 1 / material.saturation_Apm
        var largest = setGradient(field, gradient, scale)
        var step = 1e-2
        for iteration in 0..<iterationsMax {
            if largest <= torque_Apm { return RelaxationReport(iterations: iteration, torque_Apm: largest, converged: true) }
            swap(&gradient, &old)
            before.set(m)
            for i in 0..<mesh.cells {
                // The midpoint rule along the gradient, solved exactly: |m| stays one.
                let g = old[i]
                let square = step * step * (g * g).sum()
                m[i] = ((4 - square) * m[i] - 4 * step * g) / (4 + square)
            }
            largest = setGradient(field, gradient, scale)
            var (ss, sy, yy) = (0.0, 0.0, 0.0)
            for i in 0..<mesh.cells {
                let s = m[i] - before[i]
                let y = gradient[i] - old[i]
                // The energy's slope is that of the field times Ms.
                let weight = moment.values[i] * scale
                ss += weight * (s * s).sum()
                sy += weight * (s * y).sum()
                yy += weight * (y * y).sum()
            }
            let proposed = iteration.isMultiple(of: 2) ? ss / sy : sy / yy
            step = proposed.isFinite && proposed > 0 ? min(proposed, 1e3) : 1e-3
        }
        return RelaxationReport(iterations: iterationsMax, torque_Apm: largest, converged: largest <= torque_Apm)
    }

    /// gradient = m × (m × H) / Ms, the steepest ascent of energy. Returns the largest |m × H| in A/m.
    private func setGradient(_ field: VectorField, _ gradient: VectorField, _ scale: Double) -> Double {
        setEffectiveField(of: m, time_s: time_s, into: field)
        var largest = 0.0
        for i in 0..<mesh.cells {
            let (v, h) = (m[i], field[i])
            let torque = cross(v, h)
            largest = max(largest, (torque * torque).sum())
            gradient[i] = cross(v, torque) * scale
        }
        return largest.squareRoot()
    }
}

func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
    SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
}
