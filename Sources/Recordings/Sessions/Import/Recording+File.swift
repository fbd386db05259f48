import Foundation

extension Recording {
    /// Reads a session folder, or a file of XDF (packed or not), EDF, EDF+, BDF, BDF+, BrainVision (its `.vhdr`), WAV, OpenBCI's text
    /// or a table of FEIS that any program made.
    ///
    /// The kind is told by the first bytes, not by the name.
    /// - Parameters:
    ///   - path: of the folder or file.
    ///   - clocks: of a session's streams, by their names: the times of their samples instead of the recorded ones.
    /// - Throws: ``SessionError``.
    public init(contentsOf path: String, clocks: [String: RecordedClock] = [:]) throws(SessionError) {
        var isFolder = ObjCBool(false)
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw SessionError(path: path, reason: .system(call: "open", code: ENOENT))
        }
        if isFolder.boolValue {
            self = try Recording(session: path, clocks: clocks)
            return
        }
        let head = try Self.head(path)
        if head.starts(with: XDF.magic) {
            self = try Recording(xdf: path)
        } else if head.starts(with: GzipFile.magic) {
            self = try Recording(gzip: path)
        } else if EDFFormat.begins(head) {
            self = try Recording(edf: path)
        } else if Self.isBrainVision(head) {
            self = try Recording(brainVision: path)
        } else if WAVFile.begins(head) {
            self = try Recording(wav: path)
        } else if OpenBCIText.begins(head) {
            self = try Recording(openBCI: path)
        } else if Self.isFEIS(head) {
            self = try Recording(feis: path)
        } else {
            let found = head.prefix(8).map { String(format: "%02X", $0) }.joined(separator: " ")
            throw SessionError(
                path: path,
                reason: .damaged(
                    offset: 0,
                    expected:
                        "a recording in XDF, EDF, BDF, BrainVision (.vhdr), WAV, a text file of OpenBCI's program or a table of FEIS",
                    found: "“\(found)”"))
        }
        dropImplausibleTimes()
    }

    private static func isBrainVision(_ head: [UInt8]) -> Bool {
        String(decoding: head.prefix(64), as: UTF8.self).lowercased().replacing("brain vision", with: "brainvision")
            .contains("brainvision data exchange header")
    }

    static func isBrainVision(_ path: String) -> Bool { (try? head(path)).map { isBrainVision($0) } ?? false }

    private static func head(_ path: String) throws(SessionError) -> [UInt8] {
        let file = try MappedFile(path: path)
        return file.withBytes { Array($0.prefix(512)) }
    }
}
