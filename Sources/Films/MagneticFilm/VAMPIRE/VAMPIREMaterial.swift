/// The one material of a run folder.
struct VAMPIREMaterial {
    var material: FilmMaterial
    var damping: Double
    var initialDirection: SIMD3<Double>
    var warnings: [VAMPIREWarning] = []

    /// Keys that change nothing here: names, colours, what only matters above 0 K or with several layers.
    private static let harmless: Set<String> = [
        "material-name", "material-element", "minimum-height", "maximum-height", "micromagnetic-discretisation-enabled",
        "temperature-rescaling-exponent", "temperature-rescaling-curie-temperature",
    ]

    /// - Parameter latticeConstant: in metre.
    /// - Throws: ``VAMPIREError``.
    init(file: String, latticeConstant: Double) throws(VAMPIREError) {
        let keys = try VAMPIREKeys(file: file)
        let count = try keys.required("material:num-materials", example: "material:num-materials = 1")
        guard count.value == "1" else {
            throw VAMPIREError(
                .unsupported(key: count.key, found: count.value, supported: "one material"), file: file, line: count.line)
        }
        func required(_ word: String, _ example: String) throws(VAMPIREError) -> VAMPIREKeys.Entry {
            try keys.required("material[1]:\(word)", example: "material[1]:\(word) = \(example)")
        }
        damping = try keys.number(try required("damping-constant", "0.1"), range: 0...10)
        let exchange = try keys.number(
            try required("exchange-matrix[1]", "6.064e-21"), units: VAMPIREKeys.energies, range: -1e-18...1e-18)
        let moment = try keys.number(
            try required("atomic-spin-moment", "1.72 !muB"), units: VAMPIREKeys.moments, range: 9.24e-25...9.24e-16)
        var anisotropy = 0.0
        for word in ["second-order-uniaxial-anisotropy-constant", "uniaxial-anisotropy-constant"] {
            guard let entry = keys.last("material[1]:\(word)") else { continue }
            anisotropy = try keys.number(entry, units: VAMPIREKeys.energies + VAMPIREKeys.anisotropies, range: -1e-18...1e-18)
        }
        material = FilmMaterial(
            name: keys.last("material[1]:material-name")?.value ?? "1",
            moment_muB: moment / StudyConstants.bohrMagneton, anisotropy_J: anisotropy, exchange_J: exchange,
            latticeConstant_m: latticeConstant, source: file)
        // The program's default.
        initialDirection = SIMD3(0, 0, 1)
        if let entry = keys.last("material[1]:initial-spin-direction") {
            guard entry.value != "random" else {
                throw VAMPIREError(
                    .unsupported(key: entry.key, found: entry.value, supported: "a direction x,y,z"), file: file,
                    line: entry.line)
            }
            initialDirection = try keys.direction(entry)
        }
        try keys.only("material[1]:density", ["1", "1.0", "1.00"], default: "1")
        try keys.only("material[1]:relative-gamma", ["1", "1.0"], default: "1")
        if let entry = keys.last("material[1]:uniaxial-anisotropy-direction") {
            let axis = entry.value.hasPrefix("random") ? SIMD3(1, 0, 0) : try keys.direction(entry)
            guard abs(axis.z) > 0.999_999 else {
                throw VAMPIREError(
                    .unsupported(key: entry.key, found: entry.value, supported: "0,0,1"), file: file, line: entry.line)
            }
        }
        try readOthers(keys)
    }

    private mutating func readOthers(_ keys: VAMPIREKeys) throws(VAMPIREError) {
        let used: Set<String> = [
            "damping-constant", "exchange-matrix[1]", "atomic-spin-moment", "second-order-uniaxial-anisotropy-constant",
            "uniaxial-anisotropy-constant", "initial-spin-direction", "density", "relative-gamma",
            "uniaxial-anisotropy-direction",
        ]
        for entry in keys.entries where entry.key != "material:num-materials" {
            let parts = entry.key.split(separator: ":", maxSplits: 1).map(String.init)
            let word = parts.count > 1 ? parts[1] : ""
            if parts[0] == "material[1]", used.contains(word) || Self.harmless.contains(word) { continue }
            // Further materials are not part of the film when there is only one; everything else would change it.
            guard parts[0].hasPrefix("material["), parts[0] != "material[1]" else {
                throw VAMPIREError(
                    .unsupported(key: entry.key, found: entry.value, supported: "the keys of a uniform film"), file: keys.file,
                    line: entry.line)
            }
            warnings.append(VAMPIREWarning(ignoredKey: entry.key, file: keys.file, line: entry.line))
        }
    }
}
