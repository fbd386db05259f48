public import Failures
public import Foundation
public import MagneticFilm
import Signals
import TensorFiles

/// A continuum film's run between two steps, as a file from which it goes on to the bit: a safetensors file with the tensor `m`
/// of the shape [3, layers, rows, columns] and texts beside it.
public struct FilmCheckpoint<Scalar: ContinuumScalar>: Sendable, Equatable {
    public var state: ContinuumFilmState<Scalar>
    public var position: ContinuumRun.Position
    /// Bytes of the table that belong to the samples so far.
    public var tableBytes: Int
    /// Whether the film came to rest before the run; nil when it was not asked to.
    public var relaxed: Bool?
    /// What the run was asked, by option: a run goes on only under the same.
    public var settings: [String: String]

    public init(
        state: ContinuumFilmState<Scalar>, position: ContinuumRun.Position, tableBytes: Int, relaxed: Bool?,
        settings: [String: String]
    ) {
        (self.state, self.position, self.tableBytes) = (state, position, tableBytes)
        (self.relaxed, self.settings) = (relaxed, settings)
    }

    /// - Throws: ``FilmCheckpointError`` when something was asked differently, naming it.
    public func check(_ asked: [String: String]) throws(FilmCheckpointError) {
        for key in Set(asked.keys).union(settings.keys).sorted() where asked[key] != settings[key] {
            throw FilmCheckpointError(.otherRun(key: key, then: settings[key] ?? "none", now: asked[key] ?? "none"))
        }
    }
}

/// A checkpoint that cannot be gone on from.
public struct FilmCheckpointError: Failure, Equatable {
    public enum Reason: Equatable, Sendable {
        case noSuchFile
        case damaged(String)
        case otherRun(key: String, then: String, now: String)
    }

    public var reason: Reason
    public var file: String

    public init(_ reason: Reason, file: String = "the checkpoint") { (self.reason, self.file) = (reason, file) }

    public var kind: FailureKind { reason == .noSuchFile ? .missingInput : .badInput }

    public var description: String {
        switch reason {
        case .noSuchFile: "\(file): no such checkpoint; without --resume the run begins anew"
        case .damaged(let problem): "\(file): no usable checkpoint: \(problem); without --resume the run begins anew"
        case .otherRun(let key, let then, let now):
            "\(file) is of another run: \(key) was \(then), now it is \(now); ask for the same, or begin anew without --resume"
        }
    }
}

extension FilmCheckpoint {
    private static var mark: String { "larmor film checkpoint 1" }
    private static var settingPrefix: String { "setting " }

    /// The bytes of the file.
    public func encoded(mesh: FilmMesh) throws -> Data {
        let shape = [3, mesh.nz, mesh.ny, mesh.nx]
        let tensor =
            Scalar.self == Float.self
            ? SafeTensors.Tensor(shape: shape, state.components.flatMap { $0.map { Float($0) } })
            : SafeTensors.Tensor(shape: shape, state.components.flatMap { $0.map { Double($0) } })
        var texts = [
            "format": Self.mark, "time_s": "\(state.time_s)", "next_step_s": "\(state.nextStep_s)",
            "noise_step": "\(state.noiseStep)", "evaluations": "\(state.evaluations)", "start_s": "\(position.start_s)",
            "next_sample": "\(position.next)", "table_bytes": "\(tableBytes)", "crc32c": "\(Self.checksum(state.components))",
        ]
        if let relaxed { texts["relaxed"] = "\(relaxed)" }
        for (key, value) in settings { texts[Self.settingPrefix + key] = value }
        return try SafeTensors(tensors: ["m": tensor], metadata: texts).encoded()
    }

    private static func checksum(_ components: [[Scalar]]) -> UInt32 {
        var crc = CRC32C()
        for component in components { component.withUnsafeBytes { crc.update($0) } }
        return crc.value
    }

    /// Reads a file.
    /// - Throws: ``FilmCheckpointError`` that names the file.
    public init(file: String) throws(FilmCheckpointError) {
        guard let data = FileManager.default.contents(atPath: file) else { throw FilmCheckpointError(.noSuchFile, file: file) }
        try self.init(data, file: file)
    }

    /// The same from bytes; any bytes give a checkpoint or an error.
    public init(_ data: Data, file: String) throws(FilmCheckpointError) {
        func damaged(_ problem: String) -> FilmCheckpointError { FilmCheckpointError(.damaged(problem), file: file) }
        let tensors: SafeTensors
        do throws(SafeTensors.FileError) {
            tensors = try SafeTensors(data, name: file)
        } catch {
            throw damaged(error.problem)
        }
        let texts = tensors.metadata
        guard texts["format"] == Self.mark else { throw damaged("it does not say “\(Self.mark)”") }
        func number<Number: LosslessStringConvertible>(_ key: String, _ type: Number.Type) throws(FilmCheckpointError) -> Number
        {
            guard let value = texts[key].flatMap(Number.init) else { throw damaged("“\(key)” is missing or no number") }
            return value
        }
        guard let tensor = tensors.tensors["m"], tensor.shape.first == 3 else {
            throw damaged("it has no tensor “m” of three components")
        }
        let values: [Scalar]
        switch tensor.values {
        case .float(let floats) where Scalar.self == Float.self: values = floats.map { Scalar($0) }
        case .double(let doubles) where Scalar.self == Double.self: values = doubles.map { Scalar($0) }
        case .float: throw damaged("it is of a run with --precision float")
        case .double: throw damaged("it is of a run with --precision double")
        }
        let cells = values.count / 3
        let components = (0..<3).map { Array(values[$0 * cells..<($0 + 1) * cells]) }
        guard try number("crc32c", UInt32.self) == Self.checksum(components) else { throw damaged("its checksum is wrong") }
        let next = try number("next_sample", Int.self)
        let bytes = try number("table_bytes", Int.self)
        let start = try number("start_s", Double.self)
        guard next >= 1, bytes >= 0, start.isFinite else { throw damaged("sample \(next), \(bytes) bytes, \(start) s") }
        self.init(
            state: ContinuumFilmState(
                time_s: try number("time_s", Double.self), components: components,
                nextStep_s: try number("next_step_s", Double.self), noiseStep: try number("noise_step", UInt64.self),
                evaluations: try number("evaluations", Int.self)),
            position: .init(start_s: start, next: next), tableBytes: bytes, relaxed: texts["relaxed"].flatMap(Bool.init),
            settings: [:])
        for (key, value) in texts where key.hasPrefix(Self.settingPrefix) {
            settings[String(key.dropFirst(Self.settingPrefix.count))] = value
        }
    }
}
