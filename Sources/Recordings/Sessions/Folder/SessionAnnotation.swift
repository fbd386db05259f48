public import Foundation

/// A remark that somebody added to a session after it was recorded.
public struct SessionAnnotation: Codable, Sendable, Equatable {
    /// When the remark was made, to the second.
    public var created: Date
    public var text: String
    /// Seconds from the session's start that the remark is about; nil when it is about the whole session.
    public var at: Double?
    /// Seconds that it lasts; nil for a moment.
    public var duration: Double?
    /// Subjects that the session shall also be found under.
    public var subjects: [String]

    private enum CodingKeys: String, CodingKey {
        case created, text, subjects
        case at = "at_s"
        case duration = "duration_s"
    }

    public init(created: Date, text: String, at: Double? = nil, duration: Double? = nil, subjects: [String] = []) {
        self.created = Date(timeIntervalSince1970: created.timeIntervalSince1970.rounded(.down))
        self.text = text
        self.at = at
        self.duration = duration
        self.subjects = subjects
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        created = try values.decode(Date.self, forKey: .created)
        text = try values.decode(String.self, forKey: .text)
        at = try values.decodeIfPresent(Double.self, forKey: .at)
        duration = try values.decodeIfPresent(Double.self, forKey: .duration)
        subjects = try values.decodeIfPresent([String].self, forKey: .subjects) ?? []
    }
}
