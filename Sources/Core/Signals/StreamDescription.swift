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
        /// Name of the channel: an electrode, an axis.
        public var label: String
        /// SI unit of the samples that stages get.
        public var unit: Unit
        /// Full scale, in `unit`: a sample of this size is at the converter's limit. `nil` when the device has none.
        public var fullScale: Float?
        /// The unit of the stream's numbers, where they travel and are recorded as their sender wrote them; nil where they are
        /// in `unit`.
        public var own: OwnUnit?
        /// What the channel measures, where somebody has said it; nil for what its stream's kind says.
        public var type: ChannelType?

        public init(label: String, unit: Unit, fullScale: Float? = nil, own: OwnUnit? = nil, type: ChannelType? = nil) {
            self.label = label
            self.unit = unit
            self.fullScale = fullScale
            self.own = own
            self.type = type
        }

        /// What one of the stream's numbers is in `unit`.
        public var scale: Double { own?.scale ?? 1 }

        /// The name of the unit of the stream's numbers, for XDF and Lab Streaming Layer.
        public var unitWord: String { own?.word ?? unit.word }
    }

    /// A sender's own unit.
    public struct OwnUnit: Hashable, Sendable, Codable {
        /// As the sender wrote it ("microvolts"); "" where it wrote none.
        public var word: String
        /// What one of the sender's numbers is in the channel's `unit`.
        public var scale: Double

        public init(word: String, scale: Double) {
            self.word = word
            self.scale = scale
        }
    }

    /// Unique within a rig, for example "headset.eeg".
    public var name: String
    public var kind: Kind
    /// The content in the sender's own word, where that is none of ``Kind``'s; nil where `kind` tells it.
    public var ownType: String?
    /// In the order of a frame.
    public var channels: [Channel]
    /// Nominal frames per second of the device's own clock; 0 for an irregular stream.
    public var nominalRate: Double
    /// The device: maker and model, serial number and firmware when known.
    public var device: String
    /// Empty where the device has none.
    public var serialNumber: String
    /// A stream of texts (markers) instead of numbers; its channels have no unit.
    public var isText: Bool
    /// How the stream's numbers travel and are recorded; of no meaning for texts.
    public var sampleFormat: SampleFormat
    /// Bytes of the longest ``TextFrame`` of a stream of texts.
    public var longestTextFrame: Int
    /// The device stamps its samples with a clock of its own whose offset to the host's is measured now and then. Recordings
    /// keep both.
    public var hasOwnClock: Bool
    /// For a stream whose channels are digital lines: seconds that a level must last to count (``LineDebouncer``). nil for all others.
    public var debounce: Double?
    /// Name of the ``ElectrodeMontage`` that the labels of the EEG's electrodes are of; nil where nobody has said it.
    public var montage: String?
    /// What the EEG was measured against, in the user's words.
    public var reference: String?
    /// Frequency of the mains where the stream is recorded, in hertz.
    public var lineFrequency: Double?

    public init(
        name: String, kind: Kind, channels: [Channel], nominalRate: Double, device: String, serialNumber: String = "",
        isText: Bool = false, hasOwnClock: Bool = false, sampleFormat: SampleFormat = .float32,
        longestTextFrame: Int = TextFrame.usualCapacity, debounce: Double? = nil, montage: String? = nil,
        reference: String? = nil, lineFrequency: Double? = nil, ownType: String? = nil
    ) {
        self.name = name
        self.kind = kind
        self.ownType = ownType
        self.channels = channels
        self.nominalRate = nominalRate
        self.device = device
        self.serialNumber = serialNumber
        self.isText = isText
        self.hasOwnClock = hasOwnClock
        self.sampleFormat = sampleFormat
        self.longestTextFrame = longestTextFrame
        self.debounce = debounce
        self.montage = montage
        self.reference = reference
        self.lineFrequency = lineFrequency
    }

    /// Older recordings do not have the last keys: their numbers are 32-bit floats.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decode(String.self, forKey: .name)
        kind = try container.decode(Kind.self, forKey: .kind)
        ownType = try container.decodeIfPresent(String.self, forKey: .ownType)
        channels = try container.decode([Channel].self, forKey: .channels)
        nominalRate = try container.decode(Double.self, forKey: .nominalRate)
        device = try container.decode(String.self, forKey: .device)
        serialNumber = try container.decode(String.self, forKey: .serialNumber)
        isText = try container.decodeIfPresent(Bool.self, forKey: .isText) ?? false
        hasOwnClock = try container.decodeIfPresent(Bool.self, forKey: .hasOwnClock) ?? false
        sampleFormat = try container.decodeIfPresent(SampleFormat.self, forKey: .sampleFormat) ?? .float32
        longestTextFrame = try container.decodeIfPresent(Int.self, forKey: .longestTextFrame) ?? TextFrame.usualCapacity
        debounce = try container.decodeIfPresent(Double.self, forKey: .debounce)
        montage = try container.decodeIfPresent(String.self, forKey: .montage)
        reference = try container.decodeIfPresent(String.self, forKey: .reference)
        lineFrequency = try container.decodeIfPresent(Double.self, forKey: .lineFrequency)
    }

    /// The content, for XDF and Lab Streaming Layer.
    public var typeWord: String { ownType ?? kind.rawValue }

    /// What a channel measures, as far as it is known.
    public func channelType(of channel: Int) -> ChannelType? { channels[channel].type ?? ChannelType(word: kind.rawValue) }

    /// Where a channel's electrode sits; nil for what is no electrode of the stream's montage.
    public func position(of channel: Int) -> ElectrodeMontage.Position? {
        guard let type = channelType(of: channel), type.isElectrode else { return nil }
        return montage.flatMap { ElectrodeMontage(named: $0) }?.position(of: channels[channel].label)
    }

    /// Values of one frame.
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
