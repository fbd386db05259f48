extension ContinuumMaterial {
    private static let oommf = "OOMMF user's guide, standard materials of the problem editor"
    private static let damping = "damping: M. Oogane et al., Jpn. J. Appl. Phys. 45 (2006) 3889"

    /// Bulk constants; the anisotropy of cobalt's hexagonal crystal along the film's normal.
    public static let cobalt = ContinuumMaterial(
        name: "Co", saturation_Apm: 1.4e6, exchange_Jpm: 3e-11, uniaxial_Jpm3: 5.2e5, damping: 0.011,
        source: "\(oommf); \(damping)")

    public static let nickel = ContinuumMaterial(
        name: "Ni", saturation_Apm: 4.9e5, exchange_Jpm: 9e-12, cubic_Jpm3: -5.7e3, damping: 0.064,
        source: "\(oommf); \(damping)")

    public static let iron = ContinuumMaterial(
        name: "Fe", saturation_Apm: 1.7e6, exchange_Jpm: 2.1e-11, cubic_Jpm3: 4.8e4, damping: 0.0019,
        source: "\(oommf); \(damping)")

    /// The materials that a command or a rig can name.
    public static let known: [String: ContinuumMaterial] = ["Co": cobalt, "Ni": nickel, "Fe": iron, "Py": permalloy]
}
