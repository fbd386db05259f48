/// One annotation of an EDF+ or BDF+ file, and how the bytes of annotation signals tell them.
struct EDFAnnotation: Equatable {
    /// Seconds from the start that the header tells.
    var onset: Double
    /// Seconds; 0 where none is told.
    var duration = 0.0
    var text: String
}

/// Reads time-stamped annotation lists (TAL): "+onset", 0x15 and a duration if there is one, 0x14, texts each ended by 0x14, 0x00.
///
/// - Source: B. Kemp and J. Olivan, "European data format 'plus' (EDF+)", section 2.2.2.
struct EDFAnnotationParser {
    /// Annotations so far.
    private(set) var annotations: [EDFAnnotation] = []
    /// Lists that begin or end as none should; what could be read of them was.
    private(set) var faults = 0
    /// Texts that are not UTF-8.
    private(set) var foreignTexts = 0
    /// The most digits behind the point of a record's time.
    private(set) var timeDigits = 0

    private static let end: UInt8 = 0
    private static let afterOnset: UInt8 = 0x15
    private static let separator: UInt8 = 0x14

    /// Takes the bytes of one signal in one record.
    /// - Returns: when the record begins, by an empty annotation in its first list; nil where none is told.
    mutating func take(_ bytes: UnsafeRawBufferPointer) -> Double? {
        var place = 0
        var time: Double?
        var isFirst = true
        while true {
            while place < bytes.count, bytes[place] == Self.end { place += 1 }
            guard place < bytes.count else { return time }
            let start = place
            while place < bytes.count, bytes[place] != Self.end { place += 1 }
            let list = UnsafeRawBufferPointer(rebasing: bytes[start..<place])
            let isEnded = place < bytes.count
            if let keeping = take(list: list, isEnded: isEnded), isFirst { time = keeping }
            isFirst = false
        }
    }

    /// - Returns: the onset of a list that begins with an empty annotation.
    private mutating func take(list: UnsafeRawBufferPointer, isEnded: Bool) -> Double? {
        let parts = list.split(separator: Self.separator, omittingEmptySubsequences: false)
        let stamps = parts[0].split(separator: Self.afterOnset, maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count > 1, let onset = Self.seconds(stamps[0]) else {
            faults += 1
            return nil
        }
        let duration = stamps.count > 1 ? Self.seconds(stamps[1]) : 0
        // The last separator stands before the end.
        let isWhole = isEnded && parts[parts.count - 1].isEmpty
        if !isWhole || duration == nil { faults += 1 }
        let texts = isWhole ? parts[1..<parts.count - 1] : parts[1...]
        for text in texts where !text.isEmpty {
            annotations.append(EDFAnnotation(onset: onset, duration: max(0, duration ?? 0), text: string(text)))
        }
        guard let first = texts.first, first.isEmpty else { return nil }
        if let point = stamps[0].firstIndex(of: 0x2E) { timeDigits = max(timeDigits, stamps[0].endIndex - point - 1) }
        return onset
    }

    private mutating func string(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        foreignTexts += 1
        return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }

    /// A plain decimal with or without a sign; nil for everything else.
    private static func seconds(_ bytes: Slice<UnsafeRawBufferPointer>) -> Double? {
        guard !bytes.isEmpty, bytes.count <= 40,
            bytes.allSatisfy({ (0x30...0x39).contains($0) || [0x2B, 0x2D, 0x2E, 0x2C].contains($0) })
        else { return nil }
        return Double(String(decoding: bytes, as: UTF8.self).replacing(",", with: "."))
    }
}
