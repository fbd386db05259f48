import Glibc
import NeuralNetworks
import SignalFeatures
import Signals

/// Makes training strings of a corpus' utterances: joins single words with silence between them, changes how they sound, and says in
/// which frames each label may stand.
///
/// A causal network under plain CTC learns to name a word at its first sound; so the label of a single word is allowed only within a
/// window after the word's end. Longer texts have windows where an alignment says where their units end.
struct TrainingStrings {
    let rate: Int
    let spoken: [SpokenText]
    /// Of each utterance.
    let labels: [[Int]]
    /// EEG features at 100 Hz that have nothing to do with the words, shape `[frames, eegFeatures]`; empty without EEG.
    let eeg: [Float]
    let eegFeatures: Int
    /// Features of sound per frame; 0 where EEG alone is read.
    let audioFeatures: Int
    /// Of each utterance where EEG alone is read, shape `[frames, eegFeatures]`.
    let spokenEEG: [[Float]]
    /// What stands for a frame without EEG.
    let absentEEG: [Float]
    /// Frames by which sound waits for the EEG that answers it.
    let soundDelay: Int
    /// Whether runs of frames lose their EEG.
    let losesFrames: Bool
    let recipe: TrainingRecipe
    /// Of the network: input frames per output frame, and input frames of look-ahead.
    let stride: Int
    let lookAhead: Int
    /// Whether utterances are single words, which are joined.
    let joins: Bool
    /// Whether it is known where each label's sound ends: of single words.
    let knowsEnds: Bool
    /// What sounds in frames whose time is known, sorted; class 0 is none of them. Empty without a framewise loss.
    let classes: [String]
    private let classNumbers: [String: Int]
    /// Mean power of the speech.
    private let power: Float

    init(
        rate: Int, spoken: [SpokenText], labels: [[Int]], eeg: [Float], eegFeatures: Int, projection: EEGProjection? = nil,
        hearsSound: Bool = true, losesFrames: Bool = false, recipe: TrainingRecipe, stride: Int, lookAhead: Int
    ) {
        audioFeatures = hearsSound ? recipe.frontEnd.features : 0
        soundDelay = hearsSound ? projection?.specification.delay ?? 0 : 0
        spokenEEG = projection.map { projection in spoken.map { projection.rows($0.eeg ?? []) } } ?? []
        absentEEG = projection.map { projection in projection.rows(projection.absentRow) } ?? []
        self.losesFrames = losesFrames
        (self.rate, self.spoken, self.labels, self.eeg, self.eegFeatures) = (rate, spoken, labels, eeg, eegFeatures)
        (self.recipe, self.stride, self.lookAhead) = (recipe, stride, lookAhead)
        knowsEnds = hearsSound && labels.allSatisfy { $0.count == 1 }
        joins = projection == nil && knowsEnds
        classes = recipe.framewise > 0 ? Set(spoken.flatMap { $0.knownMarks ?? [] }.map(\.text)).sorted() : []
        classNumbers = Dictionary(uniqueKeysWithValues: zip(classes, 1...))
        power = spoken.reduce(0) { $0 + $1.power } / Float(max(1, spoken.count))
    }

    /// One string, not standardised.
    struct Sample {
        var features: [Float]
        var frames: Int
        var target: [Int]
        var windows: [ClosedRange<Int>]?
        /// Of each output frame, for the framewise loss; empty without one.
        var classes: [Int] = []
        /// Frames at the beginning for which there is no sound yet.
        var silentFrames = 0
        /// False when the string has no EEG: then its place is filled with the mean after standardisation.
        var hasEEG: Bool
        /// Bands that are masked.
        var masks: [Range<Int>] = []
    }

    /// All utterances once, in a random order, in strings of as many as the recipe says.
    func groups(_ random: inout SplitMix64) -> [[Int]] {
        var order = recipe.balancesSessions ? balanced(&random) : Array(spoken.indices)
        order.shuffle(using: &random)
        guard joins else { return order.map { [$0] } }
        let parts: [[Int]]
        if recipe.keepsSpeakers {
            let bySpeaker = Dictionary(grouping: order) { spoken[$0].speaker }
            parts = bySpeaker.keys.sorted().map { bySpeaker[$0] ?? [] }
        } else {
            parts = [order]
        }
        var groups: [[Int]] = []
        let words = recipe.wordsPerString
        for part in parts {
            var start = 0
            while start < part.count {
                let count = min(part.count - start, words.lowerBound + random.integer(below: words.count))
                groups.append(Array(part[start..<start + count]))
                start += count
            }
        }
        return groups
    }

    /// Samples or frames of a group: strings of like length go together.
    func length(of group: [Int]) -> Int {
        group.reduce(0) { $0 + (spokenEEG.isEmpty ? spoken[$1].samples.count : spokenEEG[$1].count) }
    }

    func make(_ group: [Int], seed: UInt64) -> Sample {
        var random = SplitMix64(seed: seed)
        if !spokenEEG.isEmpty, audioFeatures == 0 { return evoked(group[0], &random) }
        var draw = recipe.perturbation?.draw(bands: recipe.frontEnd.output == .bands ? recipe.frontEnd.bands : 0, &random)
        // EEG goes on at its own pace.
        if !spokenEEG.isEmpty { draw?.speed = 1 }
        let speed = draw?.speed ?? 1
        var (signal, begins) = join(group, speed: speed, &random)
        if let draw {
            disturb(&signal, draw, speakers: Set(group.map { spoken[$0].speaker }), &random)
        } else {
            // Some rooms are quiet, some are not.
            let noise = random.integer(below: 2) == 0 ? 0 : Float(exp2(-14 + 4 * random.uniform()))
            var normal = NormalNumbers(seed: random.next())
            if noise > 0 { for i in signal.indices { signal[i] += noise * normal.next() } }
        }
        var options = recipe.frontEnd
        options.warp = draw?.warp ?? 1
        let audio = MelFrontEnd.features(of: signal, rate: rate, options: options)
        let frames = audio.energies.count
        let target = group.flatMap { labels[$0] }
        let windows = unitEnds(group, begins, speed: speed).flatMap {
            self.windows(afterSamples: $0, target: target, frames: frames)
        }
        let (features, hasEEG) =
            spokenEEG.isEmpty
            ? addEEG(to: audio.features, frames: frames, &random)
            : (beside(audio.features, frames: frames, group[0], &random), true)
        return Sample(
            features: features, frames: frames, target: target, windows: windows,
            classes: classes.isEmpty ? [] : frameClasses(group, begins, speed: speed, frames: frames), silentFrames: soundDelay,
            hasEEG: hasEEG,
            masks: draw?.masks ?? [])
    }

    /// - Returns: the signal, and the sample at which each utterance begins.
    private func join(_ group: [Int], speed: Double, _ random: inout SplitMix64) -> (signal: [Float], begins: [Int]) {
        var signal: [Float] = []
        var begins: [Int] = []
        let pause = { [recipe, rate] (random: inout SplitMix64) in
            let range = recipe.pause_s
            return Int((range.lowerBound + (range.upperBound - range.lowerBound) * random.uniform()) * Double(rate))
        }
        if !spokenEEG.isEmpty {
            // As the utterance is heard in a test: its EEG was cut with it.
            let silence = [Float](repeating: 0, count: Int(SpokenText.padding * Double(rate)))
            let gain = Float(exp2(random.uniform() * 2 - 1))
            signal = silence + spoken[group[0]].samples.map { $0 * gain } + silence
            signal += [Float](repeating: 0, count: soundDelay * (rate / 100))
            return (signal, [silence.count])
        }
        signal += [Float](repeating: 0, count: pause(&random))
        for index in group {
            let word = spoken[index]
            let gain = Float(exp2(random.uniform() * 2 - 1))
            begins.append(signal.count)
            signal += Perturbation.faster(word.samples[...], speed: speed).map { $0 * gain }
            signal += [Float](repeating: 0, count: pause(&random))
        }
        // The last label needs its frames.
        signal += [Float](repeating: 0, count: recipe.preset == .words ? 0 : rate * (recipe.labelWindow * stride + 8) / 100)
        return (signal, begins)
    }

    /// The sample after each label of a string; nil where that is not known of all of them, and for a teacher, which finds it itself.
    private func unitEnds(_ group: [Int], _ begins: [Int], speed: Double) -> [Int]? {
        guard recipe.preset != .teacher else { return nil }
        var ends: [Int] = []
        for (index, begin) in zip(group, begins) {
            guard let own = spoken[index].unitEnds ?? (knowsEnds ? [spoken[index].end] : nil), own.count == labels[index].count
            else { return nil }
            ends += own.map { begin + Int(Double($0) / speed) + soundDelay * (rate / 100) }
        }
        return ends
    }

    /// The windows of labels one after the other, wide enough that each can be reached from the one before; nil when the sound ends too
    /// soon for that.
    func windows(afterSamples ends: [Int], target: [Int], frames: Int) -> [ClosedRange<Int>]? {
        var earliest = -1
        let windows = ends.indices.map { place in
            let own = window(afterSample: ends[place], frames: frames)
            guard !knowsEnds else { return own }
            let isRepeated = place > 0 && target[place] == target[place - 1]
            earliest = max(earliest + (isRepeated ? 2 : 1), own.lowerBound)
            return own.lowerBound...max(earliest, own.upperBound)
        }
        return earliest < (frames + stride - 1) / stride ? windows : nil
    }

    /// What sounds in each output frame: 40 ms before the frame, so that a causal network has heard it.
    private func frameClasses(_ group: [Int], _ begins: [Int], speed: Double, frames: Int) -> [Int] {
        let step = stride * rate / 100
        let delay = rate * 40 / 1000 + soundDelay * (rate / 100)
        let count = (frames + stride - 1) / stride
        let marks = group.map { spoken[$0].knownMarks }
        var classes = [Int](repeating: marks.contains { $0 == nil } ? -1 : 0, count: count)
        for (own, begin) in zip(marks, begins) {
            for mark in own ?? [] {
                let number = classNumbers[mark.text] ?? -1
                let first = (begin + Int(Double(mark.samples.lowerBound) / speed) + delay + step - 1) / step
                let end = (begin + Int(Double(mark.samples.upperBound) / speed) + delay + step - 1) / step
                for t in min(first, count)..<min(max(first, end), count) { classes[t] = number }
            }
        }
        return classes
    }

    private func disturb(
        _ signal: inout [Float], _ draw: Perturbation.Draw, speakers: Set<String>, _ random: inout SplitMix64
    ) {
        if draw.noise > 0 {
            let noise =
                draw.kind == .babble
                ? babble(signal.count, without: speakers, &random)
                : Perturbation.noise(draw.kind, count: signal.count, &random)
            let scale = draw.noise * power.squareRoot()
            for i in signal.indices { signal[i] += scale * noise[i] }
        } else {
            var normal = NormalNumbers(seed: random.next())
            for i in signal.indices { signal[i] += 1e-4 * normal.next() }
        }
        var last: Float = 0
        for i in signal.indices {
            let own = signal[i]
            signal[i] = draw.gain * (own + draw.tilt * last)
            last = own
        }
    }

    /// Three to six voices at once, of power 1; those of other speakers where there are any.
    private func babble(_ count: Int, without speakers: Set<String>, _ random: inout SplitMix64) -> [Float] {
        var sum = [Float](repeating: 0, count: count)
        let voices = recipe.perturbation?.voices ?? 3...6
        for _ in 0..<voices.lowerBound + random.integer(below: voices.count) {
            var place = -random.integer(below: max(1, rate / 2))
            while place < count {
                var voice = spoken[random.integer(below: spoken.count)]
                for _ in 0..<8 where speakers.contains(voice.speaker) { voice = spoken[random.integer(below: spoken.count)] }
                for (i, value) in voice.samples.enumerated() where place + i >= 0 && place + i < count {
                    sum[place + i] += value
                }
                place += max(1, voice.samples.count)
            }
        }
        let power = sum.reduce(Float(0)) { $0 + $1 * $1 } / Float(max(1, count))
        let scale = power > 0 ? 1 / power.squareRoot() : 0
        return sum.map { $0 * scale }
    }

    /// The frames of the network's output in which the label of a word may stand: from the first one for which the word's last sample
    /// has been heard.
    func window(afterSample end: Int, frames: Int) -> ClosedRange<Int> {
        let (window, hop) = (rate * 25 / 1000, rate / 100)
        let last = (frames + stride - 1) / stride - 1
        let heard = max(0, (end - window + hop - 1) / hop)
        let first = min(last, max(0, (heard - lookAhead + stride - 1) / stride))
        return first...min(last, first + recipe.labelWindow)
    }
}
