import Foundation
import SignalFeatures
import Signals
import Testing

struct EEGWindowFrontEndTests {
    /// Microvolts of a channel of an artificial headset, with an electrode's offset.
    private func value(_ channel: Int, _ n: Int) -> Double {
        let (slow, fast) = (20 * sin(0.25 * Double(n) + Double(channel)), 8 * sin(1.1 * Double(n)))
        return 40_000 + 3000 * Double(channel) + slow + fast
    }

    private func fed(
        _ specification: EEGFrontEndSpecification, _ samples: Range<Int>, without lost: Set<Int> = [],
        _ value: (Int, Int) -> Double
    ) -> EEGWindowFrontEnd {
        let front = EEGWindowFrontEnd(specification)
        for n in samples where !lost.contains(n) {
            let row = (0..<specification.channels).map { Float(value($0, n) * 1e-6) }
            row.withUnsafeBufferPointer { front.feed(counter: UInt64(n), $0) }
        }
        return front
    }

    private func features(_ front: EEGWindowFrontEnd, at counter: Int) -> [Float]? {
        var values = [Float](repeating: -1, count: front.features)
        let isThere = values.withUnsafeMutableBufferPointer { front.setFeatures(at: UInt64(counter), $0) }
        return isThere ? values : nil
    }

    private func mask(_ front: EEGWindowFrontEnd, at counter: Int) -> [Float]? {
        features(front, at: counter)?.suffix(front.specification.featureChannels.count)
    }

    @Test func `an offset of 40 mV is gone at once, and the features are those of the wave`() throws {
        var specification = EEGFrontEndSpecification.krishna(channels: 3, rate: 250)
        specification.line_Hz = nil
        let front = fed(specification, 0..<3000, value)
        let own = try #require(features(front, at: 2999))
        #expect(own.count == 18)
        // 20 and 8 µV at 10 and 44 Hz.
        for channel in 0..<3 { #expect(abs(own[5 * channel] - 15) < 2 && abs(own[5 * channel + 2]) < 8) }
        #expect(own[15...] == [0, 0, 0])
    }

    @Test func `a lost sample, a lead that is off, flat, loud and stepping channels are masked, and no other`() throws {
        var specification = EEGFrontEndSpecification.krishna(channels: 5, rate: 250, line: nil)
        specification.limits.step_uV = 60
        let front = fed(specification, 0..<2000) { channel, n in
            switch (channel, n) {
            case (0, 1900): .nan
            case (1, 1500...): 40_000
            case (2, 1700...): value(2, n) + 500 * sin(0.1 * Double(n))
            case (3, 1800...): value(3, n) + 150
            default: value(channel, n)
            }
        }
        #expect(mask(front, at: 1910) == [1, 1, 1, 0, 0])
        #expect(front.flags[0] == .leadOff && front.flags[1].contains(.flat) && front.flags[2].contains(.amplitude))
        #expect(mask(front, at: 1810)?[3] == 1 && front.flags[3].contains(.step))
        #expect(mask(front, at: 1899) == [0, 1, 1, 0, 0])
        let holed = fed(specification, 0..<2000, without: [1700, 1701], value)
        #expect(mask(holed, at: 1690) == [0, 0, 0, 0, 0])
        #expect(mask(holed, at: 1702) == [1, 1, 1, 1, 1] && holed.flags.allSatisfy { $0.contains(.lost) })
        #expect(mask(holed, at: 1800) == [0, 0, 0, 0, 0])
        #expect(mask(fed(specification, 0..<200, value), at: 199) == [1, 1, 1, 1, 1])
    }

    @Test func `muscles are told by their band`() {
        let specification = EEGFrontEndSpecification.krishna(channels: 2, rate: 250, line: nil)
        var limits = specification
        limits.limits = ArtefactLimits(amplitude_uV: nil, flat_uV: nil, step_uV: nil, muscle_uV: 30)
        let front = fed(limits, 0..<2000) { $0 == 0 ? 60 * sin(0.2 * Double($1)) : 60 * sin(1.3 * Double($1)) }
        #expect(mask(front, at: 1999) == [0, 1])
        #expect(front.flags == [[], .muscle])
    }

    @Test func `after a long hole all begins anew, and until the window is full there are no features`() {
        let specification = EEGFrontEndSpecification.krishna(channels: 1, rate: 250)
        let front = fed(specification, 0..<3000, without: Set(1000..<1500), value)
        #expect(front.end == 3000)
        #expect(features(front, at: 1510) == nil && mask(front, at: 2600) == [0])
    }

    @Test func `an EOG channel is taken out of the others with coefficients of the training`() throws {
        var specification = EEGFrontEndSpecification.krishna(channels: 3, rate: 250, line: nil)
        specification.auxiliary = [1]
        var random = SplitMix64(seed: 9)
        let blink = (0..<5000).map { _ in 30 * random.normal() }
        let own = (0..<5000).map { _ in 5 * random.normal() }
        func value(_ channel: Int, _ n: Int) -> Double {
            if channel == 1 { return blink[n] }
            return own[n] + (channel == 0 ? 0.4 : -0.7) * blink[n]
        }
        var regression = ChannelRegression(specification)
        for n in 0..<5000 {
            let row = (0..<3).map { Float(value($0, n) * 1e-6) }
            row.withUnsafeBufferPointer { regression.take($0, isLearntFrom: n >= 250) }
        }
        let coefficients = try regression.coefficients()
        #expect(abs(coefficients[0] - 0.4) < 0.02 && abs(coefficients[1] + 0.7) < 0.02)
        let front = EEGWindowFrontEnd(specification, regression: coefficients)
        for n in 0..<5000 {
            let row = (0..<3).map { Float(value($0, n) * 1e-6) }
            row.withUnsafeBufferPointer { front.feed(counter: UInt64(n), $0) }
        }
        let features = try #require(self.features(front, at: 4999))
        #expect(features.count == 12 && features[0] < 7 && features[5] < 7)
    }

    @Test func `the common average and linked ears take away what all have, and do not hear a lead that is off`() throws {
        var specification = EEGFrontEndSpecification.krishna(channels: 4, rate: 250, line: nil)
        func common(_ channel: Int, _ n: Int) -> Double {
            if channel == 3 { return .nan }
            let all = 30 * sin(0.3 * Double(n))
            return channel == 0 ? all + 9 * sin(0.5 * Double(n)) : all
        }
        specification.reference = .average
        let average = try #require(features(fed(specification, 0..<2000, common), at: 1999))
        // A third of the first channel's own is in the mean of the three.
        #expect(abs(average[0] - 6 / Float(2).squareRoot()) < 0.4 && abs(average[5] - 3 / Float(2).squareRoot()) < 0.3)
        specification.reference = .channels([1, 2])
        let linked = try #require(features(fed(specification, 0..<2000, common), at: 1999))
        #expect(abs(linked[0] - 9 / Float(2).squareRoot()) < 0.5 && linked[5] < 1e-3)
    }

    @Test func `a specification comes back from JSON, and bad ones say what is wrong`() throws {
        var specification = EEGFrontEndSpecification.krishna(channels: 8, rate: 256)
        specification.reference = .channels([2, 3])
        specification.auxiliary = [7]
        let data = try JSONEncoder().encode(specification)
        #expect(try JSONDecoder().decode(EEGFrontEndSpecification.self, from: data) == specification)
        #expect(specification.problem == nil && specification.outputs == 91 && specification.window == 32)
        #expect(EEGFrontEndSpecification.krishna(channels: 1, rate: 128).highest_Hz == 0.45 * 128)
        var changes: [EEGFrontEndSpecification] = []
        for change: (inout EEGFrontEndSpecification) -> Void in [
            { $0.version = 2 }, { $0.rate = .nan }, { $0.channels = 0 }, { $0.highest_Hz = 128 }, { $0.lowest_Hz = 0 },
            { $0.auxiliary = [8] }, { $0.reference = .channels([7]) }, { $0.window = 33 }, { $0.components = 300 },
            { $0.limits.step_uV = -1 }, { $0.slopes = 3 }, { $0.lineMultiples = 0 }, { $0.line_Hz = .infinity },
            { $0.degree = 0 },
        ] {
            var bad = specification
            change(&bad)
            changes.append(bad)
        }
        #expect(changes.allSatisfy { $0.problem != nil })
    }

    @Test func `slopes of a ramp are its steepness, of a parabola its bend, and start without a jump`() {
        var slopes = Slopes(features: 2, order: 2)
        var frame = [Double](repeating: 0, count: 6)
        for t in 0..<20 {
            (frame[0], frame[1]) = (3 * Double(t) + 7, Double(t * t))
            frame.withUnsafeMutableBufferPointer { slopes.set($0) }
            if t == 0 { #expect(frame[2...] == [0, 0, 0, 0]) }
        }
        // Two frames back the parabola rises by 2 · 17.
        #expect(zip(frame[2...], [3, 34, 0, 2]).allSatisfy { abs($0 - $1) < 1e-9 })
    }
}

struct EEGProjectionTests {
    private let specification: EEGFrontEndSpecification = {
        var specification = EEGFrontEndSpecification.krishna(channels: 2, rate: 250)
        (specification.components, specification.landmarks) = (4, 40)
        return specification
    }()

    /// Raw features of noise, the second channel masked now and then.
    private func rows(_ frames: Int, seed: UInt64) -> [Float] {
        var random = SplitMix64(seed: seed)
        var rows: [Float] = []
        for frame in 0..<frames {
            for k in 0..<10 { rows.append(Float(k + 1) * (3 + Float(random.normal()))) }
            rows += [0, frame % 9 == 0 ? 1 : 0]
        }
        return rows
    }

    private func projected(_ projection: inout EEGProjection, _ rows: [Float]) -> [[Float]] {
        stride(from: 0, to: rows.count, by: 12).map { start in
            var frame = [Float](repeating: 0, count: specification.outputs)
            rows[start..<start + 12].withUnsafeBufferPointer { raw in
                frame.withUnsafeMutableBufferPointer { projection.set(raw, into: $0) }
            }
            return frame
        }
    }

    @Test(arguments: [30, 400]) func `components of training data have no mean, and the mask tells its share`(frames: Int)
        throws
    {
        let rows = rows(frames, seed: 3)
        let fit = try EEGFrontEndFit(specification, rows: rows)
        #expect(fit.kernel?.count == min(frames, 40))
        var projection = EEGProjection(specification, fit)
        let out = projected(&projection, rows)
        #expect(out.allSatisfy { $0.count == 13 && $0.allSatisfy(\.isFinite) })
        #expect(out.enumerated().allSatisfy { $1[12] == ($0 % 9 == 0 ? 0.5 : 0) })
        for k in 0..<4 {
            let values = out.map { Double($0[k]) }
            let mean = values.reduce(0, +) / Double(frames)
            let size = values.reduce(0) { $0 + abs($1) } / Double(frames)
            #expect(abs(mean) < 1e-3 * size)
        }
    }

    @Test func `what is masked does not matter, an absent frame is all mask, and a copy is a branch`() throws {
        let rows = rows(100, seed: 4)
        var projection = EEGProjection(specification, try EEGFrontEndFit(specification, rows: rows))
        var (a, b) = (Array(rows[..<12]), Array(rows[..<12]))
        for k in 5..<10 { (a[k], b[k]) = (.infinity, -3) }
        (a[11], b[11]) = (1, 1)
        var branch = projection
        #expect(projected(&projection, a) == projected(&branch, b))
        var frame = [Float](repeating: 0, count: 13)
        frame.withUnsafeMutableBufferPointer { projection.set(nil, into: $0) }
        #expect(frame[12] == 1 && frame.allSatisfy(\.isFinite))
        #expect(projected(&projection, a) != projected(&branch, a))
    }

    @Test func `EEG that is all masked cannot be learnt from`() {
        var rows = rows(50, seed: 5)
        for frame in 0..<50 { (rows[frame * 12 + 10], rows[frame * 12 + 11]) = (1, 1) }
        #expect(throws: EEGFrontEndFit.FitError.self) { try EEGFrontEndFit(specification, rows: rows) }
        #expect(throws: EEGFrontEndFit.FitError.self) { try EEGFrontEndFit(specification, rows: []) }
    }
}
