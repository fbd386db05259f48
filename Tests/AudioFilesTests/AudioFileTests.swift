import AudioFiles
import Foundation
import Testing

private func temporaryFolder() throws -> String {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("larmor-audio-\(UUID())").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return folder
}

struct AudioFileTests {
    @Test func `a WAV file holds the RIFF bytes of its samples and is read back to a 16-bit step`() throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let samples = (0..<800).map { Float(sin(Double($0) * 0.1)) * 0.5 }
        try AudioFile(samples: samples, rate: 8000).write(path: folder + "/tone.wav")
        let data = try #require(FileManager.default.contents(atPath: folder + "/tone.wav"))
        // RIFF: 44 bytes of header for plain PCM, then two bytes per sample.
        #expect(data.count == 44 + 1600)
        #expect(String(decoding: data.prefix(4), as: UTF8.self) == "RIFF")
        #expect(data[24] == 0x40 && data[25] == 0x1F)  // 8000 = 0x1F40
        let back = try AudioFile(path: folder + "/tone.wav")
        #expect(back.rate == 8000 && back.samples.count == 800)
        for (a, b) in zip(back.samples, samples) { #expect(abs(a - b) <= 1 / 32_768) }
    }

    @Test func `a resampled tone is the same tone at the other rate`() throws {
        let tone = { (rate: Double, count: Int) in
            (0..<count).map { Float(sin(2 * Double.pi * 440 * Double($0) / rate)) }
        }
        let found = try AudioFile(samples: tone(8000, 4000), rate: 8000).resampled(to: 16_000)
        #expect(found.rate == 16_000 && abs(found.samples.count - 8000) <= 2)
        let expected = tone(16_000, 8000)
        // Away from the ends, where the interpolation has no samples on one side.
        for i in 500..<7500 { #expect(abs(found.samples[i] - expected[i]) < 2e-3) }
    }

    @Test func `what is no audio file is a typed error that names it`() throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data("hello".utf8).write(to: URL(fileURLWithPath: folder + "/a.wav"))
        for name in ["a.wav", "absent.wav"] {
            let error = #expect(throws: AudioError.self) { try AudioFile(path: folder + "/" + name) }
            #expect(error?.path == folder + "/" + name)
        }
    }

    @Test func `a WAV file that was cut is refused with what is missing; one whose header knows no length is read`() throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/tone.wav"
        try AudioFile(samples: [Float](repeating: 0.25, count: 800), rate: 8000).write(path: path)
        var data = try #require(FileManager.default.contents(atPath: path))
        try data.prefix(44 + 1000).write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: AudioError.self) { try AudioFile(path: path) }
        #expect(error?.description.contains("cut: 600 bytes") == true, "\(error?.description ?? "")")
        // As a program writes that pipes.
        data.replaceSubrange(40..<44, with: [0xFF, 0xFF, 0xFF, 0xFF])
        try data.write(to: URL(fileURLWithPath: path))
        #expect(try AudioFile(path: path).samples.count == 800)
    }

    @Test func `labelled speech is split by index and refuses other names`() throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for index in 0..<7 {
            try AudioFile(samples: [0, 0.1], rate: 8000).write(path: folder + "/yes_anna_\(index).wav")
        }
        let speech = try LabelledSpeech(folder: folder)
        #expect(speech.labels == ["yes"])
        #expect(speech.test.map(\.index) == [0, 1, 2, 3, 4])
        #expect(speech.training.map(\.index) == [5, 6])
        try AudioFile(samples: [0], rate: 8000).write(path: folder + "/noise.wav")
        let error = #expect(throws: AudioError.self) { try LabelledSpeech(folder: folder) }
        #expect(error?.reason == .badName("noise.wav"))
    }
}
