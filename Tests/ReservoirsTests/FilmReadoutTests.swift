import Foundation
import LinearAlgebra
import Reservoirs
import TensorFiles
import Testing

/// A readout's folder: what is in it, and that folders of earlier versions open.
@Suite struct FilmReadoutTests {
    private let folder = FileManager.default.temporaryDirectory.path + "/larmor-readout-\(UUID().uuidString)"

    /// Two nodes in two parts, three labels, fitted to a few rows.
    private func readout() throws -> FilmReadout {
        let rows = 8
        var features = Matrix<Double>(rows: rows, columns: 4)
        var targets = Matrix<Double>(rows: rows, columns: 3)
        for row in 0..<rows {
            for k in 0..<4 { features[row, k] = Double((row * 5 + k * 3) % 7) / 7 }
            targets[row, row % 3] = 1
        }
        let card = FilmReadout.Card(
            labels: ["a", "b", "c"], mask: InputMask(inputs: 2, cells: 1, fields_T: [0.01], seed: 1), mean: [0, 0],
            deviation: [1, 1], parts: 2, nodes: 2, lookBack: 0, audioRate: 8000, reservoir: "test", lambda: 1,
            conditionNumber: 1, trainingUtterances: rows, trainingAccuracy: 1)
        return FilmReadout(card: card, readout: try RidgePath(states: features, targets: targets, lambdas: [0.1]).readouts[0])
    }

    private func file(_ name: String) -> String { folder + "/" + name }

    @Test func `a readout comes back from its folder as it was, and its weights have names and shapes`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let readout = try readout()
        try readout.write(folder: folder)
        #expect(try FilmReadout(folder: folder) == readout)
        let data = try Data(contentsOf: URL(fileURLWithPath: file("readout.safetensors")))
        let tensors = try SafeTensors(data, name: "readout")
        #expect(try tensors.floats("weights", shape: [4, 3], file: "readout") == readout.weights)
        #expect(try tensors.floats("intercept", shape: [3], file: "readout") == readout.intercept)
    }

    @Test func `posteriors are the softmax of the outputs, and of two classes the logistic function of the margin`() {
        let found = FilmReadout.posteriors([0.9, 0.1, 0.3], temperature: 0.2)
        let weights = [4.5, 0.5, 1.5].map { exp($0) }
        for (a, b) in zip(found, weights) { #expect(abs(a - b / weights.reduce(0, +)) < 1e-6) }
        #expect(abs(FilmReadout.posteriors([0.4, 0.15])[0] - 1 / (1 + exp(-2.5))) < 1e-6)
        #expect(FilmReadout.posteriors([3e4, -3e4, 0]) == [1, 0, 0])
    }

    @Test func `a folder of version 0_1 with readout_bin opens, and writing into it replaces its weights`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let readout = try readout()
        try readout.write(folder: folder)
        // As 0.1 wrote it: weights, then intercepts, little-endian.
        var old = Data()
        for value in readout.weights + readout.intercept {
            withUnsafeBytes(of: value.bitPattern.littleEndian) { old.append(contentsOf: $0) }
        }
        try FileManager.default.removeItem(atPath: file("readout.safetensors"))
        try old.write(to: URL(fileURLWithPath: file("readout.bin")))
        #expect(try FilmReadout(folder: folder) == readout)

        try old.dropLast().write(to: URL(fileURLWithPath: file("readout.bin")))
        let cut = #expect(throws: FilmReadout.FileError.self) { try FilmReadout(folder: folder) }
        #expect(cut?.file == file("readout.bin"))

        try readout.write(folder: folder)
        #expect(!FileManager.default.fileExists(atPath: file("readout.bin")))
        #expect(try FilmReadout(folder: folder) == readout)
    }

    @Test func `the readout of a session of version 0_1_0 opens`() throws {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().path
        let readout = try FilmReadout(folder: tests + "/CompatibilityTests/Sessions-0.1.0/film-word/readout")
        #expect(readout.weights.count == readout.card.parts * readout.card.nodes * readout.card.labels.count)
        #expect(readout.weights.contains { $0 != 0 } && readout.weights.allSatisfy { $0.isFinite })
        #expect(readout.intercept.count == readout.card.labels.count)
    }

    @Test func `missing, cut and foreign weights are errors that name the file`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try readout().write(folder: folder)
        let weights = URL(fileURLWithPath: file("readout.safetensors"))
        let data = try Data(contentsOf: weights)
        try data.dropLast(3).write(to: weights)
        #expect(throws: FilmReadout.FileError.self) { try FilmReadout(folder: folder) }
        try SafeTensors(tensors: ["weights": .init(shape: [3, 4], [Float](repeating: 0, count: 12))]).encoded().write(
            to: weights)
        let foreign = #expect(throws: FilmReadout.FileError.self) { try FilmReadout(folder: folder) }
        #expect(foreign?.problem.contains("[3, 4]") == true)
        try FileManager.default.removeItem(at: weights)
        let missing = #expect(throws: FilmReadout.FileError.self) { try FilmReadout(folder: folder) }
        #expect(missing?.file == file("readout.safetensors"))
    }
}
