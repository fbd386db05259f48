import Devices
import Failures
import Foundation
import Logging
import Origin
import Replay
import Reservoirs
import Rigs
import Settings

/// `train readout` of a continuous readout: recorded sessions drive the rig's films, and the films' states are fitted to the target.
struct PredictionTrainingRun {
    struct Result: Encodable {
        var readout: String
        var reservoir: String
        var target: String
        var trainingSteps: Int
        /// On the last fifth of the steps, which chose λ: the smallest among all λ, of a readout that was fitted to the others.
        var heldBackNrmse: Double
        var lambda: Double
        /// Frames of the drive that the rig file's limits have changed.
        var limitedFrames: UInt64

        var line: String {
            "\(reservoir): \(Console.count(trainingSteps, "step")) of \(target), NRMSE \(Console.number(heldBackNrmse, significant: 3)) "
                + "on the held back fifth, which chose λ = \(lambda)"
        }
    }

    let rig: Rig
    let section: Rig.Predictor
    let sessions: [String]
    let output: String
    /// Whether states are never squared.
    let isExact: Bool

    /// Reads the sessions.
    /// - Throws: `SessionsDiffer` where they are not of the same streams; ``SameSession``; the exit code when it was stopped.
    /// - Returns: their unbroken stretches, and what they are of.
    func read() throws -> SessionSteps {
        var all: SessionSteps?
        var seen: Set<String> = []
        for session in sessions {
            guard seen.insert(URL(fileURLWithPath: session).resolvingSymlinksInPath().path).inserted else {
                throw SameSession(session: session)
            }
            ProcessProvenance.note(data: session)
            guard
                let steps = try SessionSteps(
                    session: session, rig: rig, predictor: section, goesOn: { !StopRequest.isRequested })
            else { throw StopRequest.exitCode }
            if steps.damaged > 0 {
                let count = Console.count(steps.damaged, "stretch", "stretches")
                log.warning(
                    "\(session): \(count) of the recording cannot be read and are left out; see `larmor sessions verify \(session)`"
                )
            }
            if all == nil { all = steps } else { try all?.append(steps, session: session) }
        }
        guard let all else { preconditionFailure("the command asks for a session") }
        return all
    }

    /// - Parameters:
    ///   - members: the rig's films.
    ///   - steps: what drives them.
    func train(_ members: [any Reservoir], _ steps: SessionSteps) throws -> Result {
        let reservoir = members.count == 1 ? members[0] : ReservoirArray(members)
        try rig.checkMemory(of: section, nodes: reservoir.nodes, inputs: steps.inputs.count)
        var progress = ProgressLine("driving the film")
        let found = try PredictionTraining(section.settings, inputs: steps.inputs.count, isExact: isExact).run(
            steps.series, on: reservoir, seed: rig.seed
        ) { fraction in
            progress.show(fraction, steps.target)
            return !StopRequest.isRequested
        }
        progress.done()
        guard let found else { throw StopRequest.exitCode }
        var card = PredictionReadout.Card(
            settings: section.settings, inputs: steps.inputs, target: steps.target, rate: steps.rate, mean: found.mean,
            deviation: found.deviation, nodes: reservoir.nodes, channels: reservoir.inputs, reservoir: reservoir.description,
            lambda: found.lambda, trainingSteps: found.steps, heldBackNRMSE: found.heldBackNRMSE)
        card.provenance = ProcessProvenance.now
        try PredictionReadout(card: card, readout: found.readout).write(folder: output)
        let limited = members.reduce(0) { $0 + (($1 as? RigLinkReservoir)?.limitedFrames ?? 0) }
        if limited > 0 {
            log.warning(
                "the drive's limits changed \(Console.count(limited, "frame")): the films were driven otherwise than the readout asks for"
            )
        }
        return Result(
            readout: output, reservoir: card.reservoir, target: card.target, trainingSteps: card.trainingSteps,
            heldBackNrmse: card.heldBackNRMSE, lambda: card.lambda, limitedFrames: limited)
    }
}

/// What is held back of a session must not be learned from in a copy of it.
private struct SameSession: Failure {
    var session: String
    var kind: FailureKind { .usage }
    var description: String { "\(session): this session is named twice; name each one once" }
}
