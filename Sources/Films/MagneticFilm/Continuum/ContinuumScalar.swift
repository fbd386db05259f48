import FilmKernels

/// The precisions in which a continuum film can be followed: `Float` and `Double`.
///
/// The requirements are the film's inner loops. Arrays have the margins of ``VectorField``; a vector is three of them.
public protocol ContinuumScalar: BinaryFloatingPoint, BitwiseCopyable, Sendable {
    /// Numbers that one thread needs for a convolution.
    static func demagScratch(_ memory: DemagMemory<Self>) -> Int

    /// The three phases of a convolution, each in `parts` that together must be done before the next phase begins: moments to
    /// half spectra, product with the tensor, and back to a field in A/m, which is overwritten.
    static func transformMoments(
        _ memory: DemagMemory<Self>, _ m: UnsafePointer<UnsafePointer<Self>?>, _ scratch: UnsafeMutablePointer<Self>,
        part: Int, of parts: Int)
    static func convolve(_ memory: DemagMemory<Self>, _ scratch: UnsafeMutablePointer<Self>, part: Int, of parts: Int)
    static func transformField(
        _ memory: DemagMemory<Self>, _ h: UnsafePointer<UnsafeMutablePointer<Self>?>,
        _ scratch: UnsafeMutablePointer<Self>, part: Int, of parts: Int)

    /// h += 1/Ms Σ c (m_j − m_i) over the neighbours, for one component.
    static func addExchange(
        _ cells: Range<Int>, _ row: Int, _ layer: Int, _ m: UnsafePointer<Self>, _ cx: UnsafePointer<Self>,
        _ cy: UnsafePointer<Self>, _ cz: UnsafePointer<Self>?, _ inverse: UnsafePointer<Self>,
        _ h: UnsafeMutablePointer<Self>)

    /// k = −γ/(1+α²) (precession m × h + α m × (m × h)).
    static func setSlope(
        _ cells: Range<Int>, _ m: UnsafePointer<UnsafePointer<Self>?>, _ h: UnsafePointer<UnsafePointer<Self>?>,
        _ alpha: UnsafePointer<Self>, _ gamma: Double, _ precession: Double,
        _ k: UnsafePointer<UnsafeMutablePointer<Self>?>)

    /// y = m + Σ factor_j k_j, for one component.
    static func combine(
        _ cells: Range<Int>, _ m: UnsafePointer<Self>, _ count: Int, _ k: UnsafePointer<UnsafePointer<Self>?>,
        _ factors: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Self>)

    /// The largest |Σ weight_j k_j| of a component; not a number when one is not finite.
    static func largestError(
        _ cells: Range<Int>, _ count: Int, _ k: UnsafePointer<UnsafePointer<Self>?>, _ weights: UnsafePointer<Double>
    ) -> Double

    /// Sums of the three components over the first `count` cells, in Double and in a fixed order.
    static func sums(_ count: Int, _ v: UnsafePointer<UnsafePointer<Self>?>) -> SIMD3<Double>

    /// Makes every vector that is not zero a unit vector.
    static func normalise(_ cells: Range<Int>, _ m: UnsafePointer<UnsafeMutablePointer<Self>?>)
}

/// What the phases of a convolution read and write.
public struct DemagMemory<Scalar: ContinuumScalar> {
    let mesh: FilmMesh
    /// Along x, y (half the padded length) and z.
    let plans: [TransformPlan<Scalar>]
    /// cos, sin of πk/n, n the length along y.
    let unpack: UnsafeMutablePointer<Scalar>
    /// xx yy zz xy, with several layers xz yz.
    let tensor: [UnsafeMutablePointer<Scalar>]
    /// A/m.
    let moment: ScalarField<Scalar>
    let spectrum: UnsafeMutablePointer<Scalar>
    /// Eights of wave numbers along y, and of cells along x.
    let groups: Int
    let blocks: Int
}

extension Float: ContinuumScalar {
    public static func demagScratch(_ memory: DemagMemory<Float>) -> Int {
        var kernel = kernel(memory)
        return larmor_demag_scratch_float(&kernel)
    }

    public static func transformMoments(
        _ memory: DemagMemory<Float>, _ m: UnsafePointer<UnsafePointer<Float>?>, _ scratch: UnsafeMutablePointer<Float>,
        part: Int, of parts: Int
    ) {
        var kernel = kernel(memory)
        larmor_demag_forward_float(&kernel, m, scratch, part, parts)
    }

    public static func convolve(
        _ memory: DemagMemory<Float>, _ scratch: UnsafeMutablePointer<Float>, part: Int, of parts: Int
    ) {
        var kernel = kernel(memory)
        larmor_demag_convolve_float(&kernel, scratch, part, parts)
    }

    public static func transformField(
        _ memory: DemagMemory<Float>, _ h: UnsafePointer<UnsafeMutablePointer<Float>?>,
        _ scratch: UnsafeMutablePointer<Float>, part: Int, of parts: Int
    ) {
        var kernel = kernel(memory)
        larmor_demag_inverse_float(&kernel, h, scratch, part, parts)
    }

    /// The outer phases for a film in Double.
    static func transformMoments(
        _ memory: DemagMemory<Float>, ofDouble m: UnsafePointer<UnsafePointer<Double>?>,
        _ scratch: UnsafeMutablePointer<Float>, part: Int, of parts: Int
    ) {
        var kernel = kernel(memory)
        larmor_demag_forward_float_of_double(&kernel, m, scratch, part, parts)
    }

    static func transformField(
        _ memory: DemagMemory<Float>, ofDouble h: UnsafePointer<UnsafeMutablePointer<Double>?>,
        _ scratch: UnsafeMutablePointer<Float>, part: Int, of parts: Int
    ) {
        var kernel = kernel(memory)
        larmor_demag_inverse_float_of_double(&kernel, h, scratch, part, parts)
    }

    private static func kernel(_ memory: DemagMemory<Float>) -> larmor_demag_float {
        func transform(_ plan: TransformPlan<Float>) -> larmor_fft_float {
            larmor_fft_float(
                length: plan.length, passes: plan.passes, radices: UnsafePointer(plan.radices),
                twiddles: UnsafePointer(plan.twiddles))
        }
        let tensor = memory.tensor
        // One layer has no xz and yz; the kernels then do not read them.
        let last = tensor.count - 1
        return larmor_demag_float(
            nx: memory.mesh.nx, ny: memory.mesh.ny, nz: memory.mesh.nz, x: transform(memory.plans[0]),
            y: transform(memory.plans[1]), z: transform(memory.plans[2]), unpack: memory.unpack,
            kernel: (
                UnsafePointer(tensor[0]), UnsafePointer(tensor[1]), UnsafePointer(tensor[2]), UnsafePointer(tensor[3]),
                UnsafePointer(tensor[min(4, last)]), UnsafePointer(tensor[last])
            ),
            moment: memory.moment.values, spectrum: memory.spectrum, groups: memory.groups, blocks: memory.blocks)
    }

    public static func addExchange(
        _ cells: Range<Int>, _ row: Int, _ layer: Int, _ m: UnsafePointer<Float>, _ cx: UnsafePointer<Float>,
        _ cy: UnsafePointer<Float>, _ cz: UnsafePointer<Float>?, _ inverse: UnsafePointer<Float>,
        _ h: UnsafeMutablePointer<Float>
    ) { larmor_add_exchange_float(cells.lowerBound, cells.upperBound, row, layer, m, cx, cy, cz, inverse, h) }

    public static func setSlope(
        _ cells: Range<Int>, _ m: UnsafePointer<UnsafePointer<Float>?>, _ h: UnsafePointer<UnsafePointer<Float>?>,
        _ alpha: UnsafePointer<Float>, _ gamma: Double, _ precession: Double,
        _ k: UnsafePointer<UnsafeMutablePointer<Float>?>
    ) { larmor_llg_slope_float(cells.lowerBound, cells.upperBound, m, h, alpha, gamma, precession, k) }

    public static func combine(
        _ cells: Range<Int>, _ m: UnsafePointer<Float>, _ count: Int, _ k: UnsafePointer<UnsafePointer<Float>?>,
        _ factors: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Float>
    ) { larmor_combine_float(cells.lowerBound, cells.upperBound, m, count, k, factors, y) }

    public static func largestError(
        _ cells: Range<Int>, _ count: Int, _ k: UnsafePointer<UnsafePointer<Float>?>, _ weights: UnsafePointer<Double>
    ) -> Double { larmor_largest_error_float(cells.lowerBound, cells.upperBound, count, k, weights) }

    public static func sums(_ count: Int, _ v: UnsafePointer<UnsafePointer<Float>?>) -> SIMD3<Double> {
        withUnsafeTemporaryAllocation(of: Double.self, capacity: 3) { sums in
            larmor_sums_float(count, v, sums.baseAddress)
            return SIMD3(sums[0], sums[1], sums[2])
        }
    }

    public static func normalise(_ cells: Range<Int>, _ m: UnsafePointer<UnsafeMutablePointer<Float>?>) {
        larmor_normalise_float(cells.lowerBound, cells.upperBound, m)
    }
}

extension Double: ContinuumScalar {
    public static func demagScratch(_ memory: DemagMemory<Double>) -> Int {
        var kernel = kernel(memory)
        return larmor_demag_scratch_double(&kernel)
    }

    public static func transformMoments(
        _ memory: DemagMemory<Double>, _ m: UnsafePointer<UnsafePointer<Double>?>, _ scratch: UnsafeMutablePointer<Double>,
        part: Int, of parts: Int
    ) {
        var kernel = kernel(memory)
        larmor_demag_forward_double(&kernel, m, scratch, part, parts)
    }

    public static func convolve(
        _ memory: DemagMemory<Double>, _ scratch: UnsafeMutablePointer<Double>, part: Int, of parts: Int
    ) {
        var kernel = kernel(memory)
        larmor_demag_convolve_double(&kernel, scratch, part, parts)
    }

    public static func transformField(
        _ memory: DemagMemory<Double>, _ h: UnsafePointer<UnsafeMutablePointer<Double>?>,
        _ scratch: UnsafeMutablePointer<Double>, part: Int, of parts: Int
    ) {
        var kernel = kernel(memory)
        larmor_demag_inverse_double(&kernel, h, scratch, part, parts)
    }

    private static func kernel(_ memory: DemagMemory<Double>) -> larmor_demag_double {
        func transform(_ plan: TransformPlan<Double>) -> larmor_fft_double {
            larmor_fft_double(
                length: plan.length, passes: plan.passes, radices: UnsafePointer(plan.radices),
                twiddles: UnsafePointer(plan.twiddles))
        }
        let tensor = memory.tensor
        // One layer has no xz and yz; the kernels then do not read them.
        let last = tensor.count - 1
        return larmor_demag_double(
            nx: memory.mesh.nx, ny: memory.mesh.ny, nz: memory.mesh.nz, x: transform(memory.plans[0]),
            y: transform(memory.plans[1]), z: transform(memory.plans[2]), unpack: memory.unpack,
            kernel: (
                UnsafePointer(tensor[0]), UnsafePointer(tensor[1]), UnsafePointer(tensor[2]), UnsafePointer(tensor[3]),
                UnsafePointer(tensor[min(4, last)]), UnsafePointer(tensor[last])
            ),
            moment: memory.moment.values, spectrum: memory.spectrum, groups: memory.groups, blocks: memory.blocks)
    }

    public static func addExchange(
        _ cells: Range<Int>, _ row: Int, _ layer: Int, _ m: UnsafePointer<Double>, _ cx: UnsafePointer<Double>,
        _ cy: UnsafePointer<Double>, _ cz: UnsafePointer<Double>?, _ inverse: UnsafePointer<Double>,
        _ h: UnsafeMutablePointer<Double>
    ) { larmor_add_exchange_double(cells.lowerBound, cells.upperBound, row, layer, m, cx, cy, cz, inverse, h) }

    public static func setSlope(
        _ cells: Range<Int>, _ m: UnsafePointer<UnsafePointer<Double>?>, _ h: UnsafePointer<UnsafePointer<Double>?>,
        _ alpha: UnsafePointer<Double>, _ gamma: Double, _ precession: Double,
        _ k: UnsafePointer<UnsafeMutablePointer<Double>?>
    ) { larmor_llg_slope_double(cells.lowerBound, cells.upperBound, m, h, alpha, gamma, precession, k) }

    public static func combine(
        _ cells: Range<Int>, _ m: UnsafePointer<Double>, _ count: Int, _ k: UnsafePointer<UnsafePointer<Double>?>,
        _ factors: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>
    ) { larmor_combine_double(cells.lowerBound, cells.upperBound, m, count, k, factors, y) }

    public static func largestError(
        _ cells: Range<Int>, _ count: Int, _ k: UnsafePointer<UnsafePointer<Double>?>, _ weights: UnsafePointer<Double>
    ) -> Double { larmor_largest_error_double(cells.lowerBound, cells.upperBound, count, k, weights) }

    public static func sums(_ count: Int, _ v: UnsafePointer<UnsafePointer<Double>?>) -> SIMD3<Double> {
        withUnsafeTemporaryAllocation(of: Double.self, capacity: 3) { sums in
            larmor_sums_double(count, v, sums.baseAddress)
            return SIMD3(sums[0], sums[1], sums[2])
        }
    }

    public static func normalise(_ cells: Range<Int>, _ m: UnsafePointer<UnsafeMutablePointer<Double>?>) {
        larmor_normalise_double(cells.lowerBound, cells.upperBound, m)
    }
}
