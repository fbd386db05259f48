public import Settings
public import Signals

/// What a rig file says: the devices, what is done with their streams, and how a session is recorded.
public struct Rig: Sendable, Equatable {
    /// A `[[device]]` section.
    public struct Device: Sendable, Equatable {
        public var name: String
        /// Name of a ``DeviceKind``: "cyton", "alsa", "riglink", ….
        public var driver: String
        /// Where the real device is, in the driver's words: a serial port, an ALSA name, host:port, an LSL stream.
        public var port: String?
        /// A simulator to start instead ("cyton", "microphone", "film").
        public var simulator: String?
        /// Milliseconds from the sensor to the arrival of its bytes: the times of the device's frames are so much earlier.
        public var latencyMs: Double
        /// Names of the channels of its streams, by the stream's short name ("eeg"); "" stands for its main stream.
        public var channelNames: [String: [String]] = [:]
        public var channelsLine = 0
        /// What its channels measure, by the stream's short name; "" stands for its main stream.
        public var channelTypes: [String: ChannelTypes] = [:]
        /// Name of the montage that the labels of its electrodes are of.
        public var montage: String?
        /// What its EEG is measured against.
        public var reference: String?
        /// Of the mains, in hertz.
        public var lineFrequency_Hz: Double?
        /// Lines of the keys that say this, by the key.
        public var channelLines: [String: Int] = [:]
        /// Settings of the driver.
        public var settings: [String: Setting]
        /// Settings of the simulator.
        public var simulation: [String: Setting]
        /// Line of the device's table in the rig file.
        public var line: Int
        /// Lines of the settings.
        public var settingLines: [String: Int] = [:]
        public var simulationLines: [String: Int] = [:]
        /// Of a device that a rule found: which one.
        public package(set) var match: Match?

        /// What a latency may be, in milliseconds.
        package static let latencies = 0.0...1000
        package static let latencyRange = "0 to 1000 (milliseconds from the sensor to the arrival of its bytes)"
    }

    /// Types of a stream's channels.
    public enum ChannelTypes: Sendable, Equatable {
        /// The same for all.
        case all(ChannelType)
        case each([ChannelType])
    }

    /// The `[recording]` section.
    public struct Recording: Sendable, Equatable {
        /// Folder in which session folders are made.
        public var folder: String
        public var subject: String?
        public var note: String?
        /// Free space on the disk below which a recording ends; nil for the writer's own reserve.
        public var minimumFreeBytes: UInt64?
    }

    /// The file it came from, for messages.
    public var file: String
    /// The file's text, stored with every session.
    public var text: String
    public var name: String
    /// Of everything that is random in a run.
    public var seed: UInt64
    /// In the order of the file.
    public var devices: [Device]
    public var recognizers: [Recognizer] = []
    public var readouts: [Readout] = []
    /// The `[[readout]]`s that predict a number.
    public var predictors: [Predictor] = []
    public var monitors: [Monitor] = []
    public var recording: Recording
    /// What works and could be written better.
    public var hints: [String] = []

    public func device(named name: String) -> Device? { devices.first { $0.name == name } }
}
