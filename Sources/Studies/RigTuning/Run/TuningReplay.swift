import Foundation
import TeamLearning

/// A log read back.
public struct TuningReplay {
    public let plan: TuningPlan
    public let lines: [String]
    private let events: [TuningEvent]
    private let file: String

    /// - Throws: ``TuningError`` for a file that is no log.
    public init(contentsOf path: String) throws(TuningError) {
        guard let data = FileManager.default.contents(atPath: path) else { throw TuningError(.missingFile(file: path)) }
        try self.init(String(decoding: data, as: UTF8.self), file: path)
    }

    package init(_ text: String, file: String) throws(TuningError) {
        self.file = file
        lines = text.split(separator: "\n").map(String.init)
        var events: [TuningEvent] = []
        for (place, line) in lines.enumerated() {
            guard let event = try? TuningLog.decoder.decode(TuningEvent.self, from: Data(line.utf8)) else {
                throw TuningError(.badFile(file: file, why: "line \(place + 1) is no line of a tuning's log"))
            }
            events.append(event)
        }
        self.events = events
        guard events.count > 1, case .plan(let plan) = events[0], case .open(let start) = events[1] else {
            throw TuningError(.badFile(file: file, why: "it does not begin with the plan and the start of a tuning"))
        }
        let knobs = plan.panel.knobs.count
        guard start == plan.start, start.count == knobs, knobs > 0, plan.settings.trials >= 0, plan.settings.pairs > 0,
            plan.settings.partition.agents == plan.settings.agents.knobs(plan.panel).count || plan.settings.method != .q
        else { throw TuningError(.badFile(file: file, why: "its plan does not fit itself")) }
        for (place, event) in events.enumerated() {
            let isFit =
                switch event {
                case .change(let change, _), .restored(let change):
                    change.asked.count == knobs && change.set.count == knobs && change.read.count == knobs
                case .window(let window, _): window.errors.count == plan.panel.films
                default: true
                }
            guard isFit else { throw TuningError(.badFile(file: file, why: "line \(place + 1) is of other knobs or films")) }
        }
        self.plan = plan
    }

    /// What came out; nil for a tuning that did not get so far.
    public var result: TuningResult? {
        events.lazy.compactMap { event in if case .result(let result) = event { result } else { nil } }.first
    }

    /// Runs the plan again with the log in place of the rig, and compares every line.
    /// - Returns: what came out again; nil for a log of a tuning that was stopped or failed.
    /// - Throws: ``TuningError/Reason/replayDiffers(line:)``.
    @discardableResult
    public func replay() throws -> TuningOutcome? {
        let rig = RecordedRig(events, panel: plan.panel, start: plan.start, first: 2)
        let log = try TuningLog(nil)
        var outcome: TuningOutcome?
        do {
            outcome = try TuningRun.run(plan, rig, log: log, isStopped: { rig.isStopped })
        } catch is TuningStopped {
        } catch is RecordedRig.Recorded {
        } catch is RecordedRig.Otherwise {}
        guard log.lines != lines else { return outcome }
        let place = zip(log.lines, lines).enumerated().first { $0.element.0 != $0.element.1 }?.offset
        throw TuningError(.replayDiffers(line: 1 + (place ?? min(log.lines.count, lines.count))))
    }
}
