import Glibc

/// Lines of standard input, without waiting for them.
struct InputLines {
    private(set) var hasEnded = false
    private var rest: [UInt8] = []

    /// The lines that have come since the last call, without surrounding spaces.
    mutating func take() -> [String] {
        while !hasEnded {
            var poll = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
            guard Glibc.poll(&poll, 1, 0) > 0 else { break }
            var piece = [UInt8](repeating: 0, count: 4096)
            let count = read(0, &piece, piece.count)
            if count > 0 {
                rest += piece[0..<count]
            } else if count == 0 || (errno != EINTR && errno != EAGAIN) {
                hasEnded = true
            } else {
                break
            }
        }
        var lines: [String] = []
        while let end = rest.firstIndex(of: 0x0A) {
            lines.append(String(decoding: rest[..<end], as: UTF8.self).trimmingSpaces)
            rest.removeSubrange(...end)
        }
        return lines
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        var text = Substring(self)
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text.drop(while: \.isWhitespace))
    }
}
