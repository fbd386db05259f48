import Foundation
import Programs
import Signals

/// Spoken words from espeak-ng, in several voices, paces and pitches.
public struct SyntheticSpeech: Sendable {
    private static let program = "/usr/bin/espeak-ng"
    /// English voices, by language and variant: eight that are easy to tell apart, then each variant in one of the accents.
    private static let allVoices =
        ["en-us", "en-gb", "en-us+f3", "en-us+m4", "en-gb-scotland", "en-us+f2", "en-us+m7", "en-gb-x-rp"]
        + variants.enumerated().map { "\(accents[$0 % accents.count])+\($1)" }
    // Not "en-gb", which espeak-ng does not vary.
    private static let accents = [
        "en-us", "en-gb-scotland", "en-gb-x-rp", "en-029", "en-gb-x-gbclan", "en-gb-x-gbcwmd", "en-us-nyc",
    ]
    private static let variants = [
        "m1", "f1", "m2", "f4", "m3", "f5", "m5", "m6", "m8", "klatt", "klatt2", "klatt3", "klatt4", "klatt5", "Andy", "Annie",
        "belinda", "benjamin", "boris", "Diogo", "david", "ed", "edward", "Gene", "grandpa", "grandma", "iven", "Jacky",
        "john", "kaukovalta", "Lee", "linda", "marcelo", "Mario", "max", "Michael", "michel", "miguel", "Denis", "norbert",
        "pablo", "paul", "pedro", "quincy", "rob", "robert", "sandro", "shelby", "steph", "travis", "victor", "zac", "anika",
        "Alex", "Alicia", "Andrea",
    ]
    /// Whether espeak-ng is there.
    public static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: program) }

    /// How many there are.
    public static var voiceCount: Int { allVoices.count }

    private let words: [String]
    private let voices: [String]
    private let takes: Int

    /// - Parameters:
    ///   - voices: so many, up to ``voiceCount``; 0 for all.
    ///   - takes: of each word by each voice.
    public init(words: [String], voices: Int, takes: Int) {
        self.words = words
        self.voices = voices > 0 ? Array(Self.allVoices.prefix(voices)) : Self.allVoices
        self.takes = takes
    }

    /// Writes WORD_VOICE_INDEX.wav for all.
    /// - Parameter progress: called with the fraction done; returns false to stop.
    /// - Returns: the number of files.
    /// - Throws: ``SimulatorError`` when espeak-ng is not installed or fails.
    public func write(folder: String, _ progress: (Double) -> Bool) throws -> Int {
        guard Self.isInstalled else {
            throw SimulatorError(
                "espeak-ng is not installed", remedy: "run `make setup`, or give recorded words with --speech")
        }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var count = 0
        let total = Double(words.count * voices.count * takes)
        for (v, voice) in voices.enumerated() {
            for word in words {
                var random = SplitMix64(seed: UInt64(v) &* 1000 &+ UInt64(word.utf8.reduce(0) { $0 &* 31 &+ Int($1) } & 0xFFFF))
                // No two takes are the same sound: one would be in training and in the test.
                var used: Set<Manner> = []
                for take in 0..<takes {
                    var manner: Manner
                    repeat {
                        manner = Manner(speed: 130 + random.integer(below: 70), pitch: 30 + random.integer(below: 40))
                    } while !used.insert(manner).inserted
                    try speak(word, voice: voice, manner, path: "\(folder)/\(word)_voice\(v)_\(take).wav")
                    count += 1
                    guard progress(Double(count) / total) else { return count }
                }
            }
        }
        return count
    }

    private struct Manner: Hashable {
        /// Words a minute.
        var speed: Int
        /// As espeak-ng counts it, 0 … 99.
        var pitch: Int
    }

    private func speak(_ word: String, voice: String, _ manner: Manner, path: String) throws {
        let program = try ChildProgram(
            Self.program, ["-v", voice, "-s", "\(manner.speed)", "-p", "\(manner.pitch)", "-w", path, "--", word])
        guard program.wait() == .exit(0) else {
            throw SimulatorError("espeak-ng could not speak “\(word)” with the voice \(voice)")
        }
    }
}
