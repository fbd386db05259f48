import Glibc
import LinearAlgebra

/// Principal components in the space of a polynomial kernel k(x, y) = (γ x·y + c)^degree, over landmarks: what it remembers does not grow
/// with the training data.
///
///     y(x) = A k(x) − b        k(x) = [k(x, l₁) … k(x, l_m)]
///
/// - Source: B. Schölkopf, A. Smola, K.-R. Müller, Neural Computation 10 (1998) 1299; C. Williams, M. Seeger, NIPS 13 (2000) 682.
public struct KernelPCA: Sendable, Equatable {
    public let degree: Int
    public let gamma: Double
    public let coef0: Double
    public let features: Int
    public let components: Int
    /// Shape `[count, features]`.
    public let landmarks: [Double]
    /// A, shape `[components, count]`.
    public let weights: [Double]
    /// b, shape `[components]`.
    public let offsets: [Double]
    /// Variances of the components in the kernel's space, times the number of rows, descending; empty for one that came from a file.
    public let eigenvalues: [Double]
    public var count: Int { features > 0 ? landmarks.count / features : 0 }

    /// From what a file holds.
    package init(
        degree: Int, gamma: Double, coef0: Double, features: Int, landmarks: [Double], weights: [Double], offsets: [Double],
        eigenvalues: [Double] = []
    ) {
        precondition(
            features > 0 && landmarks.count % features == 0
                && weights.count == offsets.count * (landmarks.count / features),
            "the sizes of a kernel PCA do not fit together")
        (self.degree, self.gamma, self.coef0, self.features) = (degree, gamma, coef0, features)
        (self.landmarks, self.weights, self.offsets) = (landmarks, weights, offsets)
        (components, self.eigenvalues) = (offsets.count, eigenvalues)
    }

    /// Exact: all rows are landmarks. As scikit-learn's `KernelPCA(n_components, kernel="poly")`, signs included.
    /// - Parameters:
    ///   - rows: shape `[n, features]`, finite.
    ///   - gamma: nil for 1 / features.
    /// - Throws: `LinearAlgebraError` when the eigenvalues cannot be found.
    public init(
        exact rows: [Double], features: Int, components: Int, degree: Int = 3, gamma: Double? = nil, coef0: Double = 1
    ) throws {
        let gamma = gamma ?? 1 / Double(features)
        let n = rows.count / features
        precondition(features > 0 && n > 0 && rows.count == n * features && components <= n, "a kernel PCA needs rows")
        var kernel = Self.kernel(rows, rows, features, degree, gamma, coef0)
        let means = (0..<n).map { i in kernel.row(i).reduce(0, +) / Double(n) }
        let mean = means.reduce(0, +) / Double(n)
        for i in 0..<n { for j in 0..<n { kernel[i, j] += mean - means[i] - means[j] } }
        let eigen = try kernel.symmetricEigen()
        var (weights, offsets, values): ([Double], [Double], [Double]) = ([], [], [])
        for component in 0..<components {
            let (value, vector) = Self.vector(eigen, n - 1 - component)
            // The kernel of a new row is centred with the same means.
            let scaled = Self.scaled(vector, value, largest: eigen.values[n - 1])
            let average = scaled.reduce(0, +) / Double(n)
            let own = scaled.map { $0 - average }
            weights += own
            offsets.append(zip(own, means).reduce(0) { $0 + $1.0 * $1.1 })
            values.append(max(0, value))
        }
        self.init(
            degree: degree, gamma: gamma, coef0: coef0, features: features, landmarks: rows, weights: weights, offsets: offsets,
            eigenvalues: values)
    }

    /// By the Nyström method: components of all rows in the space that the landmarks span. With all rows as landmarks it is the exact one.
    /// - Parameters:
    ///   - rows: shape `[n, features]`, finite.
    ///   - landmarks: shape `[m, features]`, some of the rows.
    public init(
        rows: [Double], landmarks: [Double], features: Int, components: Int, degree: Int = 3, gamma: Double? = nil,
        coef0: Double = 1
    ) throws {
        let gamma = gamma ?? 1 / Double(features)
        let (n, m) = (rows.count / features, landmarks.count / features)
        precondition(features > 0 && n > 0 && m >= components, "a kernel PCA needs rows")
        // Coordinates in the landmarks' space: φ(x) = Λ^(−1/2) Uᵀ k(x), with K = U Λ Uᵀ of the landmarks.
        let own = try Self.kernel(landmarks, landmarks, features, degree, gamma, coef0).symmetricEigen()
        let kept = own.values.indices.filter { own.values[$0] > 1e-12 * (own.values.last ?? 0) }
        precondition(!kept.isEmpty, "a kernel of finite rows is not zero")
        var basis = Matrix<Double>(rows: kept.count, columns: m)
        for (row, place) in kept.enumerated() {
            for i in 0..<m { basis[row, i] = own.vectors[i, place] / own.values[place].squareRoot() }
        }
        // Sums over the rows, a piece at a time.
        var means = [Double](repeating: 0, count: kept.count)
        var scatter = Matrix<Double>(rows: kept.count, columns: kept.count)
        for start in stride(from: 0, to: n, by: 1024) {
            let piece = Array(rows[start * features..<min(n, start + 1024) * features])
            let points = Self.kernel(piece, landmarks, features, degree, gamma, coef0).times(basis.transposed)
            for i in 0..<points.rows { for (k, value) in points.row(i).enumerated() { means[k] += value } }
            let product = points.transposed.times(points)
            for i in scatter.values.indices { scatter.values[i] += product.values[i] }
        }
        for k in means.indices { means[k] /= Double(n) }
        for i in means.indices { for j in means.indices { scatter[i, j] -= Double(n) * means[i] * means[j] } }
        let eigen = try scatter.symmetricEigen()
        var (weights, offsets, values): ([Double], [Double], [Double]) = ([], [], [])
        for component in 0..<components {
            guard component < means.count else {
                weights += [Double](repeating: 0, count: m)
                offsets.append(0)
                values.append(0)
                continue
            }
            let (value, vector) = Self.vector(eigen, means.count - 1 - component)
            for i in 0..<m { weights.append(vector.indices.reduce(0) { $0 + vector[$1] * basis[$1, i] }) }
            offsets.append(zip(vector, means).reduce(0) { $0 + $1.0 * $1.1 })
            values.append(max(0, value))
        }
        self.init(
            degree: degree, gamma: gamma, coef0: coef0, features: features, landmarks: landmarks, weights: weights,
            offsets: offsets,
            eigenvalues: values)
    }

    /// Projects one row; nothing is allocated.
    /// - Parameters:
    ///   - row: `features` values.
    ///   - scratch: `count` values, overwritten.
    ///   - target: `components` values.
    public func project(
        _ row: UnsafeBufferPointer<Double>, scratch: UnsafeMutableBufferPointer<Double>,
        into target: UnsafeMutableBufferPointer<Double>
    ) {
        let count = count
        landmarks.withUnsafeBufferPointer { landmarks in
            for place in 0..<count {
                let own = UnsafeBufferPointer(rebasing: landmarks[place * features..<(place + 1) * features])
                let base = gamma * Self.product(row, own) + coef0
                var power = base
                for _ in 1..<max(1, degree) { power *= base }
                scratch[place] = power
            }
        }
        weights.withUnsafeBufferPointer { weights in
            for component in 0..<components {
                let own = UnsafeBufferPointer(rebasing: weights[component * count..<(component + 1) * count])
                target[component] = Self.product(UnsafeBufferPointer(scratch), own) - offsets[component]
            }
        }
    }

    /// Rows as components, shape `[n, components]`.
    public func project(_ rows: [Double]) -> [Double] {
        let n = rows.count / features
        var scratch = [Double](repeating: 0, count: count)
        var result = [Double](repeating: 0, count: n * components)
        rows.withUnsafeBufferPointer { rows in
            scratch.withUnsafeMutableBufferPointer { scratch in
                result.withUnsafeMutableBufferPointer { result in
                    for i in 0..<n {
                        project(
                            UnsafeBufferPointer(rebasing: rows[i * features..<(i + 1) * features]), scratch: scratch,
                            into: UnsafeMutableBufferPointer(rebasing: result[i * components..<(i + 1) * components]))
                    }
                }
            }
        }
        return result
    }

    private static func product(_ a: UnsafeBufferPointer<Double>, _ b: UnsafeBufferPointer<Double>) -> Double {
        var (s0, s1, s2, s3) = (0.0, 0.0, 0.0, 0.0)
        var k = 0
        while k + 4 <= a.count {
            s0 += a[k] * b[k]
            s1 += a[k + 1] * b[k + 1]
            s2 += a[k + 2] * b[k + 2]
            s3 += a[k + 3] * b[k + 3]
            k += 4
        }
        while k < a.count {
            s0 += a[k] * b[k]
            k += 1
        }
        return (s0 + s1) + (s2 + s3)
    }

    private static func kernel(
        _ a: [Double], _ b: [Double], _ features: Int, _ degree: Int, _ gamma: Double, _ coef0: Double
    ) -> Matrix<Double> {
        let left = Matrix(rows: a.count / features, columns: features, values: a)
        let right = Matrix(rows: b.count / features, columns: features, values: b)
        var kernel = left.times(right.transposed)
        for i in kernel.values.indices {
            let base = gamma * kernel.values[i] + coef0
            var power = base
            for _ in 1..<max(1, degree) { power *= base }
            kernel.values[i] = power
        }
        return kernel
    }

    /// An eigenvector whose largest entry is positive; of equals the first decides.
    private static func vector(_ eigen: (values: [Double], vectors: Matrix<Double>), _ place: Int) -> (Double, [Double]) {
        let vector = (0..<eigen.vectors.rows).map { eigen.vectors[$0, place] }
        var largest = 0.0
        for value in vector where abs(value) > abs(largest) { largest = value }
        return (eigen.values[place], largest < 0 ? vector.map { -$0 } : vector)
    }

    /// Divided by the root of the eigenvalue; zeros for one that is nothing but rounding.
    private static func scaled(_ vector: [Double], _ value: Double, largest: Double) -> [Double] {
        guard value > 1e-12 * largest else { return vector.map { _ in 0 } }
        let root = value.squareRoot()
        return vector.map { $0 / root }
    }
}
