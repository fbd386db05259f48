import FilmKernels

/// One vector per cell, stored as three arrays, each with a margin that the kernels may read past the edges.
public final class VectorField: @unchecked Sendable {
    // Sendable because the film's threads touch disjoint cells between barriers, and the film lends it to one caller.
    public let mesh: FilmMesh
    private(set) var components: [UnsafeMutablePointer<Double>]
    private var base: UnsafeMutableRawPointer

    /// All zero.
    public init(_ mesh: FilmMesh) {
        self.mesh = mesh
        let margin = (mesh.nx * mesh.ny + 8 + 7) / 8 * 8
        let stride = (mesh.cells + 7) / 8 * 8 + 2 * margin
        base = .allocate(byteCount: 3 * stride * 8, alignment: 64)
        let values = base.bindMemory(to: Double.self, capacity: 3 * stride)
        values.initialize(repeating: 0, count: 3 * stride)
        components = (0..<3).map { values + $0 * stride + margin }
    }

    deinit { base.deallocate() }

    public var count: Int { mesh.cells }

    public subscript(cell: Int) -> SIMD3<Double> {
        get {
            precondition(cell >= 0 && cell < count, "no such cell")
            return SIMD3(components[0][cell], components[1][cell], components[2][cell])
        }
        set {
            precondition(cell >= 0 && cell < count, "no such cell")
            for axis in 0..<3 { components[axis][cell] = newValue[axis] }
        }
    }

    public func set(_ other: VectorField) {
        precondition(other.mesh == mesh, "fields on different meshes")
        for axis in 0..<3 { components[axis].update(from: other.components[axis], count: count) }
    }

    /// Exchanges the contents without moving them.
    func swap(with other: VectorField) {
        precondition(other.mesh == mesh, "fields on different meshes")
        Swift.swap(&components, &other.components)
        Swift.swap(&base, &other.base)
    }

    /// Sum over all cells, in a fixed order.
    var sum: SIMD3<Double> {
        var sums: (Double, Double, Double) = (0, 0, 0)
        withReadPointers { values in
            withUnsafeMutableBytes(of: &sums) { larmor_sums(count, values, $0.assumingMemoryBound(to: Double.self).baseAddress) }
        }
        return SIMD3(sums.0, sums.1, sums.2)
    }

    public func setZero() { for axis in 0..<3 { components[axis].update(repeating: 0, count: count) } }

    /// Pointers for the kernels.
    func withPointers<R>(_ body: (UnsafePointer<UnsafeMutablePointer<Double>?>) -> R) -> R {
        let pointers: [UnsafeMutablePointer<Double>?] = components
        return pointers.withUnsafeBufferPointer { body($0.baseAddress!) }
    }

    func withReadPointers<R>(_ body: (UnsafePointer<UnsafePointer<Double>?>) -> R) -> R {
        let pointers = components.map { UnsafePointer<Double>?($0) }
        return pointers.withUnsafeBufferPointer { body($0.baseAddress!) }
    }
}

/// One number per cell with the same margins.
final class ScalarField: @unchecked Sendable {
    // Sendable because it is written before it is shared.
    let values: UnsafeMutablePointer<Double>
    let count: Int
    private let base: UnsafeMutableRawPointer

    init(_ mesh: FilmMesh, repeating value: Double = 0) {
        let margin = (mesh.nx * mesh.ny + 8 + 7) / 8 * 8
        let stride = (mesh.cells + 7) / 8 * 8 + 2 * margin
        base = .allocate(byteCount: stride * 8, alignment: 64)
        let start = base.bindMemory(to: Double.self, capacity: stride)
        start.initialize(repeating: 0, count: stride)
        values = start + margin
        count = mesh.cells
        values.update(repeating: value, count: count)
    }

    deinit { base.deallocate() }
}
