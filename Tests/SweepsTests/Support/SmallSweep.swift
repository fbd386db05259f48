import Foundation
import Origin
import Sweeps

/// A folder of one test: a property of its suite, which lives as long as the test.
final class Scratch {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("larmor-sweeps-\(UUID())").path

    init() { try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func callAsFunction(_ name: String) -> String { path + "/" + name }
}

/// A sweep of two parameters with three and two values.
enum SmallSweep {
    static let text = """
        name = "small"
        command = ["film", "loop", "--output", "{folder}/loop.csv"]
        [parameters]
        "--damping" = [0.1, 0.2, 0.3]
        "--seed" = { from = 1, to = 2 }
        [result]
        minimise = "error"
        columns = ["parts.0", "name"]
        """

    static let provenance = Provenance(version: "0.1.0", command: "larmor sweep", processor: "test")

    static func sweep(_ text: String = Self.text, file: String = "small.toml") throws -> SweepDescription {
        try SweepDescription(toml: text, file: file)
    }

    static func store(_ path: String, _ text: String = Self.text) throws -> SweepStore {
        try SweepStore.create(path, sweep(text), provenance: provenance, token: "01234567")
        return try SweepStore(path)
    }

    /// What a runner would hand in: the sum of the parameters' values.
    static func outcome(_ point: SweepPoint) -> PointOutcome {
        let sum = point.parameters.compactMap(\.value.number).reduce(0, +)
        return PointOutcome(
            exitCode: 0, result: "{\"error\":\(sum),\"parts\":[1,2],\"name\":\"n\"}", value: sum, seconds: 0.5, host: "here")
    }
}

/// A program that stands for larmor: a script of the shell.
func script(_ text: String, _ path: String) throws -> String {
    try ("#!/bin/sh\n" + text + "\n").write(toFile: path, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    return path
}
