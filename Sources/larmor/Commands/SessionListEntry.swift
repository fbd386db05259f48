import Catalog
import Foundation

/// A session in `sessions list --json`.
struct SessionListEntry: Encodable {
    var session: String
    var created: String
    var seconds: Double?
    var state: CatalogEntry.State
    var problem: String?
    var rig: String
    var subjects: [String]
    var note: String?
    var devices: [String]
    var streams: [String]
    var bytes: Int
    var markers: Int
    var texts: Int
    var deviceEvents: Int
    var annotations: Int

    init(_ entry: CatalogEntry) {
        session = entry.session
        created = entry.created.ISO8601Format()
        seconds = entry.seconds
        state = entry.state
        problem = entry.problem
        rig = entry.rig
        subjects = entry.subjects
        note = entry.note
        devices = entry.devices
        streams = entry.streams
        bytes = entry.bytes
        markers = entry.markers
        texts = entry.texts
        deviceEvents = entry.deviceEvents
        annotations = entry.annotations
    }
}
