/// All that a film's further way depends on beside its terms: with it a film of the same terms goes on to the bit as if it had never
/// stopped.
public struct ContinuumFilmState<Scalar: ContinuumScalar>: Equatable, Sendable {
    public var time_s: Double
    /// The three components of m, one number per cell, x fastest.
    public var components: [[Scalar]]
    /// The adaptive step that is tried next, seconds.
    public var nextStep_s: Double
    /// The place in the sequence of a thermal field's random numbers.
    public var noiseStep: UInt64
    /// Evaluations of the effective field so far.
    public var evaluations: Int

    public init(
        time_s: Double, components: [[Scalar]], nextStep_s: Double, noiseStep: UInt64, evaluations: Int
    ) {
        (self.time_s, self.components, self.nextStep_s) = (time_s, components, nextStep_s)
        (self.noiseStep, self.evaluations) = (noiseStep, evaluations)
    }
}

extension ContinuumFilm {
    /// The film's state between steps.
    public var state: ContinuumFilmState<Scalar> {
        let components = (0..<3).map { axis in
            [Scalar](UnsafeBufferPointer(start: m.components[axis], count: mesh.cells))
        }
        return ContinuumFilmState(
            time_s: time_s, components: components, nextStep_s: integratorMemory.nextStep_s, noiseStep: noiseStep,
            evaluations: evaluations)
    }

    /// Takes the state of another film of the same cells.
    /// - Throws: `FilmError` for another number of cells, vectors that are neither unit vectors nor nought where the film is empty,
    ///   and times that cannot be.
    public func restore(_ state: ContinuumFilmState<Scalar>) throws(FilmError) {
        guard state.components.count == 3 else {
            throw FilmError(.shape(name: "components of a state", expected: 3, found: state.components.count))
        }
        for component in state.components where component.count != mesh.cells {
            throw FilmError(.shape(name: "cells of a state", expected: mesh.cells, found: component.count))
        }
        for i in 0..<mesh.cells {
            let v = SIMD3(Double(state.components[0][i]), Double(state.components[1][i]), Double(state.components[2][i]))
            let square = (v * v).sum()
            guard moment[i] > 0 ? abs(square - 1) < 1e-3 : square == 0 else {
                throw FilmError(
                    .outOfRange(
                        name: "length of m in cell \(i) of the state", value: square.squareRoot(),
                        expected: moment[i] > 0 ? "1" : "0, the cell is empty"))
            }
        }
        guard state.time_s.isFinite, state.nextStep_s.isFinite, state.nextStep_s > 0 else {
            throw FilmError(.outOfRange(name: "next step of the state", value: state.nextStep_s, expected: "above 0 s"))
        }
        for axis in 0..<3 { m.components[axis].update(from: state.components[axis], count: mesh.cells) }
        (time_s, noiseStep, evaluations) = (state.time_s, state.noiseStep, state.evaluations)
        integratorMemory.nextStep_s = state.nextStep_s
        integratorMemory.isSlopeValid = false
    }
}
