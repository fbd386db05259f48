/// Numbers of other programs for muMAG standard problem 4, on the same grids as ours.
struct StandardProblem4Reference: Sendable {
    struct Averages: Sendable {
        var time_ps: Int
        /// nil where no number is at hand.
        var mean: [Double?]

        init(_ time_ps: Int, _ mean: Double?...) { (self.time_ps, self.mean) = (time_ps, mean) }
    }

    var field: Int
    var nx: Int
    var ny: Int
    var crossing_ps: Double
    var averages: [Averages]
    var tolerance = 2e-5
    var source: String
    /// All picoseconds, below the data folder.
    var curveFile: String?

    var field_T: SIMD3<Double> { field == 1 ? StandardProblem4.field1_T : StandardProblem4.field2_T }

    static let field1Coarse = StandardProblem4Reference(
        field: 1, nx: 100, ny: 25, crossing_ps: 138.7246, averages: [Averages(1000, -0.983765, 0.133793, 0.042832)],
        source: "Fidimag 3.0, rtol 1e-8, and OOMMF 2.1a0")

    /// The average is at hand with four digits only.
    static let field2Coarse = StandardProblem4Reference(
        field: 2, nx: 100, ny: 25, crossing_ps: 137.2788, averages: [Averages(1000, nil, -0.1428, nil)], tolerance: 7e-5,
        source: "OOMMF 2.1a0")

    static let field1Fine = StandardProblem4Reference(
        field: 1, nx: 200, ny: 50, crossing_ps: 138.4984,
        averages: [
            Averages(50, 0.878074, 0.325111, -0.053546), Averages(100, 0.521459, 0.664983, -0.084689),
            Averages(200, -0.815896, -0.061822, -0.152744), Averages(300, -0.742736, -0.009100, 0.069348),
            Averages(500, -0.919160, -0.224489, 0.047794), Averages(700, -0.945671, 0.199997, 0.054659),
            Averages(1000, -0.984505, 0.127447, 0.043153),
        ], source: "OOMMF 2.1a0, rkf54, converged in time", curveFile: "mumag/sp4_field1_oommf_2p5nm_1ps.csv")

    static let field2Fine = StandardProblem4Reference(
        field: 2, nx: 200, ny: 50, crossing_ps: 136.8405,
        averages: [
            Averages(50, 0.898357, 0.042507, 0.013235), Averages(100, 0.559063, -0.185853, 0.038043),
            Averages(200, -0.478058, 0.332850, -0.003652), Averages(300, -0.275417, -0.279743, 0.065431),
            Averages(500, -0.831800, -0.088414, 0.079970), Averages(700, -0.848497, -0.405587, 0.038089),
            Averages(1000, -0.963892, -0.111247, -0.006772),
        ], source: "OOMMF 2.1a0, rkf54, converged in time", curveFile: "mumag/sp4_field2_oommf_2p5nm_1ps.csv")
}
