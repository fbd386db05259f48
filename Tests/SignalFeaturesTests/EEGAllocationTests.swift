import AllocationCounter
import SignalFeatures
import Signals
import Testing

/// The EEG front end runs on the pipeline's thread, which may not allocate once it runs.
@Suite(.enabled(if: allocations_are_counted() == 1, "a sanitizer has a malloc of its own"))
struct EEGAllocationTests {
    @Test(arguments: [EEGFrontEndSpecification.Reference.average, .channels([0, 2])])
    func `a sample and a frame allocate nothing`(reference: EEGFrontEndSpecification.Reference) throws {
        var specification = EEGFrontEndSpecification.krishna(channels: 5, rate: 250)
        (specification.reference, specification.auxiliary, specification.components) = (reference, [4], 6)
        let front = EEGWindowFrontEnd(specification, regression: [0.1, 0.2, 0.3, 0.4])
        var random = SplitMix64(seed: 1)
        let rows = (0..<100 * specification.rawFeatures).map { _ in Float(random.normal()) }.enumerated().map { place, value in
            place % specification.rawFeatures < specification.kernelFeatures ? value : 0
        }
        var projection = EEGProjection(specification, try EEGFrontEndFit(specification, rows: rows))
        var raw = [Float](repeating: 0, count: specification.rawFeatures)
        var inputs = [Float](repeating: 0, count: specification.outputs)
        let sample: [Float] = [1e-5, .nan, 3e-5, 4e-5, 2e-6]
        func run(_ counters: Range<UInt64>) {
            for counter in counters where counter % 50 != 7 {
                sample.withUnsafeBufferPointer { front.feed(counter: counter, $0) }
                raw.withUnsafeMutableBufferPointer { raw in
                    inputs.withUnsafeMutableBufferPointer { inputs in
                        let isThere = front.setFeatures(at: counter, raw)
                        projection.set(isThere ? UnsafeBufferPointer(raw) : nil, into: inputs)
                    }
                }
            }
        }
        run(0..<300)
        let before = allocation_counts()
        run(300..<600)
        let after = allocation_counts()
        #expect(after.claimed == before.claimed)
    }
}
