public import Signals

/// What is known of a track's channels and of how they were measured.
extension Recording.Track {
    static let montageName = "montage"
    static let lineFrequencyName = "line_frequency"
    private static let referenceName = "reference"
    private static let typeName = "type"
    /// Says that somebody gave the channels their types; else each has the stream's.
    static let declaredTypes = HeaderElement("channel_types", "declared")

    /// What a channel measures, as far as the source tells.
    public func channelType(of channel: Int) -> ChannelType? {
        detail(Self.typeName, of: channel).flatMap { ChannelType(word: $0) } ?? ChannelType(word: type)
    }

    /// Whether the channels' types tell more than the stream's.
    public var hasTypes: Bool {
        details.contains(Self.declaredTypes)
            || labels.indices.contains { channel in
                detail(Self.typeName, of: channel).flatMap { ChannelType(word: $0) }.map { $0 != ChannelType(word: type) }
                    ?? false
            }
    }

    /// Gives the channels types.
    /// - Parameter types: one for each channel; nil leaves the stream's.
    public mutating func setTypes(_ types: [ChannelType?]) {
        precondition(types.count == channels, "a type for each channel")
        for (channel, type) in types.enumerated() {
            if let type { setDetail(HeaderElement(Self.typeName, type.rawValue), of: channel) }
        }
        if !details.contains(Self.declaredTypes) { details.append(Self.declaredTypes) }
    }

    /// The montage that the labels of the electrodes are of; nil for one that is not known.
    public var montage: ElectrodeMontage? {
        get { text(Self.montageName).flatMap { ElectrodeMontage(named: $0) } }
        set { setText(Self.montageName, newValue?.name) }
    }

    /// What the EEG was measured against.
    public var reference: String? {
        get {
            let label = details.first { $0.name == Self.referenceName }?["label"]
            return label.flatMap { $0.isEmpty ? nil : $0 }
        }
        set {
            details.removeAll { $0.name == Self.referenceName }
            if let newValue { details.append(HeaderElement(Self.referenceName, [HeaderElement("label", newValue)])) }
        }
    }

    /// Of the mains, in hertz.
    public var lineFrequency: Double? {
        get { text(Self.lineFrequencyName).flatMap(Double.init).flatMap { $0.isFinite && $0 > 0 ? $0 : nil } }
        set { setText(Self.lineFrequencyName, newValue.map { "\($0)" }) }
    }

    /// Where a channel's electrode sits; nil for what is no electrode of the track's montage.
    public func position(of channel: Int) -> ElectrodeMontage.Position? {
        guard let type = channelType(of: channel), type.isElectrode else { return nil }
        return montage?.position(of: labels[channel])
    }

    /// A channel's reference: its own, or the stream's for an electrode.
    func reference(of channel: Int) -> String? {
        if let own = detail(Self.referenceName, of: channel) { return own }
        return channelType(of: channel) == .eeg ? reference : nil
    }

    /// Adds what the source tells of a channel; one of the same name goes.
    mutating func setDetail(_ element: HeaderElement, of channel: Int) {
        if channelDetails.count != channels { channelDetails = Array(repeating: [], count: channels) }
        channelDetails[channel].removeAll { $0.name == element.name }
        channelDetails[channel].append(element)
    }

    private func text(_ name: String) -> String? { details.first { $0.name == name }?.text }

    private mutating func setText(_ name: String, _ text: String?) {
        details.removeAll { $0.name == name }
        if let text { details.append(HeaderElement(name, text)) }
    }
}
