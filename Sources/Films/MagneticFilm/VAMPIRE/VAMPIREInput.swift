/// The `input` file of a run folder.
struct VAMPIREInput {
    /// Ångström.
    var size: SIMD3<Double>
    var latticeConstant: Double
    var cellSize: Double
    var materialFile: String
    /// Seconds.
    var timeStep: Double
    var schedule: StudySchedule
    var totalSteps: Int
    /// Tesla.
    var appliedField: SIMD3<Double>
    var includesDipoles: Bool
    var nearDistance: Double
    var temperature_K = 0.0
    /// The program's default.
    var seed: UInt64 = 2_137_082_040
    var warnings: [VAMPIREWarning] = []

    /// Groups that only choose what else is written.
    private static let silent: Set<String> = ["output", "screen", "config", "statistics"]
    /// Keys that change nothing here: what only matters for a moving temperature, random numbers, other integrators.
    private static let harmless: Set<String> = [
        "sim:integrator", "sim:integrator-random-seed", "sim:cells-source-output", "sim:loop-time-steps",
        "sim:equilibration-temperature", "sim:maximum-temperature", "sim:minimum-temperature",
        "sim:temperature-increment", "sim:cooling-time", "sim:cooling-function", "sim:maximum-applied-field-strength",
        "sim:minimum-applied-field-strength", "sim:applied-field-strength-increment",
        "sim:save-checkpoint", "create:alloy-random-seed", "create:structure-random-seed", "create:full",
        "micromagnetic:pinning-field-height",
    ]
    private static let used: Set<String> = [
        "create:crystal-structure", "dimensions:unit-cell-size", "material:file", "dimensions:system-size",
        "dimensions:system-size-x", "dimensions:system-size-y", "dimensions:system-size-z", "cells:macro-cell-size",
        "micromagnetic:discretisation", "micromagnetic:integrator",
        "micromagnetic:atomistic-steps-per-micromagnetic-step", "sim:time-step", "sim:time-steps-increment",
        "sim:temperature", "sim:total-time-steps", "sim:equilibration-time-steps", "sim:applied-field-strength",
        "sim:applied-field-unit-vector", "sim:program", "dipole:solver", "dipole:field-update-rate",
        "dipole:cutoff-radius",
    ]

    /// - Throws: ``VAMPIREError``.
    init(file: String) throws(VAMPIREError) {
        let keys = try VAMPIREKeys(file: file)
        try keys.only("create:crystal-structure", ["sc", "\"sc\""], default: "sc")
        try keys.only("micromagnetic:discretisation", ["micromagnetic"], default: nil)
        // Without these keys the program runs another equation, at 300 K.
        try keys.only("micromagnetic:integrator", ["llg"], default: nil)
        let temperature = try keys.required("sim:temperature", example: "sim:temperature = 0")
        temperature_K = try keys.number(temperature, range: 0...1e5)
        if let entry = keys.last("sim:integrator-random-seed") {
            seed = UInt64(try keys.integer(entry, range: 0...Int(Int32.max)))
        }
        try keys.only("micromagnetic:atomistic-steps-per-micromagnetic-step", ["1", "1.0"], default: "1")
        try keys.only("sim:program", ["time-series"], default: nil)
        try keys.only("sim:equilibration-time-steps", ["0"], default: "0")
        try keys.only("dipole:solver", ["tensor"], default: "tensor")
        includesDipoles = keys.last("dipole:solver") != nil

        func length(_ key: String, _ example: String) throws(VAMPIREError) -> Double {
            try keys.number(
                try keys.required(key, example: "\(key) = \(example)"), units: VAMPIREKeys.lengths, range: 0.1...1e7)
        }
        var sizes: [Double] = []
        for axis in ["x", "y", "z"] {
            let key = "dimensions:system-size-\(axis)"
            if keys.last(key) == nil, keys.last("dimensions:system-size") != nil {
                sizes.append(try length("dimensions:system-size", "49 !nm"))
            } else {
                sizes.append(try length(key, axis == "z" ? "0.1 !A" : "49 !nm"))
            }
        }
        size = SIMD3(sizes[0], sizes[1], sizes[2])
        latticeConstant = try length("dimensions:unit-cell-size", "3.47 !A")
        cellSize = try length("cells:macro-cell-size", "5 !nm")
        let material = try keys.required("material:file", example: "material:file = Co.mat")
        materialFile = material.value
        // A run folder of somebody else's leads to no other file of this machine.
        let parts = materialFile.split(separator: "/", omittingEmptySubsequences: false)
        guard !parts.contains(""), !parts.contains("..") else {
            throw VAMPIREError(
                .value(
                    key: material.key, expected: "the name of a file in the run folder, where a copy of it can lie",
                    found: String(materialFile.prefix(80))), file: file, line: material.line)
        }
        timeStep = try keys.number(
            try keys.required("sim:time-step", example: "sim:time-step = 100 !fs"), units: VAMPIREKeys.times,
            range: 1e-20...1e-6)
        schedule = StudySchedule(
            stepsPerInput: try keys.integer(
                try keys.required("sim:time-steps-increment", example: "sim:time-steps-increment = 100"),
                range: 1...1_000_000_000))
        totalSteps = try keys.integer(
            try keys.required("sim:total-time-steps", example: "sim:total-time-steps = 27600"), range: 0...1_000_000_000_000)
        if let entry = keys.last("dipole:field-update-rate") {
            schedule.dipoleInterval = try keys.integer(entry, range: 1...1_000_000)
        }
        if let entry = keys.last("output:output-rate") {
            schedule.outputRate = try keys.integer(entry, range: 1...1_000_000)
        }
        nearDistance = 2
        if let entry = keys.last("dipole:cutoff-radius") { nearDistance = try keys.number(entry, range: 1...20) }
        var strength = 0.0
        var direction = SIMD3(0.0, 0.0, 1.0)
        if let entry = keys.last("sim:applied-field-strength") {
            strength = try keys.number(entry, units: VAMPIREKeys.fields, range: -1e4...1e4)
        }
        if let entry = keys.last("sim:applied-field-unit-vector") { direction = try keys.direction(entry) }
        appliedField = strength * direction
        try readOthers(keys)
    }

    private mutating func readOthers(_ keys: VAMPIREKeys) throws(VAMPIREError) {
        for entry in keys.entries where !Self.used.contains(entry.key) && !Self.harmless.contains(entry.key) {
            let group = String(entry.key.prefix { $0 != ":" })
            if Self.silent.contains(group) { continue }
            // What builds the film or its fields is refused; the rest cannot change the moments of a time series at 0 K.
            guard group == "sim" || group == "gpu" || group == "mpi" || group == "montecarlo" else {
                throw VAMPIREError(
                    .unsupported(
                        key: entry.key, found: entry.value.isEmpty ? "set" : entry.value, supported: "a uniform square film"),
                    file: keys.file, line: entry.line)
            }
            warnings.append(VAMPIREWarning(ignoredKey: entry.key, file: keys.file, line: entry.line))
        }
    }
}
