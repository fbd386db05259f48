import Glibc

/// A file of a session folder, opened so that a folder made by somebody else leads nowhere: a plain name below the folder, no symbolic
/// link on the way or at the end, and a regular file. FIFOs and devices are told before they are opened.
package struct SessionFile: ~Copyable {
    let path: String
    let descriptor: Int32
    let size: Int
    /// Whether the file has other names, which may be anywhere on the disk.
    let hasOtherNames: Bool

    /// - Parameters:
    ///   - name: relative to the folder.
    ///   - access: `O_RDONLY` or `O_RDWR`.
    /// - Throws: ``SessionError``; ``SessionError/Reason/system(call:code:)`` with `ENOENT` when there is no such file.
    init(_ name: String, in folder: String, access: Int32 = O_RDONLY) throws(SessionError) {
        path = folder + "/" + name
        let folders = try Self.parent(of: name, in: folder)
        defer { close(folders.descriptor) }
        guard let state = Self.state(folders.last, at: folders.descriptor) else {
            throw SessionError(path: path, reason: .system(call: "open", code: errno))
        }
        try Self.requireRegular(state, path)
        let opened = openat(folders.descriptor, folders.last, access | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        guard opened >= 0 else { throw SessionError(path: path, reason: .system(call: "open", code: errno)) }
        var found = stat()
        guard fstat(opened, &found) == 0 else {
            let code = errno
            close(opened)
            throw SessionError(path: path, reason: .system(call: "fstat", code: code))
        }
        do throws(SessionError) {
            try Self.requireRegular(found, path)
        } catch {
            close(opened)
            throw error
        }
        descriptor = opened
        size = Int(found.st_size)
        hasOtherNames = found.st_nlink > 1
    }

    deinit { close(descriptor) }

    /// Whether there is something of this name, whatever it is.
    static func isThere(_ name: String, in folder: String) -> Bool {
        guard let folders = try? parent(of: name, in: folder) else { return false }
        defer { close(folders.descriptor) }
        return state(folders.last, at: folders.descriptor) != nil
    }

    /// A file's content; nil when there is no such file.
    /// - Throws: ``SessionError`` when it is no regular file, cannot be read, or is longer than `limit` bytes.
    package static func contents(_ name: String, in folder: String, limit: Int) throws(SessionError) -> [UInt8]? {
        do throws(SessionError) {
            let file = try SessionFile(name, in: folder)
            guard file.size <= limit else {
                throw SessionError(
                    path: file.path, reason: .unsupported("it has \(file.size) bytes, expected \(limit) at most"))
            }
            var content: [UInt8] = []
            content.reserveCapacity(file.size)
            try file.forEachPiece { content += $0 }
            return content
        } catch {
            if error.reason == .system(call: "open", code: ENOENT) { return nil }
            throw error
        }
    }

    /// Reads bytes in pieces of 1 MiB at most.
    /// - Throws: ``SessionError`` when the system cannot read them, and what `body` throws.
    func forEachPiece(
        from start: Int = 0, to end: Int = .max, _ body: (UnsafeRawBufferPointer) throws(SessionError) -> Void
    ) throws(SessionError) {
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: min(1 << 20, max(1, size)), alignment: 16)
        defer { piece.deallocate() }
        var place = start
        while place < end {
            let count = pread(descriptor, piece.baseAddress, min(piece.count, end - place), off_t(place))
            if count < 0 {
                let code = errno
                if code == EINTR { continue }
                throw SessionError(path: path, reason: .system(call: "read", code: code))
            }
            if count == 0 { return }
            try body(UnsafeRawBufferPointer(rebasing: piece[..<count]))
            place += count
        }
    }

    /// Where the last line ends; 0 when there is no whole line.
    func lastLineEnd() throws(SessionError) -> Int {
        var end = size
        while end > 0 {
            let begin = max(0, end - (1 << 16))
            var found: Int?
            try forEachPiece(from: begin, to: end) { bytes in
                if let place = bytes.lastIndex(of: 0x0A) { found = place + 1 }
            }
            if let found { return begin + found }
            end = begin
        }
        return 0
    }

    /// Whether a name stays below the folder that it is relative to: no empty part, no "." or "..", not from the root.
    static func isPlain(_ name: String) -> Bool {
        let parts = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return parts.count <= 16 && !name.utf8.contains(0)
            && parts.allSatisfy { !$0.isEmpty && $0.count < 256 && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8) }
    }

    /// Whether a name is that of a wire log: `wire/NAME.wire`.
    static func isWireLog(_ name: String) -> Bool {
        isPlain(name) && name.hasPrefix("wire/") && name.hasSuffix(".wire") && name.utf8.count(where: { $0 == 0x2F }) == 1
    }

    /// Refuses what is there and is no regular file, or is reached over a link; what is not there is no fault.
    static func check(_ name: String, in folder: String) throws(SessionError) {
        do throws(SessionError) {
            _ = try SessionFile(name, in: folder)
        } catch {
            guard case .system(_, ENOENT) = error.reason else { throw error }
        }
    }

    /// The folder in which the last part of a name stands, opened part by part.
    private static func parent(
        of name: String, in folder: String
    ) throws(SessionError) -> (descriptor: Int32, last: String) {
        guard isPlain(name) else {
            throw SessionError(path: folder, reason: .unsupported("“\(name)” is no plain name of a file in this folder"))
        }
        var place = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard place >= 0 else { throw SessionError(path: folder, reason: .system(call: "open", code: errno)) }
        let parts = name.split(separator: "/").map(String.init)
        var path = folder
        for part in parts.dropLast() {
            path += "/" + part
            let next = openat(place, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            var code = errno
            let state = next < 0 ? state(part, at: place) : nil
            if let state, state.st_mode & S_IFMT != S_IFDIR { code = ENOTDIR }
            close(place)
            guard next >= 0 else {
                if let state, state.st_mode & S_IFMT == S_IFLNK {
                    throw SessionError(path: path, reason: .unsupported(isKind(S_IFLNK)))
                }
                throw SessionError(path: path, reason: .system(call: "open", code: code))
            }
            place = next
        }
        return (place, parts[parts.count - 1])
    }

    private static func state(_ name: String, at folder: Int32) -> stat? {
        var state = stat()
        return fstatat(folder, name, &state, AT_SYMLINK_NOFOLLOW) == 0 ? state : nil
    }

    private static func requireRegular(_ state: stat, _ path: String) throws(SessionError) {
        guard state.st_mode & S_IFMT != S_IFREG else { return }
        throw SessionError(path: path, reason: .unsupported(isKind(state.st_mode & S_IFMT)))
    }

    private static func isKind(_ kind: mode_t) -> String {
        let word =
            switch kind {
            case S_IFLNK: "a symbolic link"
            case S_IFDIR: "a folder"
            case S_IFIFO: "a FIFO"
            case S_IFSOCK: "a socket"
            default: "a device"
            }
        return "it is \(word); the files of a session are plain files, put the file itself there"
    }
}
