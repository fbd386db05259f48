import LiveGraph
import Rigs
import Signals

/// A headset of two channels and a film of four nodes, with a continuous readout.
enum PredictionRig {
    static let streams = [
        StreamDescription(
            name: "headset.eeg", kind: .eeg, channels: ["a", "b"].map { .init(label: $0, unit: .volt) }, nominalRate: 250,
            device: "test"),
        StreamDescription(
            name: "film.state", kind: .magnetisation, channels: (0..<4).map { .init(label: "m\($0)", unit: .dimensionless) },
            nominalRate: 0, device: "test"),
    ]
    static let devices = [
        GraphPlan.Device(name: "headset", streams: [streams[0]]), GraphPlan.Device(name: "film", streams: [streams[1]]),
    ]

    static func rig(_ more: String = "method = \"rls\"\nstandardise_s = 0.2\nforgetting = 1.0") -> String {
        """
        [[device]]
        name = "headset"
        driver = "cyton"
        port = "/dev/ttyUSB0"
        [[device]]
        name = "film"
        driver = "riglink"
        port = "127.0.0.1:1"
        [[readout]]
        name = "next"
        device = "film"
        input = "headset.eeg"
        input_channels = ["a"]
        target = "headset.eeg"
        target_channel = "b"
        every = 2
        horizon = 3
        washout = 4
        density = 1
        report_s = 1
        \(more)
        """
    }

    static func plan(_ more: String? = nil) throws -> GraphPlan {
        try GraphPlan(rig: Rig(text: more.map { rig($0) } ?? rig(), file: "rig.toml"), devices: devices)
    }
}
