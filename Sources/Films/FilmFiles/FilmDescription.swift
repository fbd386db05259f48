public import MagneticFilm

/// A continuum film as a file describes it: grid, materials, regions, couplings, defects, currents, temperature, initial state.
public struct FilmDescription: Sendable {
    /// The magnetisation at the start.
    public enum Start: Equatable, Sendable {
        case direction(SIMD3<Double>)
        /// Each cell its own direction, uniform on the sphere.
        case random(seed: UInt64)
        /// Path of an OVF 2.0 file.
        case file(String)
    }

    /// A stretch of time in which a current flows, seconds.
    public struct Interval: Equatable, Sendable {
        public var from_s = 0.0
        public var to_s = Double.infinity

        func contains(_ time_s: Double) -> Bool { time_s >= from_s && time_s < to_s }

        var times: DriveTimes { DriveTimes(edges_s: [from_s, to_s]) }
    }

    public struct CurrentInPlane: Equatable, Sendable {
        /// A/m².
        public var density_Apm2: SIMD3<Double>
        /// −1 … 1.
        public var polarisation: Double
        /// ξ.
        public var nonAdiabaticity: Double
        public var interval: Interval
    }

    public struct CurrentAcross: Equatable, Sendable {
        /// A/m² along the normal.
        public var density_Apm2: Double
        public var parameters: SlonczewskiParameters
        public var interval: Interval
    }

    public struct Temperature: Equatable, Sendable {
        public var kelvin: Double
        public var seed: UInt64
    }

    /// The file that it came from, for messages.
    public var file: String
    public var name: String
    /// Materials, holes, couplings and defects on the grid.
    public var regions: FilmRegions
    /// In place of the materials', 0 … 1.
    public var damping: Double?
    public var includesDemagnetisation: Bool
    public var currentInPlane: CurrentInPlane?
    public var currentAcross: CurrentAcross?
    public var temperature: Temperature?
    public var start: Start
    /// Cells that start in a direction of their region's own, whatever `start` says.
    public var regionStarts: [Int: SIMD3<Double>]

    /// Files of materials that it names.
    public var materialFiles: [String]
    /// All files that it names: materials, and the state that it starts from.
    public var files: [String] {
        if case .file(let path) = start { return materialFiles + [path] }
        return materialFiles
    }

    public var mesh: FilmMesh { regions.mesh }
    public var hasCurrent: Bool { currentInPlane != nil || currentAcross != nil }
}

extension FilmDescription {
    /// All keys by table, those of shapes and materials too; "" is the top of the file.
    public static var allKeys: [String: [String]] {
        var all = keys
        all["shape"] = ["kind"] + FilmShape.kinds.values.flatMap { $0 } + FilmShape.modifiers
        all["material"] = ContinuumMaterial.tomlKeys
        return all
    }
}
