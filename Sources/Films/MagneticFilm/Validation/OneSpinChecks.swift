import Glibc

/// Precession and damping of one moment in both models, against the closed form.
enum OneSpinChecks {
    static let group = FilmCheckGroup("one spin", seconds: 0.1, isQuick: true) { _ in
        try continuum() + macroCell()
    }

    private static let closedForm = "closed form: J. C. Mallinson, IEEE Trans. Magn. 36 (2000) 1976"
    private static let field_T = 0.5
    private static let time_s = 20e-12

    private static func continuum() throws(FilmError) -> [FilmCheck] {
        let field = field_T / FilmConstants.vacuumPermeability
        let turning = FilmConstants.gyromagneticRatio * field
        let free: ContinuumFilm<Double> = try OneCell.cell(damping: 0)
        try free.advance(steps: 2000, timeStep_s: time_s / 2000)
        let frequency = atan2(free.m[0].y, free.m[0].x) / time_s / (2 * .pi) * 1e-9
        let alpha = 0.1
        let damped: ContinuumFilm<Double> = try OneCell.cell(damping: alpha)
        try damped.advance(steps: 2000, timeStep_s: time_s / 2000)
        return [
            FilmCheck(
                "one spin, continuum: precession in 0.5 T, GHz", frequency, reference: turning / (2 * .pi) * 1e-9,
                tolerance: 1e-8, source: closedForm),
            FilmCheck(
                "one spin, continuum: m_z after 20 ps, damping 0.1", damped.m[0].z,
                reference: tanh(alpha * turning / (1 + alpha * alpha) * time_s), tolerance: 1e-10, source: closedForm),
        ]
    }

    private static func macroCell() throws(FilmError) -> [FilmCheck] {
        let turning = StudyConstants.gyromagneticRatio * field_T
        func spin(_ alpha: Double) throws(FilmError) -> SIMD3<Double> {
            var material = FilmMaterial.nickel
            material.anisotropy_J = 0
            let film = try MacroCellFilm<Double>(
                MacroCellFilmConfiguration(
                    rows: 1, columns: 1, material: material, damping: alpha, timeStep_s: 1e-14, includesDipoles: false))
            film.refreshField()
            film.addDrive { _, _ in field_T }
            film.advance(steps: 2000)
            return film.magnetisation(cell: 0)
        }
        // The model needs some damping; 1e-9 changes the frequency by 1e-18 of itself.
        let free = try spin(1e-9)
        let alpha = 0.1
        return [
            FilmCheck(
                "one spin, macro-cell: precession in 0.5 T, GHz", atan2(free.y, free.x) / time_s / (2 * .pi) * 1e-9,
                reference: turning / (2 * .pi) * 1e-9, tolerance: 1e-5, source: closedForm),
            FilmCheck(
                "one spin, macro-cell: m_z after 20 ps, damping 0.1", try spin(alpha).z,
                reference: tanh(alpha * turning / (1 + alpha * alpha) * time_s), tolerance: 1e-6, source: closedForm),
        ]
    }
}
