import Foundation
import Sessions

/// Reads one session folder as far as the catalog needs it. Whatever is wrong with the folder becomes part of the entry.
struct SessionScan {
    private(set) var entry: CatalogEntry
    private(set) var texts = CatalogTexts()

    init(folder: String) {
        let attributes = try? FileManager.default.attributesOfItem(atPath: folder)
        entry = CatalogEntry(
            session: folder, state: .damaged, problem: nil,
            created: attributes?[.modificationDate] as? Date ?? Date(timeIntervalSince1970: 0), seconds: nil, rig: "",
            subjects: [], note: nil, devices: [], drivers: [], streams: [], bytes: SessionFiles(folder: folder).bytes,
            markers: 0, texts: 0, deviceEvents: 0, annotations: 0)
        let manifest: SessionManifest
        do throws(SessionError) {
            manifest = try SessionManifest(folder: folder)
        } catch {
            entry.problem = Self.short(error)
            readAnnotations(folder)
            return
        }
        describe(manifest, folder)
        readAnnotations(folder)
        if entry.state != .recording { readRecording(folder) }
        if entry.problem == nil, let problem = SessionFiles.firstDifference(manifest, folder: folder) {
            damage(problem)
        }
        readEvents(folder)
        // What a repair could not mend; the session is closed and can be used.
        if entry.problem == nil { entry.problem = manifest.damage?.first }
    }

    private mutating func describe(_ manifest: SessionManifest, _ folder: String) {
        entry.created = manifest.created
        entry.rig = manifest.rigName
        entry.subjects = manifest.subject.map { [$0] } ?? []
        entry.note = manifest.note
        entry.devices = manifest.devices.map(\.name)
        entry.drivers = manifest.devices.map(\.driver)
        switch manifest.state {
        case .complete: entry.state = .complete
        case .recording where SessionLock.isHeld(folder: folder): entry.state = .recording
        case .recording:
            entry.state = .cut
            entry.problem = "it was not closed; `larmor sessions repair` closes it"
        }
    }

    private mutating func readAnnotations(_ folder: String) {
        let found = SessionAnnotations(folder: folder)
        entry.annotations = found.annotations.count
        for subject in found.annotations.flatMap(\.subjects) where !entry.subjects.contains(subject) {
            entry.subjects.append(subject)
        }
        texts.annotations = found.annotations.map(\.text).joined(separator: "\n")
        if !found.badLines.isEmpty { damage("\(SessionAnnotations.fileName): line \(found.badLines[0]) is no annotation") }
    }

    /// A longer event log is listed without its words.
    private static let longestEvents = 256 << 20

    private mutating func readEvents(_ folder: String) {
        let name = SessionWriter.eventsName
        do throws(SessionError) {
            guard let log = try SessionFile.contents(name, in: folder, limit: Self.longestEvents) else {
                return damage("\(name) is missing")
            }
            let found = EventTexts(Data(log))
            texts.words = found.words.joined(separator: " ")
            texts.prompts = found.prompts.joined(separator: " ")
        } catch {
            damage(Self.short(error))
        }
    }

    private mutating func readRecording(_ folder: String) {
        let recording: XDFReader
        do throws(SessionError) {
            recording = try XDFReader(session: folder, options: .init(keepsValues: false))
        } catch {
            return damage(Self.short(error))
        }
        let numeric = recording.streams.filter { $0.format != .string }
        entry.streams = numeric.map(\.name)
        if let first = numeric.compactMap(\.stamps.first).min(), let last = numeric.compactMap(\.stamps.last).max() {
            entry.seconds = last - first
        }
        let markers = recording.streams.filter { $0.format == .string }.flatMap(\.markerTexts)
        let counts = recording.markerCounts
        (entry.markers, entry.texts, entry.deviceEvents) = (counts.markers, counts.texts, counts.deviceEvents)
        texts.markers = markers.joined(separator: "\n")
        // A torn tail is what a cut session is known for.
        if entry.state != .cut, let problem = recording.problems.first {
            damage("\(SessionWriter.recordingName): \(problem)")
        }
    }

    /// The first thing that is wrong is told.
    private mutating func damage(_ problem: String) {
        entry.state = .damaged
        entry.problem = entry.problem ?? problem
    }

    private static func short(_ error: SessionError) -> String {
        let text = error.description.split(separator: "\n").joined(separator: " ")
        return text.count > 200 ? text.prefix(200) + "…" : text
    }
}
