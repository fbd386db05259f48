import Foundation
import Recognition
import Sessions
import SignalFeatures
import Testing

/// Recordings of others go through the front end without a value that is no number.
struct RealEEGTests {
    private static func data(_ name: String) -> String? {
        let folders = ["shared/data", "../shared/data"].map { FileManager.default.currentDirectoryPath + "/" + $0 }
        return folders.map { $0 + "/" + name }.first { FileManager.default.fileExists(atPath: $0) }
    }

    /// What a line of Python writes about a file.
    private func python(_ line: String, _ file: String) throws -> Data {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", "import sys; " + line, file]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return data
    }

    /// Raw features and, fitted to the first half, what the network takes.
    private func pass(_ recording: EEGRecording, _ change: (inout EEGFrontEndSpecification) -> Void) throws {
        var specification = EEGFrontEndSpecification.krishna(channels: recording.channels, rate: recording.rate)
        change(&specification)
        #expect(specification.problem == nil)
        let raw = recording.features(specification, regression: [])
        #expect(raw.allSatisfy { $0.isFinite })
        let frames = raw.count / specification.rawFeatures
        let half = Array(raw[..<(frames / 2 * specification.rawFeatures)])
        let projection = EEGProjection(specification, try EEGFrontEndFit(specification, rows: half))
        let rows = projection.rows(raw)
        #expect(rows.count == frames * specification.outputs && rows.allSatisfy(\.isFinite))
        // Most of it is not masked: the limits suit the headset. Some is: people blink.
        let masks = stride(from: specification.outputs - 1, to: rows.count, by: specification.outputs).map { rows[$0] }
        #expect(masks.contains(0))
        let share = masks.reduce(0, +) / Float(masks.count)
        #expect(share > 0.001 && share < 0.25, "\(share)")
    }

    /// What the decoder of envelopes is given, and what a decoder of any weights gives.
    private func passEnvelope(_ recording: EEGRecording, line: Double) throws {
        let specification = EEGFrontEndSpecification.envelope(channels: recording.channels, rate: recording.rate, line: line)
        let raw = recording.features(specification, regression: [])
        let sound = SpeechEnvelope((0..<80_000).map { Float(sin(Double($0))) }, rate: 8000)
        let fit = try EEGFrontEndFit(specification, rows: raw).fittingDecoder(specification, [(raw, sound)])
        let rows = EEGProjection(specification, fit).rows(raw)
        #expect(
            raw.allSatisfy(\.isFinite) && rows.allSatisfy(\.isFinite) && rows.count == raw.count / specification.rawFeatures * 3
        )
    }

    private func isOtherwise(_ specification: inout EEGFrontEndSpecification) {
        specification.reference = .average
        specification.auxiliary = [0]
        specification.line_Hz = 60
    }

    @Test(.enabled(if: data("cyton") != nil, "needs shared/data/cyton"))
    func `blinks, clenched jaws and alpha of a Cyton give finite features`() throws {
        let file = try #require(Self.data("cyton")) + "/blinks-jaw-clench-alpha.txt.gz"
        let plain = FileManager.default.temporaryDirectory.path + "/larmor-cyton-\(UUID()).txt"
        defer { try? FileManager.default.removeItem(atPath: plain) }
        try python("import gzip; sys.stdout.buffer.write(gzip.open(sys.argv[1]).read())", file)
            .write(to: URL(fileURLWithPath: plain))
        let recording = try Recording(contentsOf: plain)
        let track = try #require(recording.tracks.first { $0.type == "EEG" || $0.channels == 8 })
        // Volt, whatever the file keeps.
        let scale: Float = track.units.first == "V" ? 1 : 1e-6
        let eeg = EEGRecording(rate: track.rate, channels: track.channels, values: track.values.floats.map { $0 * scale })
        #expect(eeg.counters.count > 20_000 && eeg.channels == 8)
        // It was made where the mains have 60 Hz: with notches at 50 Hz nearly all of it is nothing but mains.
        try pass(eeg) { $0.line_Hz = 60 }
        try passEnvelope(eeg, line: 60)
        try pass(eeg, isOtherwise)
        #expect(throws: EEGFrontEndFit.FitError.self) { try pass(eeg) { $0.line_Hz = 50 } }
    }

    @Test(.enabled(if: data("feis") != nil, "needs shared/data/feis"), arguments: ["01", "chinese-1"])
    func `a participant of FEIS gives finite features`(participant: String) throws {
        let file = try #require(Self.data("feis")) + "/" + participant + "/articulators.zip"
        let text = try python(
            "import zipfile; z=zipfile.ZipFile(sys.argv[1]); sys.stdout.buffer.write(z.read(z.namelist()[0]))", file)
        var values: [Float] = []
        // Its lines end in CR LF, which is one `Character`.
        for line in text.split(separator: UInt8(ascii: "\n")).dropFirst() {
            let cells = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            for cell in cells[2..<16] { values.append((Float(String(decoding: cell, as: UTF8.self)) ?? .nan) * 1e-6) }
        }
        let eeg = EEGRecording(rate: 256, channels: 14, values: values)
        #expect(eeg.counters.count > 20_000)
        try pass(eeg) { _ in }
        try passEnvelope(eeg, line: 50)
        try pass(eeg, isOtherwise)
    }

    /// A participant's table, unpacked.
    private func table(_ participant: String) throws -> String {
        let file = try #require(Self.data("feis")) + "/" + participant + "/articulators.zip"
        let text = try python(
            "import zipfile; z=zipfile.ZipFile(sys.argv[1]); sys.stdout.buffer.write(z.read(z.namelist()[0]))", file)
        let path = FileManager.default.temporaryDirectory.path + "/larmor-feis-\(UUID()).csv"
        try text.write(to: URL(fileURLWithPath: path))
        return path
    }

    @Test(.enabled(if: data("feis") != nil, "needs shared/data/feis"))
    func
        `tables of FEIS are read with their epochs as gaps, and are a background of simulated EEG without a value that is no number`()
        throws
    {
        let paths = try ["01", "04"].map { try table($0) }
        defer { for path in paths { try? FileManager.default.removeItem(atPath: path) } }
        let recording = try Recording(contentsOf: paths[0])
        let track = try #require(recording.tracks.first)
        #expect(track.rate == 256 && track.channels == 14 && track.labels.first == "F3" && track.samples == 40_960)
        // 160 epochs of a second each, cut out of an hour.
        #expect(track.gaps.count == 159 && recording.markers.count == 160 && recording.markers[0].text == "goose")
        #expect(abs((track.stamps.last ?? 0) - 3498.996) < 0.001)
        // Three recordings stand in one table there.
        let several = try table("chinese-1")
        defer { try? FileManager.default.removeItem(atPath: several) }
        let chinese = try Recording(contentsOf: several)
        #expect(chinese.tracks.first?.samples == 81_920 && chinese.remarks.contains { $0.contains("anew in line 30722") })
        #expect(try BackgroundPieces([several]).count > 5)
        let stand = try SimulationStand()
        defer { stand.remove() }
        let corpus = try stand.corpus("c", training: 12, test: 4, seed: 1)
        let sounds = try SpeechCorpus(corpus, rate: SimulationStand.rate)
        let simulation = EEGSimulation(
            .init(), training: try BackgroundPieces([paths[0]]), test: try BackgroundPieces([paths[1]]), version: "test")
        let made = try #require(try simulation.run(corpus, sounds, folder: stand.folder + "/made"))
        for preset in EEGCorpus.Settings.Preset.allCases {
            var settings = EEGCorpus.Settings()
            settings.preset = preset
            let eeg = try EEGCorpus(made, settings: settings, sounds: sounds, hearsSound: true)
            let projection = EEGProjection(eeg.specification, eeg.fit)
            for spoken in eeg.training + eeg.test {
                let raw = try #require(spoken.eeg)
                #expect(raw.allSatisfy(\.isFinite) && projection.rows(raw).allSatisfy(\.isFinite))
            }
        }
    }
}
