import LinearAlgebra

/// Which word was said: each word drives a reservoir from rest, its states are averaged over equal parts of its time, and one linear readout
/// has an output for each word; the largest one names it.
///
/// The founding use of it is speech through physical reservoirs; the data of most papers are ten digits.
///
/// - Source: the linear readout of averaged states as in L. Appeltant et al., Nat. Commun. 2 (2011) 468.
public struct SpokenWordTask: Sendable {
    /// As the command line has it.
    public static let name = "spoken-digits"

    public struct Settings: Sendable, Equatable {
        public var features = WordFeatures()
        /// Penalties to choose from, times the number of rows that are learned from.
        public var lambdas = (-12...0).map { (exponent: Int) in (0..<abs(exponent)).reduce(1.0) { value, _ in value / 10 } }
        /// Whether the readout comes from a triangular factor of the states, not from their squares.
        public var isExact = false

        public init() {}
    }

    public let words: [SpokenWord]
    /// The words that there are.
    public let labels: [String]
    /// Samples per second.
    public let rate: Int
    public let settings: Settings
    /// Of each word in each of its forms, see ``WordFeatures/frames(_:rate:form:)``.
    let frames: [[[Float]]]

    /// Measures all words.
    /// - Parameter threads: that measure them; the numbers do not depend on it.
    /// - Throws: ``TaskFailure`` when there are fewer than two labels, or a word without samples.
    public init(
        words: [SpokenWord], labels: [String], rate: Int, settings: Settings = Settings(), threads: Int = 1
    ) throws(TaskFailure) {
        guard labels.count > 1, words.allSatisfy({ labels.indices.contains($0.label) }) else {
            throw TaskFailure(task: Self.name, reason: .words("two different words or more, found \(labels.count)"))
        }
        for part in words where part.samples.isEmpty || !part.samples.allSatisfy(\.isFinite) {
            throw TaskFailure(task: Self.name, reason: .words("sounds of finite samples; “\(labels[part.label])” has none"))
        }
        (self.words, self.labels, self.rate, self.settings) = (words, labels, rate, settings)
        frames = settings.features.frames(words, rate: rate, threads: threads)
    }

    /// Looks whether the delays that a readout sees are ever there.
    /// - Throws: ``TaskFailure`` for a delay that no word is long enough for.
    public func check(_ features: StateFeatures) throws(TaskFailure) {
        let steps = frames.reduce(0) { max($0, $1[0].count) } / settings.features.inputs
        guard let longest = features.delays.max(), longest >= steps else { return }
        throw TaskFailure(task: Self.name, reason: .delay(longest, steps: steps))
    }

    /// Speakers, sorted.
    public var speakers: [String] { Set(words.map(\.speaker)).sorted() }

    /// Learns from training and validation, and is judged on the test, which is read once.
    /// - Parameter progress: the share that is done; returns false to stop.
    /// - Returns: nil when it was stopped.
    public func evaluate(_ listener: WordListener, _ progress: (Double) -> Bool) throws -> WordAnswers? {
        for (part, name) in [(SpokenWord.Part.training, "training"), (.test, "test")]
        where !words.contains(where: { $0.part == part }) {
            throw TaskFailure(task: Self.name, reason: .words("words of the \(name) split; there is none"))
        }
        let sums = WordSums(self, listener) { $0.part == .test ? nil : $0.part == .training ? 0 : 1 }
        guard let heard = try sums.hear(progress) else { return nil }
        let tested = words.indices.filter { words[$0].part == .test }
        let held = words.indices.filter { words[$0].part == .validation }
        guard let training = heard.groups[0] else { preconditionFailure("there are words to train with") }
        let path = try training.path(lambdas: penalties(training))
        guard let validation = heard.groups[1], !held.isEmpty else {
            let choice = try path.chooseByCrossValidation()
            return try answers(tested, heard, choice.readout, lambda: settings.lambdas[choice.index], validation: nil)
        }
        let errors = try path.readouts.map { try heard.mistakes(held, words, $0) }
        let best = errors.indices.min { errors[$0] < errors[$1] } ?? 0
        let all = try ReadoutSums.together([training, validation])
        let readout = try all.path(lambdas: [settings.lambdas[best] * Double(all.samples)]).readouts[0]
        return try answers(
            tested, heard, readout, lambda: settings.lambdas[best],
            validation: .init(words: held.count, errors: errors[best].count))
    }

    /// Each of these speakers is judged by a readout that has learned from the others, by their words outside of the test split. λ is
    /// chosen by leaving out one of those others in turn; with fewer than three speakers to learn from in all, by generalised cross-validation.
    /// - Parameter heldOut: speakers, all of whose words are judged.
    /// - Returns: one for each of them, in their order; nil when it was stopped.
    public func leaveOut(
        _ heldOut: [String], _ listener: WordListener, _ progress: (Double) -> Bool
    ) throws -> [WordAnswers]? {
        let names = speakers
        guard names.count > 1 else {
            throw TaskFailure(task: Self.name, reason: .words("two speakers or more; leaving one out leaves nobody"))
        }
        if let stranger = heldOut.first(where: { !names.contains($0) }) {
            throw TaskFailure(
                task: Self.name, reason: .words("one of the speakers \(names.joined(separator: ", ")); found “\(stranger)”"))
        }
        let places = heldOut.map { names.firstIndex(of: $0) ?? 0 }
        let place = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        let sums = WordSums(self, listener) { $0.part == .test ? nil : place[$0.speaker] }
        // About as long as the fits.
        guard let heard = try sums.hear({ progress($0 / 2) }) else { return nil }
        for own in places where !heard.groups.keys.contains(where: { $0 != own }) {
            throw TaskFailure(
                task: Self.name, reason: .words("words for training of others than “\(names[own])”; there are none"))
        }
        let learned = heard.groups.keys.sorted()
        let pairs =
            learned.count > 2 ? places.flatMap { own in learned.filter { $0 != own }.map { Set([own, $0]) } } : []
        let fits = Double(Set(pairs).count + places.count)
        var done = 0.0
        // Mistakes about a speaker, for each λ, by who else was left out.
        var mistakes: [Set<Int>: [Int: [WordMistakes]]] = [:]
        for pair in pairs where mistakes[pair] == nil {
            let others = try ReadoutSums.together(
                heard.groups.filter { !pair.contains($0.key) }.sorted { $0.key < $1.key }.map(\.value))
            let path = try others.path(lambdas: penalties(others))
            for speaker in pair {
                let known = words.indices.filter { words[$0].speaker == names[speaker] && words[$0].part != .test }
                mistakes[pair, default: [:]][speaker] = try path.readouts.map { try heard.mistakes(known, words, $0) }
            }
            done += 1
            guard progress(0.5 + 0.5 * done / fits) else { return nil }
        }
        var results: [WordAnswers] = []
        for own in places {
            let others = try ReadoutSums.together(heard.groups.filter { $0.key != own }.sorted { $0.key < $1.key }.map(\.value))
            let tested = words.indices.filter { words[$0].speaker == names[own] }
            let errors = settings.lambdas.indices.map { lambda in
                names.indices.reduce(into: WordMistakes()) { sum, other in
                    if let found = mistakes[Set([own, other])]?[other] { sum.add(found[lambda]) }
                }
            }
            if pairs.isEmpty {
                let choice = try others.path(lambdas: penalties(others)).chooseByCrossValidation()
                results.append(
                    try answers(tested, heard, choice.readout, lambda: settings.lambdas[choice.index], validation: nil))
            } else {
                let best = errors.indices.min { errors[$0] < errors[$1] } ?? 0
                let readout = try others.path(lambdas: [settings.lambdas[best] * Double(others.samples)]).readouts[0]
                results.append(
                    try answers(
                        tested, heard, readout, lambda: settings.lambdas[best],
                        validation: .init(words: errors[best].words, errors: errors[best].count)))
            }
            done += 1
            guard progress(0.5 + 0.5 * done / fits) else { return nil }
        }
        return results
    }

    private func penalties(_ sums: ReadoutSums) -> [Double] { settings.lambdas.map { $0 * Double(sums.samples) } }

    private func answers(
        _ tested: [Int], _ heard: WordSums.Heard, _ readout: LinearReadout, lambda: Double, validation: WordAnswers.Count?
    ) throws -> WordAnswers {
        WordAnswers(
            words: tested.map { words[$0] }, named: try heard.named(tested, readout), labels: labels.count, lambda: lambda,
            features: readout.weights.rows, validation: validation)
    }
}
