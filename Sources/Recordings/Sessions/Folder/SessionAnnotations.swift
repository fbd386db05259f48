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
    /// Why the file cannot be read; nil where it can, or where there is none.
    public private(set) var failure: SessionError?

    /// A longer file is no one's remarks.
    private static let greatestSize = 64 << 20

    /// Reads what is there; a session without the file has no annotations.
    public init(folder: String) {
        let content: [UInt8]
        do throws(SessionError) {
            content = try SessionFile.contents(Self.fileName, in: folder, limit: Self.greatestSize) ?? []
        } catch {
            failure = error
            return
        }
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        for (number, line) in content.split(separator: 0x0A).enumerated() {
            do {
                annotations.append(try decoder.decode(SessionAnnotation.self, from: Data(line)))
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
        var content = try SessionFile.contents(fileName, in: folder, limit: greatestSize) ?? []
        if let closed = manifest.files[fileName] { noteLoss(closed, &manifest, folder) }
        if let last = content.last, last != 0x0A { content.append(0x0A) }
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let line = try? encoder.encode(annotation) else {
            throw SessionError(path: path, reason: .unsupported("the annotation cannot be written as JSON"))
        }
        content += line
        content.append(0x0A)
        try replaceDurably(path, with: content)
        manifest.files[fileName] = try SessionWriter.checksum(fileName, in: folder)
        try manifest.write(folder: folder)
    }

    /// The file gets a new checksum, so what the old one tells is kept in words.
    private static func noteLoss(_ closed: SessionManifest.File, _ manifest: inout SessionManifest, _ folder: String) {
        let begin = try? SessionWriter.checksum(fileName, in: folder, length: closed.bytes)
        guard begin != closed else { return }
        let text =
            begin == nil
            ? "\(fileName): it was missing when an annotation was added"
            : "\(fileName): it was cut or changed before an annotation was added"
        if manifest.damage?.contains(text) != true { manifest.damage = (manifest.damage ?? []) + [text] }
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
        let recording = try? XDFReader.survey(session: folder)
        let last = recording?.streams.compactMap(\.lastStamp).max()
        let end = last.map { $0 - manifest.anchor.host.seconds } ?? .infinity
        guard at.isFinite, at >= 0, at <= end + 1 else {
            throw refuse("the session has no second \(at); it ends \(String(format: "%.3f", end)) s after its start")
        }
    }
}
