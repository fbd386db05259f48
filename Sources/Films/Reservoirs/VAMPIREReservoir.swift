public import Failures
import Foundation
import Glibc
public import MagneticFilm
import Programs

/// A film that another program simulates: VAMPIRE, or anything that reads and writes its files.
///
/// The program knows no state between runs: it starts from the folder's initial state every time. So the inputs since the last
/// reset are kept and run again in front of new ones; long sequences are best given in one piece.
public final class VAMPIREReservoir: Reservoir {
    /// The program could not be started, failed or did not come to an end.
    public struct ProgramError: Failure, Equatable {
        public var program: String
        public var problem: String
        /// The last lines that it printed.
        public var output: String

        public var kind: FailureKind { .unavailable }

        public var description: String {
            "\(program): \(problem)" + (output.isEmpty ? "" : "; its last words: \(output)")
        }
    }

    public let grid: VAMPIREGrid
    private let folder: String
    private let program: String
    private let arguments: [String]
    private let seconds: Double
    private let work: String
    private var history: [Float] = []

    public var inputs: Int { grid.cells }
    public var nodes: Int { 3 * grid.cells }
    public var description: String { "\(grid.columns) × \(grid.rows) cells simulated by \(program)" }

    /// - Parameters:
    ///   - folder: a run folder; it is copied, never changed.
    ///   - program: an executable file, started in the copy.
    ///   - seconds: how long one run may take.
    /// - Throws: `VAMPIREError` when the folder's input cannot be read, ``ProgramError`` when there is no such program.
    public init(folder: String, program: String, arguments: [String] = [], seconds: Double = 3600) throws {
        grid = try VAMPIREGrid(folder: folder)
        guard FileManager.default.isExecutableFile(atPath: program) else {
            throw ProgramError(program: program, problem: "expected an executable file, found none", output: "")
        }
        self.folder = folder
        // The program runs in another folder.
        self.program = URL(fileURLWithPath: program).path
        self.arguments = arguments
        self.seconds = seconds
        work = FileManager.default.temporaryDirectory.appendingPathComponent("larmor-vampire-\(UUID().uuidString)").path
    }

    deinit { try? FileManager.default.removeItem(atPath: work) }

    /// The program has no seed that is set here.
    public func reset(seed: UInt64) { history = [] }

    /// - Returns: unit vectors, shape `[steps, 3, cells]`.
    /// - Throws: ``ProgramError``; `VAMPIREError` when its answer cannot be read.
    public func run(_ inputs: [Float]) throws -> [Float] {
        precondition(inputs.count % grid.cells == 0, "inputs must hold whole steps")
        if let place = inputs.firstIndex(where: { !$0.isFinite }) {
            throw FilmError(.notFinite(name: "inputs", at: place))
        }
        let steps = inputs.count / grid.cells
        guard steps > 0 else { return [] }
        let all = history + inputs
        let total = all.count / grid.cells
        try prepare(all, steps: total)
        try start()
        let moments = try VAMPIREOutput.read(work + "/reservoir_output.txt", cells: grid.cells)
        guard moments.count == total else {
            throw VAMPIREError(
                .rows(expected: "three rows for each of \(total) inputs", found: 3 * moments.count),
                file: work + "/reservoir_output.txt")
        }
        history = all
        return moments.suffix(steps).flatMap { grid.unitVectors($0) }
    }

    /// The folder's files with another drive and another length.
    private func prepare(_ inputs: [Float], steps: Int) throws {
        let files = FileManager.default
        try? files.removeItem(atPath: work)
        try files.createDirectory(atPath: work, withIntermediateDirectories: true)
        for name in try files.contentsOfDirectory(atPath: folder)
        where name != "sourcefield.txt" && name != "reservoir_output.txt" {
            var isFolder: ObjCBool = false
            guard files.fileExists(atPath: folder + "/" + name, isDirectory: &isFolder), !isFolder.boolValue else { continue }
            try files.copyItem(atPath: folder + "/" + name, toPath: work + "/" + name)
        }
        // The last line of a key counts. Of n increments the program answers n − 1, and reads n inputs.
        let input = String(decoding: try Data(contentsOf: URL(fileURLWithPath: folder + "/input")), as: UTF8.self)
        let length = "\nsim:total-time-steps = \((steps + 1) * grid.stepsPerInput)\n"
        try (input + length).write(toFile: work + "/input", atomically: false, encoding: .utf8)
        try grid.sourceField(inputs + inputs.suffix(grid.cells))
            .write(toFile: work + "/sourcefield.txt", atomically: false, encoding: .utf8)
    }

    private func start() throws {
        let screen = work + "/screen.txt"
        func failure(_ problem: String) -> ProgramError {
            let text = (try? String(contentsOfFile: screen, encoding: .utf8)) ?? ""
            let lines = text.split(separator: "\n").suffix(3).joined(separator: " | ")
            return ProgramError(program: program, problem: problem, output: String(lines.suffix(300)))
        }
        let child: ChildProgram
        do {
            child = try ChildProgram(program, arguments, folder: work, output: .file(screen), error: .output)
        } catch {
            throw failure(error.problem)
        }
        guard let end = child.wait(seconds: seconds) else {
            child.stop(patience: 0)
            throw failure("was stopped because it did not end within \(seconds) s")
        }
        guard end == .exit(0) else { throw failure("\(end)") }
        guard FileManager.default.fileExists(atPath: work + "/reservoir_output.txt") else {
            throw failure("wrote no reservoir_output.txt")
        }
    }
}
