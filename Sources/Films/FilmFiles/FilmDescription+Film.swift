public import MagneticFilm
import Signals

extension FilmDescription {
    /// The film in its initial state, with its currents and temperature.
    /// - Parameter threads: nil for as many of the processors as the film keeps busy.
    /// - Throws: `FilmError` for what the film refuses, `OVFError` for the file of the initial state.
    public func makeFilm<Scalar: ContinuumScalar>(
        threads: Int? = nil, precision: Scalar.Type = Double.self
    ) throws -> ContinuumFilm<Scalar> {
        try FilmMemory.check(mesh)
        let film = try ContinuumFilm<Scalar>(
            regions, damping: damping.map { [Double](repeating: $0, count: mesh.cells) },
            includesDemagnetisation: includesDemagnetisation, threads: mesh.threads(threads))
        try setStart(film)
        if let current = currentInPlane {
            let saturation = try commonSaturation_Apm()
            let velocity = ZhangLiTerm<Double>.velocity_mps(
                current_Apm2: current.density_Apm2, polarisation: current.polarisation, saturation_Apm: saturation)
            try film.addCurrentInPlane(nonAdiabaticity: current.nonAdiabaticity, times: current.interval.times) {
                current.interval.contains($0) ? velocity : .zero
            }
        }
        if let current = currentAcross {
            try film.addCurrentAcross(current.parameters, times: current.interval.times) {
                current.interval.contains($0) ? current.density_Apm2 : 0
            }
        }
        if let temperature { try film.setTemperature(temperature.kelvin, seed: temperature.seed) }
        return film
    }

    private func setStart<Scalar>(_ film: ContinuumFilm<Scalar>) throws {
        var directions: [SIMD3<Double>]
        switch start {
        case .direction(let direction): directions = [SIMD3<Double>](repeating: direction, count: mesh.cells)
        case .random(let seed):
            var random = SplitMix64(seed: seed)
            // Three normal numbers have no preferred direction.
            directions = (0..<mesh.cells).map { _ in SIMD3(random.normal(), random.normal(), random.normal()) }
        case .file(let path):
            let state = try OVFFile(file: path)
            try film.setMagnetisation(state, name: path)
            directions = state.values
        }
        for (cell, direction) in regionStarts { directions[cell] = direction }
        var cell = -1
        film.setMagnetisation { _ in
            cell += 1
            return directions[cell]
        }
    }

    /// The drift velocity of a current is one number for the whole film, so the film must have one saturation.
    private func commonSaturation_Apm() throws(FilmError) -> Double {
        var found: Double?
        for region in Set(regions.cells) where region >= 0 {
            let saturation = regions.materials[Int(region)].saturation_Apm
            guard found == nil || found == saturation else {
                throw FilmError(
                    .notPossible(
                        "\(file): [current_in_plane] in regions of different saturation_Apm; its drift velocity is one for all "
                            + "cells, give the regions one saturation or take the current away"))
            }
            found = saturation
        }
        return found ?? regions.materials[0].saturation_Apm
    }
}
