import Foundation
import Signals

/// `annotations.jsonl` of a session folder: one ``SessionAnnotation`` per line, oldest first.
public struct SessionAnnotations: Sendable, Equatable {
    public static let fileName = "annotations.jsonl"
    /// Longest text of one annotation, in bytes of UTF-8.
    public static let longestText = 16_384

    public private(set) var annotations: [SessionAnnotation] = []
    /// Lines that are no annotation, counted from 1.
    public private(set) var badLines: [Int] = []

    /// Reads what is there; a session without the file has no annotations.
    public init(folder: String) {
        guard let data = FileManager.default.contents(atPath: folder + "/" + Self.fileName) else { return }
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        for (number, line) in data.split(separator: 0x0A).enumerated() {
            do {
                annotations.append(try decoder.decode(SessionAnnotation.self, from: line))
            } catch {
                badLines.append(number + 1)
            }
        }
    }

    /// Adds one annotation to a session that is not being recorded; it is on the disk when this returns.
    ///
    /// The file is replaced whole, then the manifest with its new checksum. A power cut between the two leaves an annotation
    /// that the manifest does not know yet: verification says so, and repair takes it in.
    /// - Throws: ``SessionError`` when the folder is no session, is in use, or the text is empty, too long or not at a moment
    ///   of the session.
    public static func add(_ annotation: SessionAnnotation, to folder: String) throws(SessionError) {
        let lock = try SessionLock(folder: folder)
        defer { lock.release() }
        var manifest = try SessionManifest(folder: folder)
        try check(annotation, folder, manifest)
        let path = folder + "/" + fileName
        var content = FileManager.default.contents(atPath: path) ?? Data()
        if let last = content.last, last != 0x0A { content.append(0x0A) }
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let line = try? encoder.encode(annotation) else {
            throw SessionError(path: path, reason: .unsupported("the annotation cannot be written as JSON"))
        }
        content.append(line)
        content.append(0x0A)
        try replaceDurably(path, with: Array(content))
        manifest.files[fileName] = try SessionWriter.checksum(path)
        try manifest.write(folder: folder)
    }

    private static func check(
        _ annotation: SessionAnnotation, _ folder: String, _ manifest: SessionManifest
    ) throws(SessionError) {
        func refuse(_ what: String) -> SessionError { SessionError(path: folder, reason: .unsupported(what)) }
        guard annotation.text.contains(where: { !$0.isWhitespace }) else { throw refuse("an annotation needs a text") }
        guard annotation.text.utf8.count <= longestText else {
            throw refuse("the annotation has \(annotation.text.utf8.count) bytes, at most \(longestText) are kept")
        }
        guard !annotation.subjects.contains(where: { $0.allSatisfy(\.isWhitespace) }) else {
            throw refuse("a subject needs a name")
        }
        if let duration = annotation.duration {
            guard annotation.at != nil, duration.isFinite, duration >= 0 else {
                throw refuse("a duration is a number of seconds, and needs the moment at which it begins")
            }
        }
        guard let at = annotation.at else { return }
        let recording = try? XDFReader(path: folder + "/" + SessionWriter.recordingName, keepsValues: false)
        let last = recording?.streams.compactMap(\.stamps.last).max()
        let end = last.map { $0 - manifest.anchor.host.seconds } ?? .infinity
        guard at.isFinite, at >= 0, at <= end + 1 else {
            throw refuse("the session has no second \(at); it ends \(String(format: "%.3f", end)) s after its start")
        }
    }
}
