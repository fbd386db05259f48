extension ContinuumFilm {
    /// Another direction in each filled cell, evenly distributed over the sphere.
    public func setRandomMagnetisation(seed: UInt64) {
        var cell = -1
        setMagnetisation { _ in
            cell += 1
            return Philox.normals(seed: seed, stream: 7, index: UInt32(cell), step: 0)
        }
    }

    /// A vortex around the middle of the mesh: counter-clockwise in the plane, along +z in a core as wide as two exchange
    /// lengths. Relaxation makes it a real one.
    public func setVortex() {
        let middle = SIMD2(Double(mesh.nx) * mesh.cellSize_m.x, Double(mesh.ny) * mesh.cellSize_m.y) / 2
        let core = max(material.exchangeLength_m, max(mesh.cellSize_m.x, mesh.cellSize_m.y))
        setMagnetisation { centre in
            let d = SIMD2(centre.x, centre.y) - middle
            return SIMD3(-d.y, d.x, core * core / max((d * d).sum().squareRoot(), core))
        }
    }
}
