import Foundation

/// A copy of an EDF or BDF file whose length is not the one that its header says: cut by a crash, or never closed, with −1
/// as its number of records.
///
/// EDFlib refuses such files. The copy has the whole records and their number in the header, so EDFlib reads it, and what was
/// mended is told. It is deleted with this object.
final class MendedEDF {
    let path: String
    let remark: String

    /// - Returns: nil when the length agrees with the header, or the header cannot be read: what is wrong with it is EDFlib's to say.
    /// - Throws: ``SessionError`` when the file has not one whole record.
    init?(_ original: String) throws(SessionError) {
        let file = try MappedFile(path: original)
        let measured = file.withBytes { bytes -> (said: Int, whole: Int, rest: Int, end: Int, record: Int)? in
            guard let header = try? EDFLayout.header(bytes, original) else { return nil }
            let field = String(decoding: bytes[Self.recordsField], as: UTF8.self).trimmingCharacters(in: .whitespaces)
            guard let said = Int(field) else { return nil }
            let (whole, rest) = (bytes.count - header.headerSize).quotientAndRemainder(dividingBy: header.recordSize)
            return (said, whole, rest, header.headerSize + whole * header.recordSize, header.recordSize)
        }
        guard let (said, whole, rest, end, record) = measured, said != whole || rest != 0 else { return nil }
        guard whole > 0, whole < 100_000_000 else {
            throw SessionError(
                path: original,
                reason: .damaged(offset: end, expected: "at least one record of \(record) bytes", found: "\(rest) bytes"))
        }
        remark =
            (said < 0 ? "its recorder did not close it" : "its header says \(said) records") + "; \(whole) whole ones were read"
            + (rest > 0 ? " and \(rest) bytes of a cut one at its end were not" : "")
        path = FileManager.default.temporaryDirectory.appendingPathComponent("larmor-\(UUID().uuidString).edf").path
        do {
            // Whoever may read the original only may not read the copy.
            _ = FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
            let copy = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
            defer { try? copy.close() }
            try file.withBytes { bytes throws in
                guard let start = bytes.baseAddress else { return }
                let whole = UnsafeMutableRawPointer(mutating: start)
                try copy.write(contentsOf: Data(bytesNoCopy: whole, count: end, deallocator: .none))
            }
            try copy.seek(toOffset: UInt64(Self.recordsField.lowerBound))
            let field = "\(whole)".padding(toLength: Self.recordsField.count, withPad: " ", startingAt: 0)
            try copy.write(contentsOf: Data(field.utf8))
        } catch {
            unlink(path)
            throw SessionError(path: path, reason: .unsupported("a copy cannot be written: \(error.localizedDescription)"))
        }
    }

    deinit { unlink(path) }

    /// "number of data records", 8 characters.
    private static let recordsField = 236..<244
}
