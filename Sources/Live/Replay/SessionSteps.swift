import LiveGraph
public import Reservoirs
public import Rigs
import Sessions
import Signals

/// The steps of a continuous readout in a recorded session, with their targets: what it is trained with.
///
/// They are made by the code that runs live. The session may come from another rig, if its streams have the names that the readout has for them.
public struct SessionSteps {
    /// Unbroken stretches, in their order.
    public var series: [StepSeries] = []
    /// Labels of the input's channels, the target's name, and frames of the input stream a second.
    public var inputs: [String]
    public var target: String
    public var rate: Double

    /// - Throws: `SessionError`, and `SettingsError` for streams that the session does not have.
    public init(session folder: String, rig: Rig, predictor: Rig.Predictor) throws {
        let manifest = try SessionManifest(folder: folder)
        let files = try ReplayFiles(folder: folder, manifest: manifest, usesXDF: false)
        let found = try GraphPlan.signals(of: predictor, rig: rig, devices: files.devices)
        (inputs, target, rate) = (found.inputs, found.target, found.rate)
        let collector = StepCollector(found.plan, devices: files.devices)
        let graph = StageGraph(try GraphPlan(rig: nil, devices: files.devices), others: [collector])
        let sources = try files.makeSources()
        while let device = try SessionReplay.nextDevice(sources) {
            sources[device].take { header, values in
                graph.take(PipelineItem(device: device, header: header, samples: values)) { _ in }
            }
        }
        graph.finish { _ in }
        series = collector.series
    }
}
