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

    /// Raw features and, fitted to the first half, what the network takes.
    private func pass(_ recording: EEGRecording, _ change: (inout EEGFrontEndSpecification) -> Void) throws -> [Float] {
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
        // Something is left that is not masked.
        let masks = stride(from: specification.outputs - 1, to: rows.count, by: specification.outputs).map { rows[$0] }
        #expect(masks.contains(0))
        return rows
    }

    private func isOtherwise(_ specification: inout EEGFrontEndSpecification) {
        specification.reference = .average
        specification.auxiliary = [0]
        specification.line_Hz = 60
    }

    @Test(.enabled(if: data("cyton") != nil, "needs shared/data/cyton"))
    func `blinks, clenched jaws and alpha of a Cyton give finite features`() throws {
        let file = try #require(Self.data("cyton")) + "/blinks-jaw-clench-alpha.txt.gz"
        let recording = try Recording(contentsOf: file)
        let track = try #require(recording.tracks.first { $0.type == "EEG" || $0.channels == 8 })
        // Volt, whatever the file keeps.
        let scale: Float = track.units.first == "V" ? 1 : 1e-6
        let eeg = EEGRecording(rate: track.rate, channels: track.channels, values: track.values.floats.map { $0 * scale })
        #expect(eeg.counters.count > 20_000 && eeg.channels == 8)
        _ = try pass(eeg) { _ in }
        _ = try pass(eeg, isOtherwise)
    }

    @Test(.enabled(if: data("feis") != nil, "needs shared/data/feis"), arguments: ["01", "chinese-1"])
    func `a participant of FEIS gives finite features`(participant: String) throws {
        let file = try #require(Self.data("feis")) + "/" + participant + "/articulators.zip"
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c",
            "import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); sys.stdout.buffer.write(z.read(z.namelist()[0]))", file,
        ]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        var values: [Float] = []
        for line in text.split(separator: "\n").dropFirst() {
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
            for cell in cells[2..<16] { values.append((Float(cell) ?? .nan) * 1e-6) }
        }
        let eeg = EEGRecording(rate: 256, channels: 14, values: values)
        #expect(eeg.counters.count > 20_000)
        _ = try pass(eeg) { _ in }
        _ = try pass(eeg, isOtherwise)
    }
}
