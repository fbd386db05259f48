import ArgumentParser
import Foundation
import Outputs
import Simulators

struct SimulateSpeech: LiveCommand {
    static let configuration = CommandConfiguration(
        commandName: "speech", abstract: "Labelled WAV files of spoken words, made with espeak-ng.",
        discussion: "Example: larmor simulate speech --output speech --words zero,one,two")

    @Option(help: "Folder for the files, named WORD_VOICE_INDEX.wav.")
    var output: String

    @Option(help: "Words, separated by commas.")
    var words = "zero,one,two,three,four,five,six,seven,eight,nine"

    @Option(help: "Voices to use, 0 to \(SyntheticSpeech.voiceCount); 0 for all.")
    var voices = 8

    @Option(help: "Recordings of each word by each voice; the first five are for testing.")
    var takes = 20

    @Flag(help: "Print one JSON object.")
    var json = false

    private struct Result: Encodable {
        var folder: String
        var files: Int
    }

    var outputIsTheProduct: Bool { true }

    func validate() throws {
        guard (1...1000).contains(takes) else { throw ValidationError("--takes is a whole number from 1 to 1000") }
        guard (0...SyntheticSpeech.voiceCount).contains(voices) else {
            throw ValidationError("--voices is a whole number from 0 to \(SyntheticSpeech.voiceCount)")
        }
        guard !list.isEmpty, list.allSatisfy({ $0.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" } }) else {
            throw ValidationError("--words are letters, digits and “-”, with commas between them: they name files")
        }
    }

    private var list: [String] { words.split(separator: ",").map(String.init) }

    func work() throws {
        try OutputPlace.checkOutputFolder(output, files: [])
        let speech = SyntheticSpeech(words: list, voices: voices, takes: takes)
        var progress = ProgressLine("speaking")
        let count = try speech.write(folder: output) { fraction in
            progress.show(fraction, "words")
            return !StopRequest.isRequested
        }
        progress.done()
        if StopRequest.isRequested { throw StopRequest.exitCode }
        if json {
            try Console.json(Result(folder: output, files: count))
        } else {
            Console.result("\(Console.count(count, "file")) in \(output)")
        }
    }
}
