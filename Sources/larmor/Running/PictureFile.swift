import ArgumentParser
import Confidence
import Foundation
import Programs

/// Writes a drawing as SVG, or as PNG by rsvg-convert at twice its size (192 dots per inch).
enum PictureFile {
    private static let program = "/usr/bin/rsvg-convert"
    static let remedy = "rsvg-convert is not installed; install librsvg2-bin, or take SVG"

    static var hasConverter: Bool { FileManager.default.isExecutableFile(atPath: program) }

    static func check(_ path: String, _ option: String) throws {
        guard path.hasSuffix(".svg") || path.hasSuffix(".png") else {
            throw ValidationError("\(option) must end in .svg or .png")
        }
    }

    /// The file's name without its ending.
    static func title(_ path: String) -> String {
        URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    }

    static func write(_ svg: String, to path: String) throws {
        do {
            guard path.hasSuffix(".png") else {
                try svg.write(toFile: path, atomically: true, encoding: .utf8)
                return
            }
        } catch {
            throw ConfidenceError(.notWritten(error.localizedDescription), file: path)
        }
        guard hasConverter else { throw ConfidenceError(.notWritten(remedy), file: path) }
        let source = FileManager.default.temporaryDirectory.appendingPathComponent("larmor-\(UUID()).svg").path
        defer { try? FileManager.default.removeItem(atPath: source) }
        do {
            try svg.write(toFile: source, atomically: false, encoding: .utf8)
        } catch {
            throw ConfidenceError(.notWritten(error.localizedDescription), file: source)
        }
        let converter = try ChildProgram(program, ["--zoom", "2", "--output", path, source])
        guard converter.wait(seconds: 60) == .exit(0) else {
            converter.stop()
            throw ConfidenceError(.notWritten("rsvg-convert failed"), file: path)
        }
    }
}
