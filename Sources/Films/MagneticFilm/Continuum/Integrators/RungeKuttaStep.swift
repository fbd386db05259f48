/// What a film keeps from step to step.
struct IntegratorMemory<Scalar: ContinuumScalar> {
    /// One slope per stage, and one at the end of the step.
    var slopes: [VectorField<Scalar>] = []
    /// Two stages in turn: one is read, with its neighbours, while the next is written.
    var stages: [VectorField<Scalar>] = []
    /// The magnetisation at the end of a step that has not been accepted yet.
    var candidate: VectorField<Scalar>?
    var field: VectorField<Scalar>?
    /// Whether `slopes[0]` is the slope at the present magnetisation and time.
    var isSlopeValid = false
    var nextStep_s = 1e-14
    /// Length of the adaptive step that ended at the present time; nought when the film came here otherwise. The candidate then has
    /// the magnetisation at its beginning, and the last slope is the one there.
    var lastStep_s = 0.0
    /// Whether the demagnetising field of a film in Double may come from a convolution in Float.
    var isDemagSingle = false
    /// When the film's drives change, of all terms together.
    var times = DriveTimes.constant
}

/// One step of an integrator from the film's present time.
struct IntegratorStep {
    var length_s: Double
    /// The film's time after the step.
    var end_s: Double
    /// When stages at its end are evaluated: just before the end where a drive jumps there.
    var lastStage_s: Double

    /// - Parameter edge_s: the next time at which a drive jumps or bends.
    init(length_s: Double, end_s: Double, edge_s: Double = .infinity) {
        (self.length_s, self.end_s) = (length_s, end_s)
        lastStage_s = end_s == edge_s ? edge_s.nextDown : end_s
    }

    var endsAtEdge: Bool { lastStage_s < end_s }
}

extension ContinuumFilm {
    func prepareMemory(_ method: ButcherTableau) {
        let needed = method.weights.count + 1
        while integratorMemory.slopes.count < needed { integratorMemory.slopes.append(VectorField(mesh)) }
        while integratorMemory.slopes.count > needed { integratorMemory.slopes.removeLast() }
        while integratorMemory.stages.count < 2 { integratorMemory.stages.append(VectorField(mesh)) }
        if integratorMemory.candidate == nil { integratorMemory.candidate = VectorField(mesh) }
        if integratorMemory.field == nil { integratorMemory.field = VectorField(mesh) }
        // Between calls the applied field may have been changed.
        (integratorMemory.isSlopeValid, integratorMemory.lastStep_s) = (false, 0)
        integratorMemory.isDemagSingle = false
        integratorMemory.times = terms.reduce(.constant) { $0.merged(with: $1.times) }
    }

    /// Computes the magnetisation at the end of a step into the candidate. Each stage's slope is combined to the next stage in
    /// the pass that made it.
    func takeStages(_ method: ButcherTableau, _ step: IntegratorStep) {
        let last = method.weights.count - 1
        let (stages, candidate) = (integratorMemory.stages, integratorMemory.candidate!)
        for i in 0...last {
            let state = i == 0 ? m : stages[i % 2]
            let target = i == last ? candidate : stages[(i + 1) % 2]
            let combination = combination(i == last ? method.weights : method.stages[i + 1], step.length_s, into: target)
            let finish = { (cells: Range<Int>) in
                combination(cells)
                if i == last { candidate.withPointers { Scalar.normalise(cells, $0) } }
            }
            if i == 0, integratorMemory.isSlopeValid {
                threads.run { part in finish(threads.range(mesh.cells, part: part)) }
            } else {
                let node = method.nodes[i]
                let time = node < 1 ? time_s + node * step.length_s : step.lastStage_s
                evaluateSlope(of: state, time, into: integratorMemory.slopes[i]) { _, cells in finish(cells) }
            }
        }
    }

    /// Makes the candidate the film's state.
    func acceptStep(_ step: IntegratorStep) {
        m.swap(with: integratorMemory.candidate!)
        time_s = step.end_s
        integratorMemory.isSlopeValid = false
    }

    /// Evaluates the slope at the candidate, and gives the method's estimate of the largest error of a component.
    func errorOfCandidate(_ method: ButcherTableau, _ step: IntegratorStep) -> Double {
        let slopes = integratorMemory.slopes
        var largest = [Double](repeating: 0, count: threads.count)
        largest.withUnsafeMutableBufferPointer { largest in
            // Parts write different elements.
            nonisolated(unsafe) let largest = largest
            let pointers = slopes.flatMap { slope in slope.components.map { UnsafePointer<Scalar>?($0) } }
            evaluateSlope(of: integratorMemory.candidate!, step.lastStage_s, into: slopes[slopes.count - 1]) { part, cells in
                let error = Scalar.largestError(cells, slopes.count, pointers, method.errors)
                // What is no number stays.
                if !(error <= largest[part]), !largest[part].isNaN { largest[part] = error }
            }
        }
        var result = 0.0
        for value in largest where !(value <= result) { result = value }
        // With a drive that moves during the step the embedded difference may tell too little.
        let drive = driveError(step)
        return step.length_s * result * (drive.moves ? 2 : 1) + drive.error
    }

    /// How far the drives' own changes would turn m wrongly. The embedded method is blind to them: its two slopes belong to one
    /// time. So the integral by Simpson's rule, which RK4 takes of them, is compared with that over eight parts of the step.
    private func driveError(_ step: IntegratorStep) -> (error: Double, moves: Bool) {
        let length = step.lastStage_s - time_s
        var (change, moves) = (0.0, false)
        for term in terms {
            let values = (0...8).map { part in
                term.amplitudes_Apm(at: part < 8 ? time_s + Double(part) / 8 * length : step.lastStage_s)
            }
            for index in values[0].indices {
                let f = values.map { $0[index] }
                let coarse = (f[0] + 4 * f[4] + f[8]) / 6
                let odd = f[1] + f[3] + f[5] + f[7]
                let fine = (f[0] + 4 * odd + 2 * (f[2] + f[4] + f[6]) + f[8]) / 24
                change += ((coarse - fine) * (coarse - fine)).sum().squareRoot()
                moves = moves || f.contains { $0 != f[0] }
            }
        }
        return (FilmConstants.gyromagneticRatio * step.length_s * change, moves)
    }

    /// For some cells, target = m + step Σ a_j k_j.
    private func combination(
        _ coefficients: [Double], _ step: Double, into target: VectorField<Scalar>
    ) -> (Range<Int>) -> Void {
        let factors = coefficients.map { $0 * step }
        let slopes = integratorMemory.slopes
        return { [m] cells in
            for axis in 0..<3 {
                let pointers = factors.indices.map { UnsafePointer<Scalar>?(slopes[$0].components[axis]) }
                Scalar.combine(
                    cells, m.components[axis], factors.count, pointers, factors,
                    target.components[axis])
            }
        }
    }

    private func evaluateSlope(
        of state: VectorField<Scalar>, _ time: Double, into slope: VectorField<Scalar>,
        then body: (Int, Range<Int>) -> Void
    ) {
        let field = integratorMemory.field!
        let inSingle = integratorMemory.isDemagSingle
        setEffectiveField(of: state, time_s: time, into: field, inSingle: inSingle) { part, cells in
            state.withReadPointers { m in
                field.withReadPointers { h in
                    slope.withPointers { k in
                        Scalar.setSlope(cells, m, h, damping.values, FilmConstants.gyromagneticRatio, 1, k)
                    }
                }
            }
            body(part, cells)
        }
    }
}
