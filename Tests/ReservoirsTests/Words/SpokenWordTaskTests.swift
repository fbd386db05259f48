import LinearAlgebra
import MagneticFilm
import Reservoirs
import Testing

/// The task of spoken words, on words of gliding tones.
struct SpokenWordTaskTests {
    private let speakers = ["a": 0.9, "b": 1.0, "c": 1.12]

    private func task(
        _ words: [SpokenWord], features: WordFeatures = WordFeatures(forms: [.init(), .init(warp: 1.1), .init(pace: 0.9)]),
        isExact: Bool = false
    ) throws -> SpokenWordTask {
        var settings = SpokenWordTask.Settings()
        (settings.features, settings.isExact) = (features, isExact)
        return try SpokenWordTask(words: words, labels: WordSounds.labels, rate: WordSounds.rate, settings: settings)
    }

    private func film(threads: Int = 1) throws -> WordListener {
        let family = try FilmFamily(cells: 9, material: .nickel)
        return try WordListener(
            (0..<threads).map { _ in try family.reservoir(damping: 0.4) },
            mask: InputMask(inputs: 13, cells: 9, fields_T: [0.02], density: 0.6, seed: 1), inputs: 13,
            features: StateFeatures(hasInputs: false), parts: 3)
    }

    @Test(arguments: [false, true])
    func `a film names words that glide in other directions, by sums and by the triangular factor`(isExact: Bool) throws {
        let task = try task(WordSounds.words(speakers), isExact: isExact)
        let answers = try #require(try task.evaluate(try film()) { _ in true })
        #expect(answers.all.words == 18 && answers.testSplit == answers.all && answers.validation?.words == 9)
        #expect(answers.all.errors <= 1)
        #expect(answers.confusions.flatMap { $0 }.reduce(0, +) == 18)
        #expect(answers.speakers.mapValues(\.words) == ["a": 6, "b": 6, "c": 6])
        // 3 components of 9 cells in 3 parts.
        #expect(answers.features == 81)
    }

    @Test func `what is chosen does not depend on the test, and threads change nothing`() throws {
        let words = WordSounds.words(speakers)
        var other = words
        for index in other.indices where other[index].part == .test {
            other[index].samples = other[index].samples.map { -0.3 * $0 + 0.01 }
            other[index].label = (other[index].label + 1) % 3
        }
        let first = try #require(try task(words).evaluate(try film()) { _ in true })
        let second = try #require(try task(other).evaluate(try film(threads: 3)) { _ in true })
        #expect(first.lambda == second.lambda && first.validation == second.validation)
        #expect(first.all.errors < second.all.errors)
        let again = try #require(try task(words).evaluate(try film(threads: 2)) { _ in true })
        #expect(again == first)
    }

    @Test func `nothing is learned from a speaker who is left out`() throws {
        let words = WordSounds.words(speakers)
        var mislabelled = words
        for index in mislabelled.indices where mislabelled[index].speaker == "b" {
            mislabelled[index].label = (mislabelled[index].label + 1) % 3
        }
        let right = try #require(try task(words).leaveOut(["b"], try film()) { _ in true })
        let wrong = try #require(try task(mislabelled).leaveOut(["b"], try film()) { _ in true })
        #expect(right[0].all.words == 24 && right[0].testSplit.words == 6)
        #expect(right[0].lambda == wrong[0].lambda && right[0].validation == wrong[0].validation)
        // The same answers, so those that were right are wrong.
        #expect(wrong[0].all.errors >= 24 - right[0].all.errors && right[0].all.errors < 8)
        // Each in turn gives the same as one alone.
        let each = try #require(try task(words).leaveOut(["a", "b", "c"], try film()) { _ in true })
        #expect(each[1] == right[0])
    }

    @Test func `loudness and silence around a word change nothing that is heard`() throws {
        let words = WordSounds.words(["a": 1])
        var changed = words
        for index in changed.indices {
            changed[index].samples =
                [Float](repeating: 0, count: 1600) + words[index].samples.map { 0.1 * $0 } + [Float](repeating: 0, count: 3200)
        }
        let listener = WordListener(inputs: 13, parts: 3)
        let (a, b) = (
            try #require(try task(words).evaluate(listener) { _ in true }),
            try #require(try task(changed).evaluate(listener) { _ in true })
        )
        #expect(a.confusions == b.confusions)
    }

    @Test func `a speaker of another place of means is understood when measured by own sounds`() throws {
        // The third hears through a duller microphone: a running mean over three samples.
        var words = WordSounds.words(speakers)
        for index in words.indices where words[index].speaker == "c" {
            let sound = words[index].samples
            words[index].samples = sound.indices.map { (sound[$0] + sound[max(0, $0 - 1)] + sound[max(0, $0 - 2)]) / 3 }
        }
        func errors(_ normalisation: WordFeatures.Normalisation) throws -> Int {
            let features = WordFeatures(forms: [.init(), .init(warp: 1.1), .init(warp: 0.9)], normalisation: normalisation)
            let answers = try task(words, features: features).leaveOut(["c"], WordListener(inputs: 13, parts: 3)) { _ in true }
            return try #require(answers)[0].all.errors
        }
        #expect(try errors(.speaker) <= errors(.training))
    }

    @Test func `a stop ends it, and what cannot be is a typed error`() throws {
        let words = WordSounds.words(speakers)
        #expect(try task(words).evaluate(film()) { _ in false } == nil)
        #expect(try task(words).leaveOut(["a"], film()) { _ in false } == nil)
        #expect(throws: TaskFailure.self) { try task(words).leaveOut(["nobody"], film()) { _ in true } }
        #expect(throws: TaskFailure.self) {
            try task(words.filter { $0.speaker == "a" }).leaveOut(["a"], film()) { _ in true }
        }
        #expect(throws: TaskFailure.self) {
            try task(words.filter { $0.speaker == "a" || $0.part == .test }).leaveOut(["a"], film()) { _ in true }
        }
        for part in [SpokenWord.Part.training, .test] {
            #expect(throws: TaskFailure.self) {
                try task(words.filter { $0.part != part }).evaluate(film()) { _ in true }
            }
        }
        var empty = words
        empty[3].samples = []
        #expect(throws: TaskFailure.self) { try task(empty) }
        #expect(throws: TaskFailure.self) {
            try WordListener(
                [FilmFamily(cells: 9, material: .nickel).reservoir(damping: 0.4)], mask: nil, inputs: 13,
                features: StateFeatures(), parts: 3)
        }
    }

    @Test func `a sound shorter than one window is one frame`() throws {
        var words = WordSounds.words(speakers)
        words[0].samples = [0.1]
        words[1].samples = [0, 0, 0]
        #expect(try task(words).evaluate(film()) { _ in true }?.all.words == 18)
    }

    /// R. G. Newcombe, Stat. Med. 17 (1998) 857, table I, method 3.
    @Test(arguments: [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718)])
    func `intervals are those that Newcombe prints`(count: Int, total: Int, low: Double, high: Double) {
        let found = ShareInterval(count, of: total)
        #expect(abs(found.low - low) < 6e-5 && abs(found.high - high) < 6e-5)
        let other = ShareInterval(total - count, of: total)
        #expect(abs(other.low + found.high - 1) < 1e-12)
    }
}
