import Foundation
import SignalFeatures
import Testing

struct KernelPCATests {
    private let rows = referenceWave(24 * 7).map { ($0 - 3) / 20 }
    private let others = referenceWave(3 * 7, from: 5000).map { ($0 - 3) / 20 }

    @Test func `components, signs and eigenvalues are scikit-learn's, of known and of new rows`() throws {
        let pca = try KernelPCA(exact: rows, features: 7, components: 5)
        let own = pca.project(Array(rows[..<21]) + others)
        for (value, expected) in zip(own, EEGValues.components) {
            #expect(abs(value - expected) < 1e-6 * max(1, abs(expected)))
        }
        for (value, expected) in zip(pca.eigenvalues, EEGValues.eigenvalues) { #expect(abs(value / expected - 1) < 1e-9) }
        #expect(own.count == EEGValues.components.count)
    }

    @Test func `with all rows as landmarks the Nyström form is the exact one, but for signs`() throws {
        let exact = try KernelPCA(exact: rows, features: 7, components: 5).project(others)
        let landmark = try KernelPCA(rows: rows, landmarks: rows, features: 7, components: 5).project(others)
        for (a, b) in zip(exact, landmark) { #expect(abs(abs(a) - abs(b)) < 1e-6 * max(1, abs(a))) }
    }

    @Test func `with fewer landmarks it has the components of the approximate kernel`() throws {
        let half = stride(from: 0, to: 24, by: 2).flatMap { rows[$0 * 7..<($0 + 1) * 7] }
        let pca = try KernelPCA(rows: rows, landmarks: half, features: 7, components: 4)
        #expect(pca.count == 12 && pca.weights.count == 48)
        for (value, expected) in zip(pca.project(Array(rows[..<21])), EEGValues.landmarkComponents) {
            #expect(abs(abs(value) - expected) < 1e-6 * max(1, expected))
        }
    }

    @Test func `components beyond the rank of the kernel are zero, not noise`() throws {
        let few: [Double] = [0, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1]
        for pca in [
            try KernelPCA(exact: few, features: 2, components: 4),
            try KernelPCA(rows: few, landmarks: few, features: 2, components: 4),
        ] {
            let own = pca.project([0, 1, 1, 1])
            #expect(own.allSatisfy(\.isFinite) && abs(own[0] - own[4]) > 0.5)
            #expect(own[1...3].allSatisfy { abs($0) < 1e-5 })
        }
    }
}
