public import MagneticFilm

/// A continuum film as a TOML file says it: grid, regions of materials, holes, grains, currents, temperature, first state.
///
///     cells = [100, 50, 1]
///     cell_nm = [4, 4, 3]
///
///     [[region]]
///     material = "Py"
///     shape = "ellipse"
///     centre_nm = [200, 100]
///     radii_nm = [200, 100]
///
/// `rigs/films/README.md` has all keys.
public struct FilmDescription {
    public let file: String
    public let regions: FilmRegions
    /// Of vacancies, grains, the thermal field and a random first state.
    public let seed: UInt64
    public let temperature_K: Double
    let currentInPlane: CurrentInPlane?
    let currentAcross: CurrentAcross?
    let initial: InitialState

    /// Every key that a description can have, by its table.
    package static let allKeys: [String: [String]] = [
        "": keys, "region": FilmRegions.regionKeys, "hole": FilmShape.keys, "boundary": FilmRegions.boundaryKeys,
        "defects": FilmRegions.defectKeys, "current_in_plane": CurrentInPlane.keys, "current_across": CurrentAcross.keys,
        "initial": InitialState.keys,
    ]

    private static let keys = [
        "cells", "cell_nm", "copies", "seed", "temperature_K", "region", "hole", "boundary", "defects", "current_in_plane",
        "current_across", "initial",
    ]

    /// - Throws: ``RigError`` with file and line.
    public init(contentsOf path: String) throws(RigError) { try self.init(RigTable(file: path)) }

    /// - Parameter file: the name to use in messages.
    public init(toml text: String, file: String) throws(RigError) { try self.init(RigTable(text: text, file: file)) }

    private init(_ root: RigTable) throws(RigError) {
        try root.allow(Self.keys)
        file = root.file
        let seed = try root.integer("seed") ?? 1
        guard seed >= 0 else { throw root.invalid("seed", "\(seed)", expected: "0 or more") }
        self.seed = UInt64(seed)
        temperature_K = try root.number("temperature_K") ?? 0
        guard (0...1e5).contains(temperature_K) else {
            throw root.invalid("temperature_K", "\(temperature_K)", expected: "0 to 100000")
        }
        regions = try FilmRegions(root, mesh: FilmMesh(root), seed: UInt64(seed))
        currentInPlane = try root.table("current_in_plane").map(CurrentInPlane.init)
        currentAcross = try root.table("current_across").map(CurrentAcross.init)
        initial = try InitialState(root.table("initial"))
    }

    /// The film in its first state. Films of one description are equal, whatever the number of threads.
    /// - Throws: ``RigError`` for currents out of range, `OVFError` for a file of the first state that does not fit.
    public func makeFilm(threads: Int = 1) throws -> ContinuumFilm {
        let film = try ContinuumFilm(regions, threads: threads)
        try initial.set(film, seed: seed)
        try film.setTemperature(temperature_K, seed: seed)
        try currentInPlane?.add(to: film)
        try currentAcross?.add(to: film)
        return film
    }
}

extension FilmMesh {
    fileprivate init(_ root: RigTable) throws(RigError) {
        func required(_ key: String) throws(RigError) -> SIMD3<Double> {
            if let value = try root.vector(key) { return value }
            throw RigError(file: root.file, line: 0, reason: .missingKey(key, inTable: "the film"))
        }
        let cells = try required("cells")
        let copies = try root.pair("copies") ?? .zero
        for (key, values) in [("cells", [cells.x, cells.y, cells.z]), ("copies", [copies.x, copies.y])] {
            for value in values where value != value.rounded() || abs(value) > 1e9 {
                throw root.invalid(key, "\(value)", expected: "whole numbers")
            }
        }
        let size = try required("cell_nm")
        self = try root.within("cells") { () throws(FilmError) in
            try FilmMesh(
                nx: Int(cells.x), ny: Int(cells.y), nz: Int(cells.z), cellSize_m: size * 1e-9,
                copies: SIMD2(Int(copies.x), Int(copies.y)))
        }
    }
}

extension RigTable {
    /// A film's error with the place of the key that is the cause.
    func within<R>(_ key: String, _ body: () throws(FilmError) -> R) throws(RigError) -> R {
        do {
            return try body()
        } catch {
            throw RigError(file: file, line: line(of: key), reason: .impossible(key: key, cause: "\(error)"))
        }
    }
}
