public import Foundation
public import Sessions

/// Which sessions would be deleted and why; nothing is touched until ``remove(_:)``.
public struct SessionPruning: Sendable {
    /// What makes a session one to delete; any rule that is set suffices.
    public struct Rules: Sendable, Equatable {
        /// Recorded before this moment.
        public var before: Date?
        /// Damaged, as the catalog lists it.
        public var damaged = false
        /// Its verification finds a problem; reads every byte of every session.
        public var failing = false
        /// The newest so many sessions stay whatever the other rules say; where no other rule is set, all others go.
        public var keep: Int?

        public init() {}

        var isEmpty: Bool { before == nil && !damaged && !failing && keep == nil }
    }

    /// A session to delete.
    public struct Candidate: Codable, Sendable, Equatable {
        public var session: String
        public var created: Date
        public var bytes: Int
        public var reason: String
        /// Links beside the folder that go with it: `NAME.xdf` of the remote control.
        public var links: [String] = []
    }

    /// A session that a rule names and that stays all the same.
    public struct Refused: Codable, Sendable, Equatable {
        public var session: String
        public var reason: String
    }

    public private(set) var candidates: [Candidate] = []
    public private(set) var refused: [Refused] = []

    /// - Parameters:
    ///   - entries: the sessions that the rules are applied to.
    ///   - progress: told how many entries are done; false stops early, and then nothing is a candidate.
    public init(_ entries: [CatalogEntry], _ rules: Rules, progress: (Int) -> Bool = { _ in true }) {
        guard !rules.isEmpty else { return }
        let newest = entries.sorted { ($0.created, $0.session) > ($1.created, $1.session) }
        let kept = Set(newest.prefix(rules.keep ?? 0).map(\.session))
        for (done, entry) in entries.enumerated() {
            guard progress(done) else {
                candidates = []
                return
            }
            guard !kept.contains(entry.session), let reason = Self.reason(entry, rules) else { continue }
            if let obstacle = PrunableFolder(entry.session).obstacle {
                refused.append(Refused(session: entry.session, reason: obstacle))
            } else {
                candidates.append(
                    Candidate(
                        session: entry.session, created: entry.created, bytes: entry.bytes, reason: reason,
                        links: RecordingLinks(session: entry.session).paths))
            }
        }
    }

    public var bytes: Int { candidates.reduce(0) { $0 + $1.bytes } }

    private static func reason(_ entry: CatalogEntry, _ rules: Rules) -> String? {
        if let before = rules.before, entry.created < before { return "recorded \(entry.created.ISO8601Format())" }
        if rules.damaged, entry.state == .damaged { return "damaged: " + (entry.problem ?? "") }
        if rules.failing, entry.state != .recording {
            do throws(SessionError) {
                if let problem = try SessionVerification(folder: entry.session).problems.first {
                    return "verification: " + problem
                }
            } catch {
                return "verification: \(error)"
            }
        }
        if rules.before == nil, !rules.damaged, !rules.failing, let keep = rules.keep {
            return "not among the newest \(keep)"
        }
        return nil
    }

    /// Deletes one session for good with the links that lead to it, its manifest last: what an interruption leaves is still known as a session.
    /// - Throws: ``SessionError`` when it is in use, is no session any more, or cannot be deleted.
    public static func remove(_ session: String) throws(SessionError) {
        try PrunableFolder(session).remove()
    }
}
