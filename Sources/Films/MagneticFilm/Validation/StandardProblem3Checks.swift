/// muMAG standard problem 3: edge length and energy at which flower and vortex are equal.
enum StandardProblem3Checks {
    struct Reference: Sendable {
        var cells: Int
        var edge: Double
        /// Energy of both states there, in Km V.
        var energy: Double
        var seconds: Double

        /// OOMMF 2.1a0 on the same grids.
        static let cells10 = Reference(cells: 10, edge: 8.4026, energy: 0.30344, seconds: 0.1)
        static let cells20 = Reference(cells: 20, edge: 8.4536, energy: 0.30288, seconds: 1)
        static let cells32 = Reference(cells: 32, edge: 8.4643, energy: 0.30277, seconds: 4)
    }

    static func group(_ reference: Reference) -> FilmCheckGroup {
        let n = reference.cells
        return FilmCheckGroup("standard problem 3, N = \(n)", seconds: reference.seconds, isQuick: n == 10) { context in
            let edge = try StandardProblem3.edge(cells: n, threads: context.threads, progress: context.progress)
            return [
                FilmCheck(
                    "problem 3, N = \(n): edge in √(A/Km)", edge.edge, reference: reference.edge, tolerance: 1e-3,
                    source: "OOMMF 2.1a0, same grid"),
                FilmCheck(
                    "problem 3, N = \(n): energy there in Km V", edge.energy, reference: reference.energy, tolerance: 2e-5,
                    source: "OOMMF 2.1a0, same grid"),
            ]
        }
    }
}
