import AudioFiles
public import SignalFeatures
public import Signals

/// Words that are spoken one after the other, and where each is: the truth of a run whose microphone is simulated.
public struct SpokenStrip: Sendable, Equatable {
    /// A word and its place.
    public struct Word: Sendable, Equatable {
        public var text: String
        /// Samples from the first of the word's recording to behind its last loud one (as ``SpokenWord`` has it).
        public var samples: Range<Int>

        public init(text: String, samples: Range<Int>) {
            self.text = text
            self.samples = samples
        }
    }

    /// The whole strip, relative to full scale.
    public var samples: [Float]
    /// Samples per second.
    public var rate: Int
    /// In their order.
    public var words: [Word]

    public init(samples: [Float], rate: Int, words: [Word]) {
        self.samples = samples
        self.rate = rate
        self.words = words
    }

    /// Length.
    public var seconds: Double { Double(samples.count) / Double(rate) }

    /// A word is found where it is at least so alike (``SoundSearch``).
    private static let likeness = 0.7
    /// The end of a word by which it is known, in seconds.
    private static let known = 0.25
    /// Seconds in which the first word is looked for, and by which the others may be elsewhere than the ones before them say.
    private static let longestStart = 3.0
    private static let longestShift = 0.05

    /// When each word was heard, by its sound: the player and the sound server between it and the microphone have delays that nobody
    /// knows. Words that are not found are left out: of a stretch that was lost on its way there is no time.
    /// - Parameters:
    ///   - sound: what the microphone delivered, stamped.
    ///   - played: when the player was started.
    public func times(in sound: HeardSound, rate heardRate: Int, playedFrom played: HostTime) -> [SpokenTime] {
        guard let strip = try? AudioFile(samples: samples, rate: rate).resampled(to: heardRate) else { return [] }
        let ratio = Double(heardRate) / Double(rate)
        var found: [SpokenTime] = []
        /// When the strip's first sample was heard, by the word before; in time and not in samples, because sound may have holes.
        var origin: HostTime?
        for word in words {
            let end = Int((Double(word.samples.upperBound) * ratio).rounded())
            let begin = Int(Double(word.samples.lowerBound) * ratio)
            let start = max(begin, end - Int(Self.known * Double(heardRate)))
            guard start < end, end <= strip.samples.count, let search = SoundSearch(strip.samples[start..<end]) else {
                continue
            }
            let lead = Double(start) / Double(heardRate)
            func look(_ time: HostTime, before: Double, after: Double) -> SoundSearch.Match? {
                let low = sound.place(at: time + -before)
                let high = max(low, sound.place(at: time + after)) + 1
                return search.best(in: sound.samples, places: low..<high, atLeast: Self.likeness)
            }
            var match = origin.flatMap { look($0 + lead, before: Self.longestShift, after: Self.longestShift) }
            if match == nil {
                match = look((origin ?? played) + lead, before: origin == nil ? 0 : Self.known, after: Self.longestStart)
            }
            guard let match, let time = sound.time(at: match.place) else { continue }
            origin = time + -lead
            guard let first = sound.time(at: match.place + Double(begin - start)),
                let last = sound.time(at: match.place + Double(end - start))
            else { continue }
            found.append(SpokenTime(text: word.text, begin: first, end: last))
        }
        return found
    }
}

/// A word that was said, on the host's clock.
public struct SpokenTime: Sendable, Equatable {
    public var text: String
    /// Where its recording begins in what was heard.
    public var begin: HostTime
    /// After its last loud sample.
    public var end: HostTime

    public init(text: String, begin: HostTime, end: HostTime) {
        self.text = text
        self.begin = begin
        self.end = end
    }
}
