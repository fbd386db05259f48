import Foundation
import Glibc
import Outputs

/// Where the knobs of a rig were before a tuning changed them: on the disk before the first change, gone when they are back.
///
/// A journal that is found at a start is of a tuning that was killed.
public struct KnobJournal: Sendable, Equatable, Codable {
    /// Full names, in the order of the panel.
    public var knobs: [String]
    public var start: [Double]
    /// Hash of the plan that changed them.
    public var plan: String

    public init(_ panel: KnobPanel, start: [Double], plan: String) {
        (knobs, self.start, self.plan) = (panel.knobs.map(\.fullName), start, plan)
    }

    /// The file and its folder's entry are on the disk when this returns.
    public func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        try OutputFile.write(Array(try encoder.encode(self)) + [0x0A], to: path)
    }

    /// nil where there is none.
    /// - Throws: ``TuningError`` for a file that is no journal.
    public static func read(_ path: String) throws(TuningError) -> KnobJournal? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        guard let data = FileManager.default.contents(atPath: path),
            let found = try? JSONDecoder().decode(KnobJournal.self, from: data), found.knobs.count == found.start.count,
            found.start.allSatisfy(\.isFinite)
        else {
            throw TuningError(
                .badFile(file: path, why: "it is no journal of knobs; look at it, and remove it when the rig is at rest"))
        }
        return found
    }

    /// The start values for a rig's knobs, whatever their order.
    /// - Throws: ``TuningError`` where the rig has other knobs.
    public func values(for panel: KnobPanel, file: String) throws(TuningError) -> [Double] {
        let known = Dictionary(zip(knobs, start), uniquingKeysWith: { first, _ in first })
        let values = panel.knobs.compactMap { known[$0.fullName] }
        guard values.count == panel.knobs.count, known.count == values.count else { throw TuningError(.otherKnobs(file: file)) }
        return values
    }

    public static func remove(_ path: String) { unlink(path) }
}
