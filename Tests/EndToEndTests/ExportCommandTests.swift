import Foundation
import Testing

/// `larmor sessions export`, `import` and `info` on a recording whose every byte is composed here, after the XDF 1.0 specification.
struct ExportCommandTests {
    private struct Export: Decodable {
        struct File: Decodable { var path: String, stream: String, frames: Int, filledFrames: Int }
        struct Skipped: Decodable { var stream: String, reason: String }
        var files: [File]
        var skipped: [Skipped]
    }

    private struct Info: Decodable {
        struct Stream: Decodable { var name: String, type: String, channels: Int, rateHz: Double, samples: Int }
        var streams: [Stream]
        var markers: Int
    }

    private struct Import: Decodable {
        struct Stream: Decodable { var name: String, samples: Int }
        var session: String
        var streams: [Stream]
        var remarks: [String]
    }

    private static let eegFrames = 500
    /// A whole second: EDF fills its last record up, under an annotation.
    private static let audioFrames = 8000
    /// Microvolts, shape `[eegFrames, 2]`.
    private static let eeg: [Float] = (0..<eegFrames).flatMap { frame -> [Float] in
        [Float(frame % 100), -Float(frame % 50)]
    }
    private static let audio = (0..<audioFrames).map { Float($0 % 64) / 64 - 0.5 }

    private let folder: String
    private let file: String

    init() throws {
        folder = try temporaryFolder("export")
        file = folder + "/small.xdf"
        var data = Data("XDF:".utf8)
        data += Self.chunk(1, Data("<?xml version=\"1.0\"?><info><version>1.0</version></info>".utf8))
        data += Self.stream(1, "headset", "EEG", ["Fz", "Cz"], "microvolts", 250, Self.eeg)
        data += Self.stream(2, "microphone", "Audio", ["mono"], "normalized", 8000, Self.audio)
        try data.write(to: URL(fileURLWithPath: file))
    }

    private static func bytes(_ value: some FixedWidthInteger) -> Data {
        withUnsafeBytes(of: value.littleEndian) { Data($0) }
    }

    private static func chunk(_ tag: UInt16, _ content: Data) -> Data {
        Data([4]) + bytes(UInt32(content.count + 2)) + bytes(tag) + content
    }

    /// Header, one chunk of samples with a stamp on each, and footer.
    private static func stream(
        _ id: UInt32, _ name: String, _ type: String, _ labels: [String], _ unit: String, _ rate: Double, _ values: [Float]
    ) -> Data {
        let channels = labels.map { "<channel><label>\($0)</label><unit>\(unit)</unit></channel>" }.joined()
        let header = """
            <?xml version="1.0"?><info><name>\(name)</name><type>\(type)</type><channel_count>\(labels.count)</channel_count>\
            <nominal_srate>\(rate)</nominal_srate><channel_format>float32</channel_format>\
            <desc><channels>\(channels)</channels></desc></info>
            """
        let frames = values.count / labels.count
        var samples = bytes(id) + Data([4]) + bytes(UInt32(frames))
        for frame in 0..<frames {
            samples += Data([8]) + bytes((10 + Double(frame) / rate).bitPattern)
            for value in values[frame * labels.count..<(frame + 1) * labels.count] { samples += bytes(value.bitPattern) }
        }
        let footer = bytes(id) + Data("<?xml version=\"1.0\"?><info><sample_count>\(frames)</sample_count></info>".utf8)
        return chunk(2, bytes(id) + Data(header.utf8)) + chunk(3, samples) + chunk(6, footer)
    }

    private func export(_ source: String, _ format: String) throws -> Export {
        let result = try Larmor.run(
            "sessions", "export", source, "--format", format, "--output", folder + "/" + format, "--json")
        #expect(result.status == 0, "\(format): \(result.messages)")
        return try result.json(Export.self)
    }

    @Test func `an anonymised data set is called by the pseudonym, and another subject beside it is refused`() throws {
        let command = ["sessions", "export", file, "--format", "bids", "--anonymise", "P-7"]
        let refused = try RunningLarmor(command + ["--output", folder + "/no", "--subject", "Ada"]).wait()
        #expect(refused.status == 64 && refused.messages.contains("leave --subject out"), "\(refused)")
        #expect(!refused.messages.contains("Ada") && !FileManager.default.fileExists(atPath: folder + "/no"))
        for (name, options) in [("one", []), ("two", ["--subject", "P7"])] {
            let result = try RunningLarmor(command + options + ["--output", "\(folder)/\(name)"]).wait()
            #expect(result.status == 0, "\(result)")
            #expect(FileManager.default.fileExists(atPath: "\(folder)/\(name)/sub-P7/eeg"))
        }
        let nameless = try Larmor.run(
            "sessions", "export", file, "--format", "bids", "--anonymise", "??", "--output", folder + "/no")
        #expect(nameless.status == 64 && nameless.messages.contains("letter or a digit"), "\(nameless)")
    }

    @Test(arguments: ["edf", "bdf", "brainvision", "wav", "flac", "bids", "csv", "npy"])
    func `a small recording is exported to every format, all frames of each stream that fits it`(format: String) throws {
        let export = try export(file, format)
        let expected = ["headset": Self.eegFrames, "microphone": Self.audioFrames]
        #expect(!export.files.isEmpty)
        for written in export.files {
            #expect(FileManager.default.fileExists(atPath: written.path), "\(written.path)")
            #expect(written.frames == expected[written.stream])
            #expect(written.filledFrames == 0)
        }
        // A stream is written or the reason is told.
        #expect(Set(export.files.map(\.stream)).union(export.skipped.map(\.stream)) == Set(expected.keys))
        if format == "flac" { #expect(export.skipped.map(\.stream) == ["headset"]) }
    }

    @Test func `the exported NumPy array ends with the recorded values, byte for byte`() throws {
        let written = try #require(try export(file, "npy").files.first { $0.stream == "headset" })
        var values = Data()
        for value in Self.eeg { values.append(Self.bytes(value.bitPattern)) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: written.path)).suffix(values.count) == values)
    }

    @Test(arguments: ["edf", "bdf", "brainvision"])
    func `what was exported can be described and imported again, and the session is whole`(format: String) throws {
        let written = try #require(try export(file, format).files.first { $0.stream == "headset" }).path
        let info = try Larmor.run("sessions", "info", written, "--json")
        #expect(info.status == 0, "\(info.messages)")
        let stream = try #require(try info.json(Info.self).streams.first)
        #expect(stream.channels == 2 && stream.rateHz == 250 && stream.samples == Self.eegFrames)

        let session = folder + "/session"
        let imported = try Larmor.run("sessions", "import", written, "--output", session, "--json")
        #expect(imported.status == 0, "\(imported.messages)")
        #expect(try imported.json(Import.self).streams.first?.samples == Self.eegFrames)
        #expect(try Larmor.run("sessions", "verify", session).status == 0)
    }

    @Test func `a cut recording is imported and exported with a message that says where it ends`() throws {
        let cut = folder + "/cut.xdf"
        let whole = try Data(contentsOf: URL(fileURLWithPath: file))
        try whole.dropLast(whole.count / 2).write(to: URL(fileURLWithPath: cut))
        let imported = try Larmor.run("sessions", "import", cut, "--output", folder + "/session", "--json")
        #expect(imported.status == 0 && imported.messages.contains("cut.xdf: byte "), "\(imported.messages)")
        #expect(try imported.json(Import.self).remarks.contains { $0.contains("the file ends within a chunk") })
        let exported = try Larmor.run("sessions", "export", cut, "--format", "csv", "--output", folder + "/csv")
        #expect(exported.status == 0 && exported.messages.contains("the file ends within a chunk"), "\(exported.messages)")
    }

    @Test func `a file that is no recording, an unknown format and a file that is there already are refused`() throws {
        let text = folder + "/notes.edf"
        try "not a recording".write(toFile: text, atomically: true, encoding: .utf8)
        let foreign = try Larmor.run("sessions", "import", text, "--output", folder + "/none")
        #expect(foreign.status == 65 && foreign.messages.contains(text), "\(foreign.messages)")
        #expect(!FileManager.default.fileExists(atPath: folder + "/none"))
        #expect(try Larmor.run("sessions", "export", file, "--format", "mp3", "--output", folder).status == 64)
        _ = try export(file, "csv")
        let again = try Larmor.run("sessions", "export", file, "--format", "csv", "--output", folder + "/csv")
        #expect(again.status != 0 && again.messages.contains(folder + "/csv"), "\(again.messages)")
    }
}
