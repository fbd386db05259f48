import ArgumentParser
import Glibc
import Reservoirs

/// What only the task of spoken words has.
struct SpokenTaskOptions: ParsableArguments {
    @Option(help: "Spoken words: a folder of sounds, LABEL_SPEAKER_INDEX.wav.")
    var speech: String?

    @Option(
        help: "Spoken words: all of a SPEAKER are the test, and no label of theirs is learned; each: every speaker in turn.")
    var leaveOut: String?

    @Option(
        help:
            "Spoken words: the field of each film, tesla: 0.01,0.04. (default: 0.02 for one film, from 0.01 to 0.06 for several)"
    )
    var fieldsT: String?

    @Option(help: "Spoken words: damping of the films. (default: 0.4)")
    var damping: Double?

    @Option(help: "Spoken words: equal parts of a word over which states are averaged. (default: 5)")
    var parts: Int?

    @Option(
        help: """
            Spoken words: factors of the frequency axis in which words are heard, too, as from other throats: 0.93,1.07; none for none. \
            (default: 0.93,1.07,0.87,1.15)
            """)
    var warps: String?

    @Option(
        help: "Spoken words: factors of the pace in which words are learned from, too; none for none. (default: 0.85,1.18)")
    var paces: String?

    @Option(
        help: """
            Spoken words: whose sounds outside of the test split give the means and deviations by which features are measured: speaker, \
            those of the same speaker, whatever was said; training, those of all, also of one who is left out. (default: speaker)
            """)
    var normalisation: String?

    static let names = [
        "--speech", "--leave-out", "--fields-t", "--damping", "--parts", "--warps", "--paces", "--normalisation",
    ]

    func validate() throws {
        if let damping, !(damping > 0 && damping <= 10) { throw ValidationError("--damping must be above 0, at most 10") }
        if let parts, !(1...100).contains(parts) { throw ValidationError("--parts must be 1 to 100") }
        _ = try (factors(warps, "--warps"), factors(paces, "--paces"), fields(films: nil))
        if let normalisation, WordFeatures.Normalisation(rawValue: normalisation) == nil {
            throw ValidationError("--normalisation is training or speaker; found “\(normalisation)”")
        }
    }

    private func factors(_ text: String?, _ option: String) throws -> [Double]? {
        guard let text else { return nil }
        if text == "none" { return [] }
        return try text.split(separator: ",", omittingEmptySubsequences: false).map { word in
            guard let factor = Double(word), (0.5...2).contains(factor), factor != 1 else {
                throw ValidationError(
                    "\(option) is a list of factors from 0.5 to 2 that are not 1, as 0.9,1.1; found “\(text)”")
            }
            return factor
        }
    }

    /// Tesla, one for each film.
    /// - Parameter films: nil where they are not known yet.
    func fields(films: Int?) throws -> [Float] {
        guard let fieldsT else {
            let films = films ?? 1
            // The study's range for words: a small field is linear, a large one is not.
            return films == 1
                ? [0.02] : (0..<films).map { Float(0.01 * pow(6, Double($0) / Double(films - 1))) }
        }
        let values = try fieldsT.split(separator: ",", omittingEmptySubsequences: false).map { word in
            guard let field = Float(word), field > 0, field <= 10 else {
                throw ValidationError("--fields-t is a list of fields above 0, at most 10, as 0.01,0.04; found “\(fieldsT)”")
            }
            return field
        }
        guard films == nil || films == values.count else {
            throw ValidationError(
                "--fields-t has \(Console.count(values.count, "field")) for \(Console.count(films ?? 0, "film"))")
        }
        return values
    }

    func features() throws -> WordFeatures {
        let warps = try factors(warps, "--warps") ?? [0.93, 1.07, 0.87, 1.15]
        let paces = try factors(paces, "--paces") ?? [0.85, 1.18]
        return WordFeatures(
            forms: [.init()] + warps.map { .init(warp: $0) } + paces.map { .init(pace: $0) },
            normalisation: normalisation.flatMap { .init(rawValue: $0) } ?? .speaker)
    }
}
