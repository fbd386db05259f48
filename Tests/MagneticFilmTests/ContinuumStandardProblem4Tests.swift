import Foundation
import MagneticFilm
import Testing

@Suite struct ContinuumStandardProblem4Tests {
    @Test func `standard problem 4 on 100 × 25 cells is OOMMF's and Fidimag's`() throws {
        let film = try StandardProblem4.relaxedFilm(nx: 100, ny: 25, threads: 2)
        let curve = try StandardProblem4.run(film, field_T: StandardProblem4.field1_T)
        // Fidimag 3.0, rtol 1e-8, and OOMMF 2.1a0 on the same grid: (-0.983765, 0.133793, 0.042832) at 1 ns; OOMMF's first
        // crossing 138.7246 ps.
        let end = curve.means[999]
        #expect(abs(end.x + 0.983765) < 2e-5 && abs(end.y - 0.133793) < 2e-5 && abs(end.z - 0.042832) < 2e-5)
        #expect(abs(curve.crossing_ps - 138.7246) < 0.01)
    }
}
