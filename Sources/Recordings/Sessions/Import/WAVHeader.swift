/// What the chunks of a WAV file say of its length, read by ourselves: libsndfile takes what is there and does not tell that more was said.
///
/// - Source: Microsoft and IBM, "Multimedia Programming Interface and Data Specifications 1.0" (RIFF); EBU Tech 3306 (RF64).
struct WAVHeader {
    /// Bytes of one frame by the format's chunk; 0 where there is none.
    private(set) var frameBytes = 0
    /// Bytes of samples that the header says; nil where it leaves them open, as of a stream that nobody closed.
    private(set) var said: UInt64?
    /// Bytes of samples in the file; nil where no chunk "data" begins.
    private(set) var found: Int?

    /// More chunks than that stand before no samples.
    private static let mostChunks = 10_000

    init(_ bytes: UnsafeRawBufferPointer) {
        let isBigEndian = bytes.starts(with: "RIFX".utf8)
        func word<Word: FixedWidthInteger>(_ place: Int, _ type: Word.Type) -> Word? {
            guard place >= 0, place <= bytes.count - MemoryLayout<Word>.size else { return nil }
            let word = bytes.loadUnaligned(fromByteOffset: place, as: type)
            return isBigEndian ? Word(bigEndian: word) : Word(littleEndian: word)
        }
        var wide: UInt64?
        var place = 12
        for _ in 0..<Self.mostChunks {
            guard place + 8 <= bytes.count, let length = word(place + 4, UInt32.self) else { return }
            switch bytes[place..<place + 4] {
            case let name where name.elementsEqual("fmt ".utf8): frameBytes = Int(word(place + 20, UInt16.self) ?? 0)
            case let name where name.elementsEqual("ds64".utf8): wide = word(place + 16, UInt64.self)
            case let name where name.elementsEqual("data".utf8):
                found = bytes.count - place - 8
                said = length == .max ? wide : UInt64(length)
                return
            default: break
            }
            place += 8 + Int(length) + Int(length & 1)
        }
    }

    /// What the file lacks, in words; nil where nothing is.
    var remark: String? {
        guard let found else { return nil }
        guard let said else { return "its recorder did not close it; all that is there was read" }
        let size = UInt64(max(1, frameBytes))
        // Programs that write into a pipe leave a length that nothing has.
        if said == 0, found >= size {
            return "its header says no samples, and \(found) bytes follow; its recorder did not close it"
        }
        if said > UInt64(found) {
            return "its header says \(said / size) frames; \(UInt64(found) / size) whole ones are there: the file was cut"
        }
        return said % size == 0 ? nil : "its last frame is cut, and was left out"
    }
}
