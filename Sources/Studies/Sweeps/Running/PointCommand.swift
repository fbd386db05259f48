import Foundation
import Glibc
import Programs
import Signals

/// One attempt at a point, as a process of its own.
public struct PointCommand: Codable, Sendable, Equatable {
    public var number: Int
    /// The program and its words.
    public var program: String
    public var words: [String]
    /// Of the point: emptied before each attempt. Its standard error is kept there.
    public var folder: String
    /// Seconds that it may take; nil for as long as it takes.
    public var limit: Double?
    public var objective: SweepObjective?

    /// Bytes that a result may have.
    private static let largestResult = 16 << 20
    /// Seconds that a program has for keeping its data when it is stopped.
    private static let patience = 10.0

    /// - Parameters:
    ///   - point: of the sweep.
    ///   - sweep: whose command it is.
    ///   - program: that is run.
    ///   - place: where the point's folder is.
    ///   - limit: seconds; nil for as long as it takes.
    public init(_ point: SweepPoint, of sweep: SweepDescription, program: String, place: SweepPlace, limit: Double?) {
        number = point.number
        self.program = program
        self.limit = limit
        objective = sweep.objective
        folder = place.folder(point.number)
        words = point.words(of: sweep.command, folder: folder)
    }

    /// Runs it to its end, its limit, or until it shall stop. It ends with this process, however that ends.
    public func run(isStopped: () -> Bool) -> PointEnd {
        let begin = HostTime.now()
        func outcome(_ failure: String, exitCode: Int32? = nil) -> PointEnd {
            .ended(
                PointOutcome(
                    exitCode: exitCode, failure: failure, standardError: standardError, seconds: HostTime.now() - begin,
                    host: Self.host))
        }
        do {
            // What an earlier attempt left would be in the way of this one.
            if FileManager.default.fileExists(atPath: folder) { try FileManager.default.removeItem(atPath: folder) }
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            return outcome("its folder \(folder) cannot be made: \(error.localizedDescription)")
        }
        let child: ChildProgram
        do {
            child = try ChildProgram(
                program, words, environment: ParentLife.environment, output: .pipe, error: .file(errorFile))
        } catch {
            return outcome("\(error)")
        }
        var output: [UInt8] = []
        while let piece = child.read(timeout: 0.1) {
            output += piece
            if isStopped() {
                child.stop(patience: Self.patience)
                return .stopped
            }
            if let limit, HostTime.now() - begin > limit {
                child.stop(patience: Self.patience)
                return outcome("it took longer than \(SweepValue(limit)) s (--limit)")
            }
            if output.count > Self.largestResult {
                child.stop(patience: Self.patience)
                return outcome("it printed more than \(Self.largestResult >> 20) MiB")
            }
        }
        guard let end = wait(child, begin, isStopped) else {
            child.stop(patience: Self.patience)
            return isStopped() ? .stopped : outcome("it took longer than \(SweepValue(limit ?? 0)) s (--limit)")
        }
        switch end {
        case .exit(0): break
        case .exit(let code): return outcome(failure(of: "ended with exit code \(code)"), exitCode: code)
        default:
            // Whoever stops the sweep may have stopped the point, too.
            return isStopped() ? .stopped : outcome(failure(of: "\(end)"))
        }
        guard let result = PointResult(output) else {
            return outcome("its output is no JSON object: “\(Self.beginning(output))”", exitCode: 0)
        }
        if let objective, let fault = result.fault(at: objective.path) { return outcome(fault, exitCode: 0) }
        if standardError?.isEmpty ?? true { unlink(errorFile) }
        return .ended(
            PointOutcome(
                exitCode: 0, result: result.text, value: objective.flatMap { result.value(at: $0.path)?.number },
                seconds: HostTime.now() - begin, host: Self.host))
    }

    /// Nil when it went on after it had closed its output.
    private func wait(_ child: ChildProgram, _ begin: HostTime, _ isStopped: () -> Bool) -> ChildProgram.End? {
        while !isStopped(), limit.map({ HostTime.now() - begin <= $0 }) ?? true {
            if let end = child.wait(seconds: 0.1) { return end }
        }
        return child.end
    }

    private var errorFile: String { folder + "/standard-error.txt" }

    /// The last lines of its standard error.
    private var standardError: String? {
        guard let file = FileHandle(forReadingAtPath: errorFile) else { return nil }
        defer { try? file.close() }
        let size = (try? file.seekToEnd()) ?? 0
        try? file.seek(toOffset: size > 8192 ? size - 8192 : 0)
        let text = String(decoding: (try? file.readToEnd()) ?? Data(), as: UTF8.self)
        return text.split(whereSeparator: \.isNewline).suffix(10).joined(separator: "\n")
    }

    private func failure(of end: String) -> String {
        guard let last = standardError?.split(separator: "\n").last else { return end }
        return "\(end): \(last)"
    }

    private static func beginning(_ output: [UInt8]) -> String {
        String(String(decoding: output.prefix(200), as: UTF8.self).split(whereSeparator: \.isNewline).first?.prefix(60) ?? "")
    }

    static let host: String = {
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, 255)
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }()
}
