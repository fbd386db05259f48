import Foundation
import SignalFeatures
import Signals
import Testing

/// The signal of the reference script.
func referenceWave(_ count: Int, from begin: Int = 0) -> [Double] {
    (begin..<begin + count).map { i in
        let (slow, fast) = (40 * sin(0.11 * Double(i)), 25 * sin(1.7 * Double(i) + 0.5))
        let saw = Double(i * 7919 % 1000) / 1000 - 0.5
        return slow + fast + 10 * saw
    }
}

struct EEGFilterTests {
    /// One channel of a bank of several that all hear the same, in pieces.
    private func filtered(_ sections: [FilterSection], _ signal: [Double], channels: Int = 1, pieces: [Int] = []) -> [[Double]]
    {
        var bank = FilterBank(sections, channels: channels)
        var rows = signal.flatMap { [Double](repeating: $0, count: bank.width) }
        rows.withUnsafeMutableBufferPointer { rows in
            var start = 0
            var turn = 0
            while start < signal.count {
                let count = pieces.isEmpty ? signal.count : min(pieces[turn % pieces.count], signal.count - start)
                bank.process(UnsafeMutableBufferPointer(rebasing: rows[start * bank.width..<(start + count) * bank.width]))
                (start, turn) = (start + count, turn + 1)
            }
        }
        return (0..<channels).map { channel in signal.indices.map { rows[$0 * bank.width + channel] } }
    }

    @Test(arguments: EEGValues.filters.indices)
    func `the band-pass and the notches are SciPy's`(place: Int) {
        let (rate, band, notched) = EEGValues.filters[place]
        let sections = FilterSection.bandPass(0.1...min(70, 0.45 * rate), rate: rate)
        let own = filtered(sections, referenceWave(4000))[0]
        for (place, value) in zip(EEGValues.places, band) { #expect(abs(own[place] - value) < 1e-9) }
        let notches = FilterSection.notches(line: 50, multiples: 3, quality: 30, rate: rate)
        let both = filtered(sections + notches, referenceWave(4000))[0]
        for (place, value) in zip(EEGValues.places, notched) { #expect(abs(both[place] - value) < 1e-9) }
    }

    @Test func `a step at 16 kHz keeps nine digits`() {
        let own = filtered(FilterSection.bandPass(0.1...70, rate: 16_000), [Double](repeating: 1, count: 80_000))[0]
        for (place, value) in zip(EEGValues.stepPlaces, EEGValues.step) { #expect(abs(own[place] - value) < 1e-9) }
    }

    @Test func `how a signal is cut, and how many channels stand beside it, changes no bit`() {
        let sections = FilterSection.bandPass(0.1...70, rate: 250) + [FilterSection.notch(50, quality: 30, rate: 250)]
        let whole = filtered(sections, referenceWave(1000))[0]
        for (channels, pieces) in [(1, [1]), (3, [7, 1, 64]), (9, [10]), (32, [333])] {
            for channel in filtered(sections, referenceWave(1000), channels: channels, pieces: pieces) {
                #expect(channel == whole)
            }
        }
    }

    @Test func `nothing of a constant passes in the end`() {
        let own = filtered(FilterSection.bandPass(0.1...70, rate: 250), [Double](repeating: 1e5, count: 250 * 120))[0]
        #expect(abs(own[own.count - 1]) < 1e-4)
    }
}
