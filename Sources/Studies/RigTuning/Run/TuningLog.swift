import Foundation
import Glibc
import Outputs

/// Everything that was done to a rig, line by line: the plan, every change and window, the result, the end. Lines are on their way to the
/// disk when the call returns; none is ever changed.
public final class TuningLog {
    public let path: String?
    public private(set) var lines: [String] = []
    private let descriptor: Int32

    /// - Parameter path: a file that is not there yet; nil keeps the lines in memory.
    /// - Throws: `OutputError`.
    public init(_ path: String?) throws {
        self.path = path
        guard let path else {
            descriptor = -1
            return
        }
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw OutputError(path: path, reason: .system(call: "open", code: errno)) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    static let encoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // A learner may ask for anything.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return encoder
    }()

    static let decoder = {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return decoder
    }()

    func add(_ event: TuningEvent) throws {
        let line = String(decoding: try Self.encoder.encode(event), as: UTF8.self)
        lines.append(line)
        guard descriptor >= 0 else { return }
        var bytes = Array(line.utf8) + [0x0A]
        while !bytes.isEmpty {
            let count = Glibc.write(descriptor, bytes, bytes.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw OutputError(path: path ?? "", reason: .system(call: "write", code: errno)) }
            bytes.removeFirst(count)
        }
    }

    /// Everything so far is on the disk.
    func sync() { if descriptor >= 0 { fsync(descriptor) } }
}

/// A line of the log.
enum TuningEvent: Codable, Equatable {
    case plan(TuningPlan)
    case open(start: [Double])
    case change(KnobChange, purpose: String)
    case window(RigWindow, purpose: String)
    case result(TuningResult)
    /// It was asked to stop.
    case stopped
    case failed(String)
    case restored(KnobChange)
}

/// A rig whose every answer is in the log.
final class LoggedRig: TuningRig {
    private let rig: any TuningRig
    private let log: TuningLog
    var purpose = ""

    init(_ rig: any TuningRig, _ log: TuningLog) { (self.rig, self.log) = (rig, log) }

    var panel: KnobPanel { rig.panel }
    var start: [Double] { rig.start }

    func apply(_ asked: [Double]) throws -> KnobChange {
        let change = try rig.apply(asked)
        try log.add(.change(change, purpose: purpose))
        return change
    }

    func window(_ seed: UInt64) throws -> RigWindow {
        let window = try rig.window(seed)
        try log.add(.window(window, purpose: purpose))
        return window
    }

    func restore() throws -> KnobChange {
        let change = try rig.restore()
        try log.add(.restored(change))
        return change
    }
}

/// A log in place of the rig: it answers as the rig did.
final class RecordedRig: TuningRig {
    let panel: KnobPanel
    let start: [Double]
    private let events: [TuningEvent]
    private var place = 0
    /// Asked for what the log does not have next.
    struct Otherwise: Error { var line: Int }
    /// What the rig's failure was.
    struct Recorded: Error, CustomStringConvertible { var description: String }

    init(_ events: [TuningEvent], panel: KnobPanel, start: [Double], first: Int) {
        (self.events, self.panel, self.start, place) = (events, panel, start, first)
    }

    private func next() throws -> TuningEvent {
        guard place < events.count else { throw Otherwise(line: place + 1) }
        place += 1
        if case .failed(let text) = events[place - 1] { throw Recorded(description: text) }
        return events[place - 1]
    }

    /// Whether the run was asked to stop here.
    var isStopped: Bool { place < events.count && events[place] == .stopped }

    func apply(_ asked: [Double]) throws -> KnobChange {
        // Bits are compared, as no number is equal to itself.
        guard case .change(let change, _) = try next(), change.asked.map(\.bitPattern) == asked.map(\.bitPattern) else {
            throw Otherwise(line: place)
        }
        return change
    }

    func window(_ seed: UInt64) throws -> RigWindow {
        guard case .window(let window, _) = try next(), window.seed == seed else { throw Otherwise(line: place) }
        return window
    }

    func restore() throws -> KnobChange {
        // The result, the stop or the failure stands before it.
        while place < events.count {
            place += 1
            if case .restored(let change) = events[place - 1] { return change }
        }
        throw Otherwise(line: place)
    }
}
