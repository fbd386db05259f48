import Devices
import Failures
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
        /// On the last fifth of the steps, which chose λ.
        var heldBackNrmse: Double
        var lambda: Double
        /// Frames of the drive that the rig file's limits have changed.
        var limitedFrames: UInt64

        var line: String {
            "\(reservoir): \(Console.count(trainingSteps, "step")) of \(target), NRMSE \(Console.number(heldBackNrmse, significant: 3)) "
                + "on the held back fifth, λ = \(lambda)"
        }
    }

    let rig: Rig
    let section: Rig.Predictor
    let sessions: [String]
    let output: String

    /// Reads the sessions.
    /// - Returns: their unbroken stretches, and what they are of.
    func read() throws -> SessionSteps {
        var all: SessionSteps?
        for session in sessions {
            ProcessProvenance.note(data: session)
            let steps = try SessionSteps(session: session, rig: rig, predictor: section)
            guard var found = all else {
                all = steps
                continue
            }
            guard found.rate == steps.rate else {
                throw SessionsDiffer(session: session, rate: steps.rate, expected: found.rate)
            }
            found.series += steps.series
            all = found
        }
        guard let all else { preconditionFailure("the command asks for a session") }
        return all
    }

    /// - Parameters:
    ///   - members: the rig's films.
    ///   - steps: what drives them.
    func train(_ members: [any Reservoir], _ steps: SessionSteps) throws -> Result {
        let reservoir = members.count == 1 ? members[0] : ReservoirArray(members)
        var progress = ProgressLine("driving the film")
        let found = try PredictionTraining(section.settings, inputs: steps.inputs.count).run(
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

/// Sessions of one training have the same rates.
private struct SessionsDiffer: Failure {
    var session: String
    var rate: Double
    var expected: Double
    var kind: FailureKind { .badInput }
    var description: String {
        "\(session): its input stream has \(rate) frames a second; expected \(expected), as in the first session. Train with one of them"
    }
}
