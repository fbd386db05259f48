import Foundation
import Simulators
import Testing

@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/espeak-ng"), "needs espeak-ng"))
struct SyntheticSpeechTests {
    @Test func `no two files are the same sound: not the takes of a voice, and not two voices`() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/larmor-speech-\(UUID())"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let count = try SyntheticSpeech(words: ["zero"], voices: 8, takes: 40).write(folder: folder) { _ in true }
        #expect(count == 320)
        let sounds = try FileManager.default.contentsOfDirectory(atPath: folder).map {
            try Data(contentsOf: URL(fileURLWithPath: folder + "/" + $0))
        }
        #expect(Set(sounds).count == 320)
        let voices = try SyntheticSpeech(words: ["a"], voices: 0, takes: 1).write(folder: folder + "/all") { _ in true }
        #expect(voices == SyntheticSpeech.voiceCount)
    }
}
