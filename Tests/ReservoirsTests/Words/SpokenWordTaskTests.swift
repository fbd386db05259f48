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

    @Test(arguments: WordFeatures.Normalisation.allCases)
    func `sounds of the test split change nothing that is learned or chosen`(normalisation: WordFeatures.Normalisation) throws {
        let words = WordSounds.words(speakers)
        var changed = words
        for index in words.indices where words[index].part == .test && words[index].speaker != "a" {
            changed[index].samples = words[index].samples.reversed().map { 0.5 * $0 * $0 }
        }
        let features = WordFeatures(forms: [.init(), .init(warp: 1.1)], normalisation: normalisation)
        let own = try #require(try task(words, features: features).evaluate(film()) { _ in true })
        let other = try #require(try task(changed, features: features).evaluate(film()) { _ in true })
        #expect(own.lambda == other.lambda && own.validation == other.validation)
        #expect(own.speakers["a"] == other.speakers["a"] && own != other)
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
}
