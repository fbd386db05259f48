import Signals

/// What somebody has said of a stream's channels, in short.
public struct ChannelSummary: Codable, Sendable, Equatable {
    /// Numbers of channels by their types ("eeg", "eog"); nil where all have the stream's.
    public var types: [String: Int]?
    public var montage: String?
    public var reference: String?
    /// Of the mains.
    public var lineFrequencyHz: Double?

    /// - Returns: nil where nobody has said anything.
    public init?(_ track: Recording.Track) {
        montage = track.montage?.name
        reference = track.reference
        lineFrequencyHz = track.lineFrequency
        if track.hasTypes {
            let words = track.labels.indices.map { track.channelType(of: $0)?.rawValue.lowercased() ?? "unknown" }
            types = Dictionary(words.map { ($0, 1) }, uniquingKeysWith: +)
        }
        if types == nil, montage == nil, reference == nil, lineFrequencyHz == nil { return nil }
    }

    /// - Returns: nil where nobody has said anything.
    public init?(_ stream: XDFReader.Stream) {
        var track = Recording.Track(
            name: stream.name, type: stream.type, labels: stream.labels, units: stream.units, rate: stream.nominalRate,
            values: .float32([]))
        (track.channelDetails, track.details) = (stream.channelDetails, stream.details)
        self.init(track)
    }

    /// "eeg 6, eog 2; montage standard_1020; reference SRB2; mains 50 Hz"
    public var text: String {
        let words = (types ?? [:]).sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) \($0.value)" }
        let frequency = lineFrequencyHz.map { Int(exactly: $0).map { "mains \($0) Hz" } ?? "mains \($0) Hz" }
        return [
            words.isEmpty ? nil : words.joined(separator: ", "), montage.map { "montage \($0)" },
            reference.map { "reference \($0)" }, frequency,
        ].compactMap(\.self).joined(separator: "; ")
    }
}
