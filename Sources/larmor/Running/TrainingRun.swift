import Failures
import Foundation
import NeuralNetworks
import Plots
import Recognition

/// A training that is shown, kept after every epoch, and goes on after an interruption.
struct TrainingRun {
    private let training: RecognizerTraining
    private let folder: String
    private let fingerprint: String
    private let checkpoint: TrainingCheckpoint?

    private static let checkpointName = "training.safetensors"
    private static let curveName = "learning-curve.svg"

    /// - Parameters:
    ///   - folder: of the model; the checkpoint and the learning curve stand in it.
    ///   - fingerprint: of data and options.
    init(_ training: RecognizerTraining, folder: String, fingerprint: String, resume: Bool) throws {
        (self.training, self.folder, self.fingerprint) = (training, folder, fingerprint)
        checkpoint =
            resume
            ? try TrainingCheckpoint(
                folder + "/" + Self.checkpointName, fingerprint: fingerprint, parameters: training.parameterCount) : nil
    }

    /// - Returns: the model; nil when it was stopped: what was done until then is kept.
    func run() throws -> RecognizerModel? {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var progress = ProgressLine("training")
        var skipped = 0
        var kept = checkpoint?.epoch ?? 0
        if kept > 0 { Console.note("     goes on after epoch \(kept)") }
        let begin = ContinuousClock.now
        let model = try training.run(
            from: checkpoint,
            epochEnded: { state in
                try state.write(folder + "/" + Self.checkpointName, fingerprint: fingerprint)
                kept = state.epoch
                try PictureFile.write(curve(state.curve).svg, to: folder + "/" + Self.curveName)
                guard let last = state.curve.last, state.epoch % 4 == 1 || last.errorRate != nil else { return }
                let error = last.errorRate.map { ", validation error \(Report.percent($0))" } ?? ""
                let time = Console.number((ContinuousClock.now - begin) / .seconds(1), digits: 0)
                Console.note("     epoch \(state.epoch): loss \(Console.number(last.loss, digits: 3))\(error), \(time) s")
            }
        ) { state in
            progress.show(state.fraction, "epoch \(state.epoch + 1), loss \(Console.number(state.loss, digits: 3))")
            if skipped == 0, let words = state.notFinite.first {
                let places = words.map { String($0 + 1) }.joined(separator: ", ")
                Console.note(
                    "     epoch \(state.epoch + 1): the loss of the training utterances \(places) together is not finite;"
                        + " their batch is skipped")
            }
            skipped = state.skippedSteps
            return !StopRequest.isRequested
        }
        progress.done()
        if skipped > 0 {
            Console.note(
                "     \(Console.count(skipped, "batch", "batches")) changed nothing, because their loss or gradient was not finite"
            )
        }
        if model == nil {
            Console.note(
                kept > 0
                    ? "     stopped after epoch \(kept): the same command with --resume goes on"
                    : "     stopped before the first epoch's end: nothing is kept")
        }
        return model
    }

    /// Says that a stopped training's state is about to go.
    static func tellOfStopped(_ folder: String) {
        guard FileManager.default.fileExists(atPath: folder + "/" + checkpointName) else { return }
        Console.note(
            "     a training was stopped in \(folder); this one begins anew in its place (--resume would go on with it)")
    }

    /// What a finished training needs no more. One that cannot be removed does no harm.
    static func removeCheckpoint(_ folder: String) { unlink(folder + "/" + checkpointName) }

    private func curve(_ epochs: [TrainingCheckpoint.Epoch]) -> LinePlot {
        let x = epochs.indices.map { Double($0 + 1) }
        var curves = [LinePlot.Curve("CTC loss, nats", x: x, y: epochs.map(\.loss))]
        if epochs.contains(where: { $0.errorRate != nil }) {
            curves.append(.init("validation error", x: x, y: epochs.map { $0.errorRate ?? .nan }))
        }
        return LinePlot(title: "Learning curve", xLabel: "epoch", yLabel: "loss, error rate", curves: curves)
    }
}
