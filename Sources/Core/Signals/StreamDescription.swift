/// What one stream of a device carries: the contract between a driver and everything after it.
public struct StreamDescription: Hashable, Sendable, Codable {
    /// The content, in the words that XDF and Lab Streaming Layer use ("EEG", "Audio", "Accelerometer", …).
    public enum Kind: String, Sendable, Codable, CaseIterable {
        case eeg = "EEG"
        case audio = "Audio"
        case accelerometer = "Accelerometer"
        case auxiliary = "Auxiliary"
        case magnetisation = "Magnetisation"
        case drive = "Drive"
        case markers = "Markers"
        case signalQuality = "SignalQuality"
    }

    /// One channel: its name, the unit of its samples, and optionally the range that the device can deliver.
    public struct Channel: Hashable, Sendable, Codable {
        public var label: String
        public var unit: Unit
        /// Full scale, in `unit`: a sample of this size is at the converter's limit. `nil` when the device has none.
        public var fullScale: Float?

        public init(label: String, unit: Unit, fullScale: Float? = nil) {
            self.label = label
            self.unit = unit
            self.fullScale = fullScale
        }
    }

    /// Unique within a rig, for example "headset.eeg".
    public var name: String
    public var kind: Kind
    public var channels: [Channel]
    /// Nominal frames per second of the device's own clock; 0 for an irregular stream.
    public var nominalRate: Double
    /// The device: maker and model, serial number and firmware when known.
    public var device: String
    public var serialNumber: String
    /// A stream of texts (markers) instead of numbers; its channels have no unit.
    public var isText: Bool
    /// The device stamps its samples with a clock of its own whose offset to the host's is measured now and then. Recordings
    /// keep both.
    public var hasOwnClock: Bool

    public init(
        name: String, kind: Kind, channels: [Channel], nominalRate: Double, device: String, serialNumber: String = "",
        isText: Bool = false, hasOwnClock: Bool = false
    ) {
        self.name = name
        self.kind = kind
        self.channels = channels
        self.nominalRate = nominalRate
        self.device = device
        self.serialNumber = serialNumber
        self.isText = isText
        self.hasOwnClock = hasOwnClock
    }

    /// Older recordings do not have the last two keys.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decode(String.self, forKey: .name)
        kind = try container.decode(Kind.self, forKey: .kind)
        channels = try container.decode([Channel].self, forKey: .channels)
        nominalRate = try container.decode(Double.self, forKey: .nominalRate)
        device = try container.decode(String.self, forKey: .device)
        serialNumber = try container.decode(String.self, forKey: .serialNumber)
        isText = try container.decodeIfPresent(Bool.self, forKey: .isText) ?? false
        hasOwnClock = try container.decodeIfPresent(Bool.self, forKey: .hasOwnClock) ?? false
    }

    public var channelCount: Int { channels.count }
}

/// Units of samples: SI, with the few others that the devices speak.
public enum Unit: String, Sendable, Codable, CaseIterable {
    case volt = "V"
    /// Audio relative to digital full scale, −1 … 1 (no microphone here is calibrated in pascal).
    case fullScale = "FS"
    case tesla = "T"
    /// Standard gravity, 9.80665 m/s².
    case gravity = "g"
    case dimensionless = "1"
    case ohm = "Ω"
    case count = "count"
    /// The device does not say.
    case unspecified = ""

    /// The name in the meta-data conventions of XDF and Lab Streaming Layer.
    public var word: String {
        switch self {
        case .volt: "volts"
        case .fullScale: "normalized"
        default: rawValue
        }
    }
}
