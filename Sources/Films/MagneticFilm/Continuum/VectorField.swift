/// One vector per cell in either precision, stored as three arrays, each with a margin that the kernels may read past the edges.
public final class VectorField<Scalar: ContinuumScalar>: @unchecked Sendable {
    // Sendable because the film's threads touch disjoint cells between barriers, and the film lends it to one caller.
    public let mesh: FilmMesh
    private(set) var components: [UnsafeMutablePointer<Scalar>]
    private var base: UnsafeMutableRawPointer

    /// All zero.
    public init(_ mesh: FilmMesh) {
        self.mesh = mesh
        let margin = (mesh.nx * mesh.ny + 8 + 15) / 16 * 16
        let stride = (mesh.cells + 15) / 16 * 16 + 2 * margin
        base = .allocate(byteCount: 3 * stride * MemoryLayout<Scalar>.stride, alignment: 64)
        let values = base.bindMemory(to: Scalar.self, capacity: 3 * stride)
        values.initialize(repeating: 0, count: 3 * stride)
        components = (0..<3).map { values + $0 * stride + margin }
    }

    deinit { base.deallocate() }

    public var count: Int { mesh.cells }

    public subscript(cell: Int) -> SIMD3<Double> {
        get {
            precondition(cell >= 0 && cell < count, "no such cell")
            return at(cell)
        }
        set {
            precondition(cell >= 0 && cell < count, "no such cell")
            put(newValue, cell)
        }
    }

    public func set(_ other: VectorField<Scalar>) {
        precondition(other.mesh == mesh, "fields on different meshes")
        for axis in 0..<3 { components[axis].update(from: other.components[axis], count: count) }
    }

    /// Exchanges the contents without moving them.
    func swap(with other: VectorField<Scalar>) {
        precondition(other.mesh == mesh, "fields on different meshes")
        Swift.swap(&components, &other.components)
        Swift.swap(&base, &other.base)
    }

    /// Sum over all cells, in a fixed order and in Double.
    var sum: SIMD3<Double> {
        withReadPointers { Scalar.sums(count, $0) }
    }

    /// Pointers for the kernels.
    func withPointers<R>(_ body: (UnsafePointer<UnsafeMutablePointer<Scalar>?>) -> R) -> R {
        let pointers: [UnsafeMutablePointer<Scalar>?] = components
        return pointers.withUnsafeBufferPointer { body($0.baseAddress!) }
    }

    func withReadPointers<R>(_ body: (UnsafePointer<UnsafePointer<Scalar>?>) -> R) -> R {
        let pointers = components.map { UnsafePointer<Scalar>?($0) }
        return pointers.withUnsafeBufferPointer { body($0.baseAddress!) }
    }
}

/// One number per cell with the same margins.
final class ScalarField<Scalar: ContinuumScalar>: @unchecked Sendable {
    // Sendable because it is written before it is shared.
    let values: UnsafeMutablePointer<Scalar>
    let count: Int
    private let base: UnsafeMutableRawPointer

    init(_ mesh: FilmMesh, repeating value: Scalar = 0) {
        let margin = (mesh.nx * mesh.ny + 8 + 15) / 16 * 16
        let stride = (mesh.cells + 15) / 16 * 16 + 2 * margin
        base = .allocate(byteCount: stride * MemoryLayout<Scalar>.stride, alignment: 64)
        let start = base.bindMemory(to: Scalar.self, capacity: stride)
        start.initialize(repeating: 0, count: stride)
        values = start + margin
        count = mesh.cells
        values.update(repeating: value, count: count)
    }

    deinit { base.deallocate() }

    /// Without a check, for cells of the mesh.
    subscript(cell: Int) -> Double {
        get { Double(values[cell]) }
        set { values[cell] = Scalar(newValue) }
    }
}
