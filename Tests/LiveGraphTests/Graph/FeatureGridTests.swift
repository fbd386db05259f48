import LiveGraph
import SignalFeatures
import Signals
import Testing

/// One EEG channel at 250 Hz beside audio frames whose times the test sets.
@Suite struct FeatureGridTests {
    private struct Given: Equatable {
        var number: UInt64
        var hasEEG: Bool
    }

    private static func time(_ seconds: Double) -> HostTime { HostTime(seconds: 100 + seconds) }

    private func audio(_ grid: inout FeatureGrid, _ number: UInt64, eeg counter: Double?, at seconds: Double) {
        let features = [Float](repeating: Float(number), count: MelFrontEnd.features)
        features.withUnsafeBufferPointer {
            grid.takeAudio(number: number, features: $0, eegCounter: counter, at: Self.time(seconds))
        }
    }

    private func eeg(_ grid: inout FeatureGrid, _ counters: Range<UInt64>) {
        let item = SampleRingItem(
            stream: 0, channels: 1, frames: counters.count, firstCounter: counters.lowerBound, missingBefore: 0,
            hostTime: Self.time(0))
        counters.map { Float($0 % 7) * 1e-6 }.withUnsafeBufferPointer { grid.takeEEG(item, $0) }
    }

    private func drain(_ grid: inout FeatureGrid, at seconds: Double) -> [Given] {
        var given: [Given] = []
        grid.drain(now: Self.time(seconds)) { frame, audio, eeg in
            #expect(audio.count == MelFrontEnd.features && audio.allSatisfy { $0 == Float(frame.number) })
            #expect(eeg.map { $0.count == EEGFrontEnd.featuresPerChannel } ?? true)
            given.append(Given(number: frame.number, hasEEG: eeg != nil))
        }
        return given
    }

    @Test func `without EEG no frame waits`() {
        var grid = FeatureGrid(eegChannels: 0, eegRate: 250)
        for number in UInt64(5)..<8 { audio(&grid, number, eeg: nil, at: 0) }
        #expect(drain(&grid, at: 0) == (5..<8).map { Given(number: $0, hasEEG: false) })
    }

    @Test func `a frame waits for its EEG sample, and those behind it wait with it`() {
        var grid = FeatureGrid(eegChannels: 1, eegRate: 250)
        eeg(&grid, 0..<60)
        audio(&grid, 1, eeg: 50, at: 0)
        audio(&grid, 2, eeg: 60, at: 0.01)
        audio(&grid, 3, eeg: 40, at: 0.02)
        #expect(drain(&grid, at: 0.02) == [Given(number: 1, hasEEG: true)])
        eeg(&grid, 60..<61)
        #expect(drain(&grid, at: 0.03) == [Given(number: 2, hasEEG: true), Given(number: 3, hasEEG: true)])
    }

    @Test func `after 100 ms of stamped time a frame goes without its EEG`() {
        var grid = FeatureGrid(eegChannels: 1, eegRate: 250)
        eeg(&grid, 0..<60)
        audio(&grid, 1, eeg: 99, at: 0)
        #expect(drain(&grid, at: 0.0999) == [])
        #expect(drain(&grid, at: 0.1001) == [Given(number: 1, hasEEG: false)])
    }

    @Test func `EEG that is known to come later is waited for as much longer`() {
        var grid = FeatureGrid(eegChannels: 1, eegRate: 250, lag: 0.4)
        eeg(&grid, 0..<60)
        audio(&grid, 1, eeg: 99, at: 0)
        #expect(drain(&grid, at: 0.4999) == [])
        eeg(&grid, 60..<100)
        audio(&grid, 2, eeg: 199, at: 0.01)
        #expect(drain(&grid, at: 0.5) == [Given(number: 1, hasEEG: true)])
        #expect(drain(&grid, at: 0.5101) == [Given(number: 2, hasEEG: false)])
    }

    @Test func `a headset that is away is not waited for, until it sends again`() {
        var grid = FeatureGrid(eegChannels: 1, eegRate: 250)
        audio(&grid, 1, eeg: 10, at: 0)
        #expect(drain(&grid, at: 0) == [Given(number: 1, hasEEG: false)])
        eeg(&grid, 0..<60)
        audio(&grid, 2, eeg: 70, at: 0)
        #expect(drain(&grid, at: 0) == [])
        grid.headsetStreams(false)
        #expect(drain(&grid, at: 0) == [Given(number: 2, hasEEG: false)])
    }

    @Test(arguments: [-1, 1e300, Double.nan, Double.infinity]) func `a counter that is none is no EEG`(counter: Double) {
        var grid = FeatureGrid(eegChannels: 1, eegRate: 250)
        eeg(&grid, 0..<60)
        audio(&grid, 1, eeg: counter, at: 0)
        #expect(drain(&grid, at: 0) == [Given(number: 1, hasEEG: false)])
    }

    @Test func `frames that wait have the same EEG features from a block of many seconds as from its samples one by one`() {
        func features(_ blocks: [Range<UInt64>]) -> [[Float]] {
            let specification = EEGFrontEndSpecification.krishna(channels: 1, rate: 250)
            var grid = FeatureGrid(audioFeatures: 1, eegFront: EEGWindowFrontEnd(specification), lag: 1)
            eeg(&grid, 0..<1)
            for number in UInt64(0)..<100 {
                [Float(number)].withUnsafeBufferPointer {
                    grid.takeAudio(number: number, features: $0, eegCounter: 2.5 * Double(number) + 300, at: Self.time(0))
                }
            }
            var found: [[Float]] = []
            for block in blocks {
                eeg(&grid, block)
                grid.drain(now: Self.time(0)) { found.append(($2.map { Array($0) } ?? []) + Array($1)) }
            }
            return found
        }
        let single = features((1..<2000).map { $0..<$0 + 1 })
        #expect(single.count == 100 && single.allSatisfy { $0.count == 7 })
        #expect(features([1..<2000]) == single)
    }

    @Test func `no more frames wait than the grid holds`() {
        var grid = FeatureGrid(eegChannels: 1, eegRate: 250)
        eeg(&grid, 0..<60)
        var given: [Given] = []
        for number in UInt64(0)..<1000 {
            audio(&grid, number, eeg: 5000, at: 0)
            given += drain(&grid, at: 0)
        }
        // Half of the slots may wait; what is given keeps its own features, which the drain above checks.
        #expect(given.map(\.number) == (0..<UInt64(given.count)).map { $0 })
        #expect(given.count < 1000 && 1000 - given.count <= FeatureGrid.usualCapacity / 2)
    }
}
