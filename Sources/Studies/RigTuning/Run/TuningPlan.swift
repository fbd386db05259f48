import Foundation
public import TeamLearning
import Origin
import Protocols

/// How a rig is tuned: with what, how long, and how it is judged. Windows are equal for all methods.
public struct TuningSettings: Sendable, Equatable, Codable {
    public var method = TuningMethodName.q
    public var agents = TuningAgents.films
    /// As it was asked for, for reports.
    public var teams = "solo"
    /// The team of each agent.
    public var partition = TeamPartition.solo(1)
    public var learner = TeamTuningSettings()
    /// Windows of the tuning, returns to the reference among them.
    public var trials = 150
    /// Windows at the start that tell how much the score scatters by itself.
    public var noiseWindows = 10
    /// Every so many windows is a return to the reference.
    public var referenceEvery = 5
    /// Windows on held-out inputs with the start and with the best setting, one of each in a pair.
    public var pairs = 12
    /// What a second of rig time for a change costs, in the error's unit.
    public var costPerSecond = 0.005
    public var seed: UInt64 = 1

    public init() {}

    /// In all.
    public var windows: Int { noiseWindows + trials + 2 * pairs }
    /// Inputs that are tuned with. The same for all trials, so that settings differ and not inputs.
    var tuningSeed: UInt64 { seed &* 1_000_003 }
    /// Inputs of a pair.
    func heldOutSeed(_ pair: Int) -> UInt64 { tuningSeed &+ 1 &+ UInt64(pair) }
}

/// What a tuning will do, completely: with the same rig, the same plan.
public struct TuningPlan: Sendable, Equatable, Codable {
    public struct Device: Sendable, Equatable, Codable {
        public var name: String
        public var maker: String
        public var model: String
        public var serialNumber: String
        public var firmware: String

        init(_ device: KnobbedDevice) {
            let words = device.descriptor
            (name, maker, model) = (device.name, words.maker, words.model)
            (serialNumber, firmware) = (words.serialNumber, words.firmware)
        }
    }

    /// Name of the rig, and hash of its file where it has one.
    public var rig: String
    public var rigHash: String
    public var devices: [Device]
    public var panel: KnobPanel
    public var start: [Double]
    public var task: RigTask
    public var settings: TuningSettings

    public init(rig: String, rigHash: String, _ doors: KnobDoors, _ task: RigTask, _ settings: TuningSettings) {
        (self.rig, self.rigHash, self.task, self.settings) = (rig, rigHash, task, settings)
        (devices, panel, start) = (doors.devices.map(Device.init), doors.panel, doors.start)
    }

    /// Of everything in it: the first 16 digits of a SHA-256.
    public var hash: String {
        let bytes = (try? TuningLog.encoder.encode(self)) ?? Data()
        return String(ContentHash.sha256(bytes).prefix(16))
    }
}
