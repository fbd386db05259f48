import Reservoirs
import TeamLearning

/// Ways to tune, by their names.
public enum TuningMethodName: String, Sendable, CaseIterable, Codable {
    case none, random, coordinate, cmaes = "cma-es", gaussian = "gp", q
}

/// Who the agents are: one for each film, with all its knobs, or one for each knob.
public enum TuningAgents: String, Sendable, CaseIterable, Codable {
    case films, knobs

    /// The knobs of each agent.
    public func knobs(_ panel: KnobPanel) -> [[Int]] {
        switch self {
        case .knobs: panel.knobs.indices.map { [$0] }
        case .films:
            (0..<panel.films).map { film in panel.knobs.indices.filter { panel.knobs[$0].film == film } }.filter { !$0.isEmpty }
        }
    }

    /// Their names, as a team file has them.
    public func names(_ panel: KnobPanel) -> [String] {
        switch self {
        case .knobs: panel.knobs.map(\.fullName)
        case .films: knobs(panel).map { "film\(panel.knobs[$0[0]].film + 1)" }
        }
    }

    /// What agents of one team by `device` or `kind` have in common.
    public func labels(_ panel: KnobPanel, _ label: (RigKnob) -> String) -> [String] {
        knobs(panel).map { label(panel.knobs[$0[0]]) }
    }
}
