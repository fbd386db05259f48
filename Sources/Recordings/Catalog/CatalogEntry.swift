public import Foundation

/// What the catalog knows of one session.
public struct CatalogEntry: Codable, Sendable, Equatable {
    public enum State: String, Codable, Sendable {
        case complete
        /// A recorder is at work on it.
        case recording
        /// Its recorder was cut off; `larmor sessions repair` closes it.
        case cut
        /// Something is missing or changed; ``CatalogEntry/problem`` says what.
        case damaged
    }

    /// Path of the session folder.
    public var session: String
    public var state: State
    /// Why the session is not as it should be; nil for a good one.
    public var problem: String?
    /// When it was recorded; for a session without a readable manifest, when its folder was changed last.
    public var created: Date
    /// From the first to the last sample of all streams.
    public var seconds: Double?
    public var rig: String
    /// From the manifest and from annotations.
    public var subjects: [String]
    public var note: String?
    /// Names of the devices.
    public var devices: [String]
    /// Drivers of the devices.
    public var drivers: [String]
    public var streams: [String]
    /// Of all files in the folder.
    public var bytes: Int
    /// In the recording, as `MarkerCounts` has them.
    public var markers: Int
    public var texts: Int
    public var deviceEvents: Int
    public var annotations: Int
}

/// The words that a session can be found by.
struct CatalogTexts: Codable, Equatable {
    /// Words that were recognised, in their order.
    var words = ""
    var prompts = ""
    /// Markers and other texts of devices, of people and of imported files.
    var markers = ""
    var annotations = ""
}
