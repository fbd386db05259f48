import Foundation

/// What is taken out of a recording before it is given away.
public struct Anonymisation: Sendable, Equatable {
    /// Stands for the subject.
    public var pseudonym: String
    /// Whole days that the recording's date is moved by, so that its hour stays; nil takes the date away.
    public var shiftDays: Int?
    /// A voice tells who somebody is: sound is left out unless this is set.
    public var keepsAudio: Bool

    public init(pseudonym: String, shiftDays: Int? = nil, keepsAudio: Bool = false) {
        self.pseudonym = pseudonym
        self.shiftDays = shiftDays
        self.keepsAudio = keepsAudio
    }
}

extension Recording {
    /// Elements of a stream's description that say how it was measured and nothing about persons, places or single devices.
    private static let harmless: Set = [
        "cap", "reference", "ground", "filters", "filtering", Track.montageName, "placement", Track.lineFrequencyName,
        Track.declaredTypes.name,
    ]
    /// The same of a channel's.
    private static let harmlessOfChannels: Set = [
        "type", "reference", "ground", "prefilter", "filter", "filtering", "transducer", "impedance", "impedance_kohm",
        "location",
    ]

    /// The recording without what tells who, when and where: the subject has its pseudonym, the date is moved or gone, sound is left out,
    /// and of what the source said about patient, technician, place and equipment only technical data of channels stay. Streams that are
    /// called by their file, or by the subject, are called by the pseudonym. Nothing else of a session's manifest (command line, note,
    /// rig) is in a recording.
    ///
    /// Markers and texts are data and stay: a remark says so, because somebody may have typed a name.
    public func anonymised(_ how: Anonymisation) -> Recording {
        var result = self
        result.subject = how.pseudonym
        result.start = how.shiftDays.flatMap { days in start?.addingTimeInterval(Double(days) * 86_400) }
        result.clockZero = nil
        result.metadata = metadata.filter { $0.key == "format" }
        if !how.keepsAudio {
            let sounds = tracks.filter { $0.type.caseInsensitiveCompare("audio") == .orderedSame }.map(\.name)
            result.tracks.removeAll { sounds.contains($0.name) }
            if !sounds.isEmpty {
                result.remarks.append("left out, because voices tell who speaks: \(sounds.joined(separator: ", "))")
            }
        }
        for index in result.tracks.indices {
            result.tracks[index].details.removeAll { !Self.harmless.contains($0.name) }
            for channel in result.tracks[index].channelDetails.indices {
                result.tracks[index].channelDetails[channel].removeAll { !Self.harmlessOfChannels.contains($0.name) }
            }
        }
        for index in result.texts.indices {
            result.texts[index].details.removeAll { !Self.harmless.contains($0.name) }
            for channel in result.texts[index].channelDetails.indices {
                result.texts[index].channelDetails[channel].removeAll { !Self.harmlessOfChannels.contains($0.name) }
            }
        }
        result.renameStreams(how.pseudonym, subject: subject)
        if !markers.isEmpty || !texts.isEmpty {
            result.remarks.append("markers and texts are kept as they are; look through them for names")
        }
        return result
    }

    /// Formats whose files tell no stream's name, so that streams are called by the file.
    private static let formatsWithoutNames: Set = ["EDF", "BDF", brainVisionFormat, wavFormat, openBCIFormat]

    private mutating func renameStreams(_ pseudonym: String, subject: String?) {
        var names: [String: String] = [:]
        if let format = metadata["format"], Self.formatsWithoutNames.contains(format) {
            // What the names have in common is the file's; what follows tells streams of one file apart.
            let file =
                tracks.lazy.compactMap { $0.digitisation?.sharedFile }.first ?? tracks.map(\.name).min { $0.count < $1.count }
            for (index, track) in tracks.enumerated() {
                let isOfFile = file.map { track.name.hasPrefix($0) } ?? false
                names[track.name] = pseudonym + (isOfFile ? String(track.name.dropFirst(file?.count ?? 0)) : "-\(index + 1)")
                if track.digitisation?.sharedFile != nil { tracks[index].digitisation?.sharedFile = pseudonym }
            }
        }
        func renamed(_ name: String) -> String { names[name] ?? Self.replacing(subject, in: name, with: pseudonym) }
        let before = tracks.map(\.name) + texts.map(\.name)
        for index in tracks.indices { tracks[index].name = renamed(tracks[index].name) }
        for index in texts.indices { texts[index].name = renamed(texts[index].name) }
        for index in markers.indices {
            markers[index].stream = markers[index].stream.map(renamed)
            // What a device told of itself begins with its name.
            if markers[index].stream == SessionWriter.markersName {
                markers[index].text = Self.replacing(subject, in: markers[index].text, with: pseudonym)
            }
        }
        if before != tracks.map(\.name) + texts.map(\.name) {
            remarks.append("streams that were called by their file or by the subject are called by the pseudonym")
        }
    }

    /// A name with a pseudonym where the subject's own stands as a word of it, written in any way: "Ada Lovelace", "ada_lovelace".
    private static func replacing(_ subject: String?, in name: String, with pseudonym: String) -> String {
        guard let subject else { return name }
        let words = subject.split { !$0.isLetter && !$0.isNumber }.map { NSRegularExpression.escapedPattern(for: String($0)) }
        guard words.reduce(0, { $0 + $1.count }) > 1,
            let pattern = try? NSRegularExpression(
                pattern: "(?<![\\p{L}\\p{N}])" + words.joined(separator: "[^\\p{L}\\p{N}]*") + "(?![\\p{L}\\p{N}])",
                options: .caseInsensitive)
        else { return name }
        return pattern.stringByReplacingMatches(
            in: name, range: NSRange(name.startIndex..., in: name),
            withTemplate: NSRegularExpression.escapedTemplate(for: pseudonym))
    }
}
