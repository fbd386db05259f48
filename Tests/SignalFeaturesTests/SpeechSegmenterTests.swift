import SignalFeatures
import Testing

struct SpeechSegmenterTests {
    /// Events with the frames at which they came out.
    private func events(_ energies: [Float]) -> [(at: Int, event: SpeechSegmenter.Event)] {
        var segmenter = SpeechSegmenter()
        return energies.enumerated().compactMap { frame, energy in
            segmenter.next(energy: energy).map { (frame, $0) }
        }
    }

    @Test func `a loud stretch between silences is found with its first and last frame`() {
        let silence = [Float](repeating: 1e-7, count: 60)
        let found = events(silence + [Float](repeating: 1e-2, count: 30) + silence)
        #expect(found.map(\.event) == [.began(60), .ended(89)])
        // Three frames to begin, 20 quiet ones to end.
        #expect(found.map(\.at) == [62, 109])
    }

    @Test func `a closure within a word does not end it, a click does not begin one`() {
        let silence = [Float](repeating: 1e-7, count: 60)
        let loud = [Float](repeating: 1e-2, count: 12)
        let word = events(silence + loud + [Float](repeating: 1e-7, count: 15) + loud + silence)
        #expect(word.map(\.event) == [.began(60), .ended(98)])
        #expect(events(silence + [1e-2, 1e-2] + silence).isEmpty)
    }
}
