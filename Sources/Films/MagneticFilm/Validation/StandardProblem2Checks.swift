/// muMAG standard problem 2 in the limit of small particles.
enum StandardProblem2Checks {
    static let group = FilmCheckGroup("standard problem 2", seconds: 1, isQuick: true) { _ in
        [
            FilmCheck(
                "problem 2: Hc/Ms for d = 0.1 exchange lengths", try StandardProblem2.coercivity(width: 0.1),
                reference: 0.057069478, tolerance: 2e-5,
                source: "analytic limit, M. J. Donahue et al., J. Appl. Phys. 87 (2000) 5520")
        ]
    }
}
