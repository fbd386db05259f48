import Glibc

/// Finds a known sound in a signal: normalised cross-correlation,
///
///     r(l) = Σ t(k) · (s(l + k) − s̄) / √(Σ t² · Σ (s − s̄)²)        −1 … 1, t without its mean
///
/// which tells likeness whatever the loudness and the mean are.
///
/// - Source: J. P. Lewis, Fast normalized cross-correlation, Vision Interface (1995) 120.
package struct SoundSearch {
    /// A place where the sound stands: of its first sample, with a fraction, and how alike it is.
    package struct Match: Equatable {
        package var place: Double
        package var likeness: Double
    }

    private let template: [Float]
    /// Root of the sum of squares.
    private let size: Double

    /// - Parameter sound: at least two samples that are not all the same.
    package init?(_ sound: some Collection<Float>) {
        guard sound.count > 1 else { return nil }
        let mean = sound.reduce(0) { $0 + Double($1) } / Double(sound.count)
        template = sound.map { Float(Double($0) - mean) }
        size = template.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        guard size > 0, size.isFinite else { return nil }
    }

    package var length: Int { template.count }

    /// The likeness at each place at which the whole sound fits into a part of a signal.
    /// - Parameter places: of the sound's first sample; cut to where it fits.
    package func likeness(in signal: [Float], places: Range<Int>) -> [Float] {
        let fitting = places.clamped(to: 0..<max(0, signal.count - length + 1))
        guard !fitting.isEmpty else { return [] }
        var result = [Float](repeating: 0, count: fitting.count)
        let n = Double(length)
        signal.withUnsafeBufferPointer { signal in
            template.withUnsafeBufferPointer { template in
                // Sums over the window, moved on sample by sample.
                var sum = 0.0
                var squares = 0.0
                for value in signal[fitting.lowerBound..<fitting.lowerBound + length] {
                    sum += Double(value)
                    squares += Double(value) * Double(value)
                }
                for place in fitting {
                    let power = squares - sum * sum / n
                    // Silence, 120 dB under full scale, is like nothing.
                    if power > 1e-12 * n, power.isFinite {
                        let product = Self.product(template, UnsafeBufferPointer(rebasing: signal[place..<place + length]))
                        result[place - fitting.lowerBound] = Float(product / (size * power.squareRoot()))
                    }
                    guard place + length < signal.count else { break }
                    let (old, new) = (Double(signal[place]), Double(signal[place + length]))
                    sum += new - old
                    squares += new * new - old * old
                }
            }
        }
        return result
    }

    /// The most alike place; nil where none is as alike as asked for.
    package func best(in signal: [Float], places: Range<Int>, atLeast likeness: Double) -> Match? {
        let values = self.likeness(in: signal, places: places)
        guard let top = values.indices.max(by: { values[$0] < values[$1] }), Double(values[top]) >= likeness else { return nil }
        return Self.match(values, top, first: max(0, places.lowerBound))
    }

    /// All places that are as alike as asked for and more alike than all others within the sound's length.
    package func all(in signal: [Float], atLeast likeness: Double) -> [Match] {
        let values = self.likeness(in: signal, places: 0..<signal.count)
        var matches: [Match] = []
        var top: Int?
        for place in values.indices {
            if let best = top, place - best >= length {
                matches.append(Self.match(values, best, first: 0))
                top = nil
            }
            guard Double(values[place]) >= likeness else { continue }
            if let best = top, values[best] >= values[place] { continue }
            top = place
        }
        if let top { matches.append(Self.match(values, top, first: 0)) }
        return matches
    }

    /// The top of the parabola through the best value and its neighbours.
    private static func match(_ values: [Float], _ top: Int, first: Int) -> Match {
        var fraction = 0.0
        if top > 0, top + 1 < values.count {
            let (a, b, c) = (Double(values[top - 1]), Double(values[top]), Double(values[top + 1]))
            let bend = a - 2 * b + c
            if bend < 0 { fraction = min(0.5, max(-0.5, 0.5 * (a - c) / bend)) }
        }
        return Match(place: Double(first + top) + fraction, likeness: Double(values[top]))
    }

    private static func product(_ a: UnsafeBufferPointer<Float>, _ b: UnsafeBufferPointer<Float>) -> Double {
        var sum = SIMD8<Float>.zero
        var k = 0
        guard let left = a.baseAddress, let right = b.baseAddress else { return 0 }
        while k + 8 <= a.count {
            let x = UnsafeRawPointer(left + k).loadUnaligned(as: SIMD8<Float>.self)
            let y = UnsafeRawPointer(right + k).loadUnaligned(as: SIMD8<Float>.self)
            sum += x * y
            k += 8
        }
        var total = Double(sum.sum())
        while k < a.count {
            total += Double(left[k]) * Double(right[k])
            k += 1
        }
        return total
    }
}
