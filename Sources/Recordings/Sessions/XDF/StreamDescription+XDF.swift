import Signals

/// What a stream says of its channels, as elements of a header in XDF.
///
/// - Source: XDF's meta-data conventions for EEG (`channels/channel/label`, `unit`, `type`, `location`, `reference`, `cap`); `montage`,
///   `line_frequency` and `channel_types` are Larmor's own.
extension StreamDescription {
    func element(ofChannel channel: Int) -> String {
        let description = channels[channel]
        let type = description.type?.rawValue ?? typeWord
        return "<channel>" + HeaderElement("label", description.label).xml + HeaderElement("unit", description.unitWord).xml
            + HeaderElement("type", type).xml + (position(of: channel).map { HeaderElement(location: $0).xml } ?? "")
            + "</channel>"
    }

    /// Elements of the stream beside its channels; empty where nobody has said anything.
    var details: [HeaderElement] {
        var details: [HeaderElement] = []
        if let reference { details.append(HeaderElement("reference", [HeaderElement("label", reference)])) }
        if let montage {
            details.append(HeaderElement("cap", [HeaderElement("labelscheme", ElectrodeMontage.labelScheme)]))
            details.append(HeaderElement(Recording.Track.montageName, montage))
        }
        if let lineFrequency { details.append(HeaderElement(Recording.Track.lineFrequencyName, "\(lineFrequency)")) }
        if channels.contains(where: { $0.type != nil }) { details.append(Recording.Track.declaredTypes) }
        return details
    }
}

extension HeaderElement {
    /// Millimetres, to a hundredth.
    init(location: ElectrodeMontage.Position) {
        func text(_ value: Double) -> String {
            let rounded = (value * 100).rounded() / 100
            return "\(rounded == 0 ? 0 : rounded)"
        }
        self.init(
            "location",
            [("X", location.x), ("Y", location.y), ("Z", location.z)].map { HeaderElement($0.0, text($0.1)) })
    }
}
