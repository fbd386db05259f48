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
    /// Steepest descent on the product of unit spheres with Barzilai–Borwein steps, the two step lengths in turn. Sums are
    /// taken over blocks of fixed size, so the number of threads changes no bit. Torques of currents and thermal fields,
    /// which have no energy, are left out.
    ///
    /// Source: L. Exl et al., J. Appl. Phys. 115 (2014) 17D118, equations 9 to 12.
    /// - Parameters:
    ///   - torque_Apm: end when no cell has a larger |m × H|; less than ``leastTorque_Apm`` counts as that.
    ///   - isStopped: asked after every iteration; true ends early.
    ///   - progress: called after every iteration with their number and the largest |m × H|, A/m.
    /// - Returns: where it ended; not converged when `iterationsMax` were not enough.
    @discardableResult
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func relax(
        torque_Apm: Double = 1e-3, iterationsMax: Int = 50_000, isStopped: () -> Bool = { false },
        progress: (Int, Double) -> Void = { _, _ in }
    ) -> RelaxationReport {
        integratorMemory.isSlopeValid = false
        let all = terms
        terms = all.filter(\.isConservative)
        defer { terms = all }
        let goal = max(torque_Apm, leastTorque_Apm)
        var descent = Descent(mesh)
        let scale = 1 / (regions.materials.map(\.saturation_Apm).max() ?? 1)
        var largest = setGradient(&descent, scale)
        var step = 1e-2
        for iteration in 0..<iterationsMax {
            if largest <= goal { return RelaxationReport(iterations: iteration, torque_Apm: largest, converged: true) }
            progress(iteration, largest)
            if isStopped() { return RelaxationReport(iterations: iteration, torque_Apm: largest, converged: false) }
            swap(&descent.gradient, &descent.old)
            walk(descent, step)
            largest = setGradient(&descent, scale)
            let sums = products(descent, scale)
            let proposed = iteration.isMultiple(of: 2) ? sums.x / sums.y : sums.y / sums.z
            // Where energy is curved downwards, as after a switching field, the step grows; nothing turns by more than half a
            // radian, so that the film stays in its valley.
            let wanted = proposed.isFinite && proposed > 0 ? proposed : 2 * step
            step = min(wanted, 1e3, 0.5 / max(largest * scale, 1e-30))
        }
        return RelaxationReport(iterations: iterationsMax, torque_Apm: largest, converged: largest <= goal)
    }

    /// What rounding of m moves the stiffest field by, A/m: relaxation does not get much below. At 5 nm in permalloy it is 1 A/m in
    /// Float, 2e-9 A/m in Double; it grows as the cells' area shrinks.
    public var leastTorque_Apm: Double { Double(Scalar.ulpOfOne) * stiffestField_Apm }

    private struct Descent {
        let field: VectorField<Scalar>
        var gradient: VectorField<Scalar>
        var old: VectorField<Scalar>
        let before: VectorField<Scalar>

        init(_ mesh: FilmMesh) {
            (field, gradient) = (VectorField(mesh), VectorField(mesh))
            (old, before) = (VectorField(mesh), VectorField(mesh))
        }
    }

    /// The midpoint rule along the gradient, solved exactly: |m| stays one.
    private func walk(_ descent: Descent, _ step: Double) {
        descent.before.set(m)
        let gradient = descent.old
        threads.run { part in
            for i in threads.range(mesh.cells, part: part) {
                let g = gradient.at(i)
                let square = step * step * (g * g).sum()
                m.put(((4 - square) * m.at(i) - 4 * step * g) / (4 + square), i)
            }
            // In Double rounding adds up to less than 1e-13, in Float to 1e-5.
            if Scalar.self == Float.self { m.withPointers { Scalar.normalise(threads.range(mesh.cells, part: part), $0) } }
        }
    }

    /// gradient = m × (m × H) / Ms, the steepest ascent of energy. Returns the largest |m × H| in A/m.
    private func setGradient(_ descent: inout Descent, _ scale: Double) -> Double {
        setEffectiveField(of: m, time_s: time_s, into: descent.field)
        let (field, gradient) = (descent.field, descent.gradient)
        return overBlocks { cells in
            var largest = 0.0
            for i in cells {
                let v = m.at(i)
                let torque = cross(v, field.at(i))
                largest = max(largest, (torque * torque).sum())
                gradient.put(cross(v, torque) * scale, i)
            }
            return SIMD3(largest, 0, 0)
        }.reduce(0) { max($0, $1.x) }.squareRoot()
    }

    /// Scalar products of the last change s of m and the change y of the gradient: s·s, s·y, y·y. The energy's slope is that
    /// of the field times Ms.
    private func products(_ descent: Descent, _ scale: Double) -> SIMD3<Double> {
        overBlocks { cells in
            var sums = SIMD3<Double>.zero
            for i in cells {
                let weight = moment[i] * scale
                let s = m.at(i) - descent.before.at(i)
                let y = descent.gradient.at(i) - descent.old.at(i)
                sums += weight * SIMD3((s * s).sum(), (s * y).sum(), (y * y).sum())
            }
            return sums
        }.reduce(.zero, +)
    }

    /// One value for each block of 512 cells, in order.
    private func overBlocks(_ body: (Range<Int>) -> SIMD3<Double>) -> [SIMD3<Double>] {
        let blocks = (mesh.cells + 511) / 512
        return [SIMD3<Double>](unsafeUninitializedCapacity: blocks) { buffer, count in
            let results = BlockResults(base: buffer.baseAddress)
            threads.run { part in
                for block in blocks * part / threads.count..<blocks * (part + 1) / threads.count {
                    results.set(block, body(512 * block..<min(mesh.cells, 512 * (block + 1))))
                }
            }
            count = blocks
        }
    }
}

/// Sendable because every element is written by one thread only.
private struct BlockResults: @unchecked Sendable {
    let base: UnsafeMutablePointer<SIMD3<Double>>?

    func set(_ index: Int, _ value: SIMD3<Double>) { (base.unsafelyUnwrapped + index).initialize(to: value) }
}

extension VectorField {
    /// Without a check, for cells of the mesh.
    func at(_ cell: Int) -> SIMD3<Double> {
        SIMD3(Double(components[0][cell]), Double(components[1][cell]), Double(components[2][cell]))
    }

    func put(_ value: SIMD3<Double>, _ cell: Int) {
        components[0][cell] = Scalar(value.x)
        components[1][cell] = Scalar(value.y)
        components[2][cell] = Scalar(value.z)
    }
}

func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
    SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
}
