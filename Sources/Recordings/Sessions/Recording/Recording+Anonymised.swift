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

    /// The recording without what tells who, when and where: the subject has its pseudonym, the date is moved or gone, sound is left out,
    /// and of what the source said about patient, technician, place and equipment only technical data of channels stay.
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
        }
        for index in result.texts.indices {
            result.texts[index].details.removeAll { !Self.harmless.contains($0.name) }
        }
        if !markers.isEmpty || !texts.isEmpty {
            result.remarks.append("markers and texts are kept as they are; look through them for names")
        }
        return result
    }
}
