/// An explicit Runge–Kutta method.
public struct ButcherTableau: Equatable, Sendable {
    public var name: String
    public var order: Int
    var nodes: [Double]
    /// Row i has i coefficients.
    var stages: [[Double]]
    var weights: [Double]
    /// Weights of the solution minus those of the embedded one; empty for a fixed step. One entry more than `weights` has
    /// the slope at the end of the step, which is the next step's first one.
    var errors: [Double]
    /// Largest product of step and stiffest frequency for adaptive steps, in radians; nil leaves it to the error estimate.
    var adaptiveTurn: Double?

    /// Heun's method, order 2.
    public static let heun = ButcherTableau(
        name: "Heun", order: 2, nodes: [0, 1], stages: [[], [1]], weights: [0.5, 0.5], errors: [])

    /// The classical method, order 4. With the slope at the end of the step it embeds one of order 3, at no extra evaluation:
    /// weights 1/6, 1/3, 1/3, 1/15, 1/10 fulfil the four conditions up to order 3. Its stability interval on the imaginary
    /// axis, 2.83 for four evaluations, is three times that of Dormand–Prince, which counts where exchange limits the step.
    /// Source: E. Hairer, S. P. Nørsett, G. Wanner, Solving Ordinary Differential Equations I (1993), II.1 and II.4.
    public static let rungeKutta4 = ButcherTableau(
        name: "RK4(3)", order: 4, nodes: [0, 0.5, 0.5, 1], stages: [[], [0.5], [0, 0.5], [0, 0, 1]],
        weights: [1.0 / 6, 1.0 / 3, 1.0 / 3, 1.0 / 6], errors: [0, 0, 0, 0.1, -0.1], adaptiveTurn: 2.7)

    /// Dormand and Prince's 5(4). Source: J. Comput. Appl. Math. 6 (1980) 19, table 2.
    public static let dormandPrince = ButcherTableau(
        name: "Dormand–Prince 5(4)", order: 5, nodes: [0, 0.2, 0.3, 0.8, 8.0 / 9, 1],
        stages: [
            [], [0.2], [3.0 / 40, 9.0 / 40], [44.0 / 45, -56.0 / 15, 32.0 / 9],
            [19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729],
            [9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656],
        ],
        weights: [35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84],
        errors: [71.0 / 57600, 0, -71.0 / 16695, 71.0 / 1920, -17253.0 / 339200, 22.0 / 525, -1.0 / 40])
}
