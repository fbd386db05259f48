import Glibc

/// What the header of a RIFF WAV file says about its sound. libsndfile reads a file that was cut as if it were whole.
struct SoundChunk {
    /// Bytes of sound that the header tells of.
    let claimed: Int
    /// Bytes from the sound's begin to the file's end.
    let present: Int

    /// Nil for a whole file, and for a program's that wrote to a pipe and could not know the length.
    var missingBytes: Int? {
        let isUnknown = claimed >= 0x7FFF_0000
        return isUnknown || claimed <= present ? nil : claimed - present
    }

    /// Nil for other kinds of files, and where no sound is announced.
    init?(path: String) {
        guard let file = fopen(path, "rb") else { return nil }
        defer { fclose(file) }
        guard fseek(file, 0, SEEK_END) == 0, case let size = ftell(file), size > 12 else { return nil }
        func bytes(_ count: Int, at place: Int) -> [UInt8]? {
            var bytes = [UInt8](repeating: 0, count: count)
            guard fseek(file, place, SEEK_SET) == 0, fread(&bytes, 1, count, file) == count else { return nil }
            return bytes
        }
        guard let head = bytes(12, at: 0), head.starts(with: "RIFF".utf8), head.suffix(4).elementsEqual("WAVE".utf8) else {
            return nil
        }
        var place = 12
        while let chunk = bytes(8, at: place) {
            let length = chunk.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
            guard !chunk.starts(with: "data".utf8) else {
                (claimed, present) = (length, size - place - 8)
                return
            }
            place += 8 + length + length % 2
        }
        return nil
    }
}
