import ArgumentParser
import Failures
import Foundation
import Outputs
import Programs

/// Writes a drawing as SVG, or as PNG by rsvg-convert at twice its size (192 dots per inch).
enum PictureFile {
    private static let program = "/usr/bin/rsvg-convert"
    static let remedy = "rsvg-convert is not installed; install librsvg2-bin, or take SVG"

    static var hasConverter: Bool { FileManager.default.isExecutableFile(atPath: program) }

    /// For the command line: refuses a name whose ending is no picture's.
    static func check(_ path: String, _ option: String) throws {
        guard path.hasSuffix(".svg") || path.hasSuffix(".png") else {
            throw ValidationError("\(option) must end in .svg or .png")
        }
    }

    /// Finds out before the work whether the picture can be written.
    static func prepare(_ path: String?, inputs: [String] = []) throws {
        guard let path else { return }
        try OutputFile.check(path, inputs: inputs)
        if path.hasSuffix(".png"), !hasConverter { throw PictureError(path: path, cause: remedy) }
    }

    /// The file's name without its ending.
    static func title(_ path: String) -> String {
        URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    }

    static func write(_ svg: String, to path: String, inputs: [String] = []) throws {
        guard path.hasSuffix(".png") else { return try OutputFile.write(svg, to: path, inputs: inputs) }
        try OutputFile.write(png(svg, path), to: path, inputs: inputs)
    }

    private static func png(_ svg: String, _ path: String) throws -> [UInt8] {
        guard hasConverter else { throw PictureError(path: path, cause: remedy) }
        let source = FileManager.default.temporaryDirectory.appendingPathComponent("larmor-\(UUID()).svg").path
        defer { unlink(source) }
        try OutputFile.write(svg, to: source)
        let converter = try ChildProgram(program, ["--zoom", "2", source], output: .pipe)
        var bytes: [UInt8] = []
        let begin = ContinuousClock.now
        while let piece = converter.read(timeout: 0.1) {
            bytes += piece
            guard ContinuousClock.now - begin < .seconds(60) else {
                converter.stop()
                throw PictureError(path: path, cause: "rsvg-convert does not end")
            }
        }
        guard converter.wait() == .exit(0), !bytes.isEmpty else {
            throw PictureError(path: path, cause: "rsvg-convert failed")
        }
        return bytes
    }
}

/// A drawing that cannot be turned into the picture that was asked for.
struct PictureError: Failure {
    var path: String
    var cause: String

    var kind: FailureKind { .unavailable }
    var description: String { "\(path): cannot be written: \(cause)" }
}
