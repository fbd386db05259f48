public import Failures
import LiveGraph
public import Reservoirs
public import Rigs
import Sessions
import Signals

/// The steps of a continuous readout in a recorded session, with their targets: what it is trained with.
///
/// They are made by the code that runs live. The session may come from another rig, if its streams have the names that the readout has for them.
public struct SessionSteps: Sendable {
    /// Unbroken stretches, in their order.
    public var series: [StepSeries] = []
    /// Labels of the input's channels, the target's name, and frames of the input stream a second.
    public var inputs: [String]
    public var target: String
    public var rate: Double
    /// Stretches of the recording that cannot be read, and are left out.
    public var damaged = 0

    package init(series: [StepSeries] = [], inputs: [String], target: String, rate: Double) {
        (self.series, self.inputs, self.target, self.rate) = (series, inputs, target, rate)
    }

    /// - Parameter goesOn: asked with every block of the session; returns false to stop.
    /// - Returns: nil when it was stopped.
    /// - Throws: `SessionError`, and `SettingsError` for streams that the session does not have.
    public init?(
        session folder: String, rig: Rig, predictor: Rig.Predictor, goesOn: () -> Bool = { true }
    ) throws {
        let manifest = try SessionManifest(folder: folder)
        let files = try ReplayFiles(folder: folder, manifest: manifest, usesXDF: false)
        let found = try GraphPlan.signals(of: predictor, rig: rig, devices: files.devices)
        (inputs, target, rate) = (found.inputs, found.target, found.rate)
        let collector = StepCollector(found.plan, devices: files.devices)
        let graph = StageGraph(try GraphPlan(rig: nil, devices: files.devices), others: [collector])
        let sources = try files.makeSources()
        while let device = try SessionReplay.nextDevice(sources) {
            guard goesOn() else { return nil }
            sources[device].take { header, values in
                graph.take(PipelineItem(device: device, header: header, samples: values)) { _ in }
            }
        }
        graph.finish { _ in }
        series = collector.series
        damaged = sources.reduce(files.problems) { $0 + $1.damaged }
    }

    /// Adds the stretches of another session behind these.
    /// - Parameter session: the other one's folder.
    /// - Throws: where it is not of the same channels, target and rate.
    public mutating func append(_ other: SessionSteps, session: String) throws(SessionsDiffer) {
        func list(_ labels: [String]) -> String { "\(labels.count): \(labels.joined(separator: ", "))" }
        let compared = [
            ("channels of its input", list(other.inputs), list(inputs)), ("target", other.target, target),
            ("frames of its input a second", "\(other.rate)", "\(rate)"),
        ]
        for (what, found, expected) in compared where found != expected {
            throw SessionsDiffer(session: session, what: what, found: found, expected: expected)
        }
        series += other.series
    }
}

/// Sessions of one training have the same channels, target and rate.
public struct SessionsDiffer: Failure, Equatable {
    public var session: String
    public var what: String
    public var found: String
    /// As in the first session.
    public var expected: String

    public var kind: FailureKind { .badInput }
    public var description: String {
        "\(session): \(what): \(found); expected \(expected), as in the first session. Train with one of them, "
            + "or name the channels in the rig file (input_channels, target_channel)"
    }
}
