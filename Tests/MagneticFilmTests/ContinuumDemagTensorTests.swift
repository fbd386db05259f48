import Foundation
import MagneticFilm
import Testing

@Suite struct ContinuumDemagTensorTests {
    @Test func `a cube's factors are a third each by symmetry`() {
        let tensor = NewellTensor(cellSize: SIMD3(2, 2, 2)).at(0, 0, 0)
        for value in [tensor.xx, tensor.yy, tensor.zz] { #expect(abs(value - 1.0 / 3) < 1e-14) }
        for value in [tensor.xy, tensor.xz, tensor.yz] { #expect(abs(value) < 1e-15) }
    }

    @Test func `a prism's factors are Aharoni's`() {
        // A. Aharoni, J. Appl. Phys. 83 (1998) 3432, equation 1, for semi-axes a, b, c = 1, 2, 0.5, magnetised along c.
        let (a, b, c) = (1.0, 2.0, 0.5)
        let (ab, bc, ac) = (a * a + b * b, b * b + c * c, a * a + c * c)
        let r = (a * a + b * b + c * c).squareRoot()
        var factor = (b * b - c * c) / (2 * b * c) * log((r - a) / (r + a))
        factor += (a * a - c * c) / (2 * a * c) * log((r - b) / (r + b))
        factor += b / (2 * c) * log((ab.squareRoot() + a) / (ab.squareRoot() - a))
        factor += a / (2 * c) * log((ab.squareRoot() + b) / (ab.squareRoot() - b))
        factor += c / (2 * a) * log((bc.squareRoot() - b) / (bc.squareRoot() + b))
        factor += c / (2 * b) * log((ac.squareRoot() - a) / (ac.squareRoot() + a))
        factor += 2 * atan(a * b / (c * r)) + (a * a * a + b * b * b - 2 * c * c * c) / (3 * a * b * c)
        factor += (a * a + b * b - 2 * c * c) / (3 * a * b * c) * r + c / (a * b) * (ac.squareRoot() + bc.squareRoot())
        factor -= (pow(ab, 1.5) + pow(bc, 1.5) + pow(ac, 1.5)) / (3 * a * b * c)
        let tensor = NewellTensor(cellSize: SIMD3(2 * a, 2 * b, 2 * c)).at(0, 0, 0)
        #expect(abs(tensor.zz - factor / .pi) < 1e-13)
    }

    @Test(arguments: [SIMD3(1.0, 1, 1), SIMD3(5, 5, 3), SIMD3(20, 20, 1), SIMD3(1, 2, 8)])
    func `the trace is one on itself and nought elsewhere, near and far`(size: SIMD3<Double>) {
        let tensor = NewellTensor(cellSize: size)
        #expect(abs(tensor.at(0, 0, 0).trace - 1) < 1e-13)
        for place in [(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0), (2, 0, 0), (2, 1, 1), (3, 5, 0), (40, 7, 0), (10_000, 3, 0)] {
            let value = tensor.at(place.0, place.1, place.2)
            let scale = max(abs(value.xx), abs(value.yy), abs(value.zz))
            #expect(abs(value.trace) < 1e-11 * scale, "\(place)")
        }
    }

    @Test func `the tensor agrees with a direct sum over charges on the faces`() {
        // N_xx between cells = the field of the two charged faces ±x of the source, averaged over the target cell along x: a
        // four-dimensional integral over pairs of faces, here by Gauss–Legendre with 12 points per axis.
        let size = SIMD3(5.0, 4, 3)
        let (points, weights) = legendre12
        for (i, j, k) in [(2, 0, 0), (3, 2, 1), (0, 4, 2), (7, 1, 0)] {
            let r = SIMD3(Double(i), Double(j), Double(k)) * size
            var sum = 0.0
            for target in [-0.5, 0.5] {
                for source in [-0.5, 0.5] {
                    let x = r.x + (target - source) * size.x
                    for a in 0..<12 {
                        for b in 0..<12 {
                            let y = r.y + (points[a] - points[b]) / 2 * size.y
                            for c in 0..<12 {
                                for d in 0..<12 {
                                    let z = r.z + (points[c] - points[d]) / 2 * size.z
                                    let weight = weights[a] * weights[b] * weights[c] * weights[d] / 16
                                    sum += (target == source ? 1 : -1) * weight / (x * x + y * y + z * z).squareRoot()
                                }
                            }
                        }
                    }
                }
            }
            // Energy of two charge sheets: N_xx = Σ ± (area² / 4πV) ⟨1/r⟩.
            let expected = sum * size.y * size.z / (4 * .pi * size.x)
            let value = NewellTensor(cellSize: size).at(i, j, k).xx
            #expect(abs(value - expected) < 1e-9 * max(abs(expected), 1e-3), "\((i, j, k))")
        }
    }

    @Test func `ten thousand cells away it is a dipole`() {
        // The next term is smaller by (Δ/R)² = 1e-8, and for a cube it vanishes.
        let value = NewellTensor(cellSize: SIMD3(1, 1, 1)).at(10_000, 0, 0)
        #expect(abs(value.xx / (-2 / (4 * .pi * 1e12)) - 1) < 1e-14)
        #expect(abs(value.yy / (1 / (4 * .pi * 1e12)) - 1) < 1e-14)
    }

    /// The 12-point Gauss–Legendre rule, Abramowitz & Stegun, table 25.4.
    private var legendre12: ([Double], [Double]) {
        let points = [
            0.125233408511469, 0.367831498998180, 0.587317954286617, 0.769902674194305, 0.904117256370475, 0.981560634246719,
        ]
        let weights = [
            0.249147045813403, 0.233492536538355, 0.203167426723066, 0.160078328543346, 0.106939325995318, 0.047175336386512,
        ]
        return (points.map { -$0 } + points, weights + weights)
    }
}
