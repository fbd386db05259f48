import Foundation
import Signals

/// What a header tells of channels beside `[Channel Infos]`: where electrodes sit, and what this format has no field for, as properties.
///
///     [Coordinates]
///     Ch1=1,-90,-72
///
///     [User Infos]
///     Prop1=string,Montage,standard_1020
///
///     [Channel User Infos]
///     Prop1=7,string,ChannelType,EOG
///
/// A coordinate is radius, angle from the vertex and angle in the plane of Fpz, T7, Oz and T8, in degrees; left of the midline the first
/// angle is negative. Channels without a place have 0,0,0, which mne takes for other data than EEG. A file that tells nothing of this has
/// none of these sections.
///
/// - Source: Brain Products, "BrainVision Core Data Format 1.0" (`[Coordinates]`); headers that Analyzer 2 writes (`[User Infos]`).
enum BrainVisionProperties {
    private static let coordinates = "brainvision_coordinates"
    private static let (montage, lineFrequency, type) = ("Montage", "PowerLineFrequency", "ChannelType")

    /// The sections, each with an empty line behind it; "" where there is nothing to tell.
    static func text(of track: Recording.Track) -> String {
        var sections: [(name: String, lines: [String])] = []
        let told = track.labels.indices.map { track.detail(coordinates, of: $0) }
        // A source tells them all, or we do.
        let places = told.contains { $0 != nil } ? told : track.labels.indices.map { place(of: $0, track) }
        if places.contains(where: { $0 != nil && $0 != nowhere }) {
            let lines = places.enumerated().compactMap { channel, place in place.map { "Ch\(channel + 1)=\($0)" } }
            sections.append(("Coordinates", lines))
        }
        var own: [String] = []
        if let name = track.montage?.name { own.append("string,\(montage),\(name)") }
        if let frequency = track.lineFrequency { own.append("double,\(lineFrequency),\(frequency)") }
        if !own.isEmpty { sections.append(("User Infos", numbered(own))) }
        if track.hasTypes {
            let types = track.labels.indices.compactMap { channel in
                track.channelType(of: channel).map { "\(channel + 1),string,\(type),\($0.rawValue)" }
            }
            if !types.isEmpty { sections.append(("Channel User Infos", numbered(types))) }
        }
        return sections.map { "[\($0.name)]\n\($0.lines.joined(separator: "\n"))\n\n" }.joined()
    }

    private static func numbered(_ lines: [String]) -> [String] { lines.enumerated().map { "Prop\($0 + 1)=\($1)" } }

    private static let nowhere = "0,0,0"

    /// As the montage says.
    private static func place(of channel: Int, _ track: Recording.Track) -> String {
        guard let type = track.channelType(of: channel), type.isElectrode,
            let position = track.montage?.positionOverEquator(of: track.labels[channel])
        else { return nowhere }
        let across = (position.x * position.x + position.y * position.y).squareRoot()
        var polar = atan2(across, position.z) * 180 / .pi
        var azimuth = across < 1e-9 ? 0 : atan2(position.y, position.x) * 180 / .pi
        if position.x < -1e-9 { (polar, azimuth) = (-polar, azimuth > 0 ? azimuth - 180 : azimuth + 180) }
        func number(_ value: Double) -> String {
            let rounded = (value * 100).rounded() / 100
            return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
        }
        return "1,\(number(polar)),\(number(azimuth))"
    }

    /// Puts what a header tells into a track.
    static func take(_ header: BrainVisionText, into track: inout Recording.Track) {
        for entry in header.entries("Coordinates") {
            let numbers = BrainVisionText.fields(entry.value).map { BrainVisionText.number($0) }
            guard let channel = channel(entry.key.dropFirst(2)), entry.key.lowercased().hasPrefix("ch"),
                track.labels.indices.contains(channel), numbers.count == 3, !numbers.contains(nil)
            else { continue }
            track.setDetail(HeaderElement(coordinates, entry.value), of: channel)
        }
        for entry in header.entries("User Infos") {
            let fields = BrainVisionText.fields(entry.value)
            guard fields.count > 2 else { continue }
            if fields[1] == montage { track.montage = ElectrodeMontage(named: fields[2]) }
            if fields[1] == lineFrequency { track.lineFrequency = BrainVisionText.number(fields[2]) }
        }
        var types = [ChannelType?](repeating: nil, count: track.channels)
        for entry in header.entries("Channel User Infos") {
            let fields = BrainVisionText.fields(entry.value)
            guard fields.count > 3, fields[2] == type, let channel = channel(fields[0]), types.indices.contains(channel) else {
                continue
            }
            types[channel] = ChannelType(word: fields[3])
        }
        if types.contains(where: { $0 != nil }) { track.setTypes(types) }
        let electrodes = track.labels.indices.filter { track.channelType(of: $0) == .eeg }
        let references = Set(electrodes.map { track.reference(of: $0) })
        if references.count == 1, let reference = references.first { track.reference = reference }
    }

    /// Its number from 0.
    private static func channel(_ text: some StringProtocol) -> Int? {
        Int(text).flatMap { $0 > 0 ? $0 - 1 : nil }
    }
}
