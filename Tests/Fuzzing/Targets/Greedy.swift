import Foundation

/// Inputs that promise or hold as much as a file of ``FuzzTarget/fileBytes`` can.
extension FuzzTarget {
    /// Made of the target's seeds, in a fixed order: numbers that are larger, lines and wholes that are repeated, ends that are filled up.
    public func greedy() -> [[UInt8]] {
        let own = name == "xdfz" ? Self.bombs() + Self.longRecordings() : name == "brainvision" ? Self.wideHeaders() : []
        return own + seeds().prefix(12).flatMap { Self.variants($0) }
    }

    private static func variants(_ seed: [UInt8]) -> [[UInt8]] {
        guard !seed.isEmpty, seed.count <= fileBytes else { return [] }
        var inputs: [[UInt8]] = []
        // Fields of fixed width keep their places.
        for run in numbers(seed) {
            inputs.append(replacing(seed, run, [UInt8](repeating: 0x39, count: run.count)))
            for number in ["65535", "9999999"] { inputs.append(replacing(seed, run, Array(number.utf8))) }
        }
        // Sizes in binary heads.
        for place in stride(from: 0, to: min(96, seed.count - 4), by: 2) {
            for size in [[0xFF, 0xFF, 0, 0], [0xFF, 0xFF, 0xFF, 0x7F]] as [[UInt8]] {
                inputs.append(replacing(seed, place..<place + 4, size))
            }
        }
        let filler = fileBytes - seed.count
        for byte in [0, 0x20, 0xFF] as [UInt8] { inputs.append(seed + [UInt8](repeating: byte, count: filler)) }
        inputs.append(Array(repeatElement(seed, count: max(1, fileBytes / seed.count)).joined()))
        let lines = seed.split(separator: 0x0A, omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where lines.count > 1 && line.count < filler {
            let repeated = Array(repeatElement([UInt8](line), count: filler / (line.count + 1)).joined(separator: [0x0A]))
            let all = lines[..<index].map { [UInt8]($0) } + [repeated] + lines[(index + 1)...].map { [UInt8]($0) }
            inputs.append(Array(all.joined(separator: [0x0A])))
        }
        return inputs.filter { $0.count <= fileBytes + 16 }
    }

    /// Places of whole numbers in a text, the first fifty.
    private static func numbers(_ seed: [UInt8]) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var place = 0
        while place < seed.count, runs.count < 50 {
            let end = seed[place...].firstIndex { !(0x30...0x39).contains($0) } ?? seed.count
            if end > place { runs.append(place..<end) }
            place = end + 1
        }
        return runs
    }

    private static func replacing(_ seed: [UInt8], _ range: Range<Int>, _ bytes: [UInt8]) -> [UInt8] {
        seed[..<range.lowerBound] + bytes + seed[range.upperBound...]
    }

    /// Many channels of which the header says nothing.
    private static func wideHeaders() -> [[UInt8]] {
        [1000, 20_000, 65_535].map { channels in
            Array(
                """
                [Common Infos]
                DataFile=fuzz.eeg
                DataFormat=BINARY
                DataOrientation=MULTIPLEXED
                NumberOfChannels=\(channels)
                SamplingInterval=1000
                [Binary Infos]
                BinaryFormat=INT_16
                """.utf8)
        }
    }

    /// Packed files of at most ``fileBytes`` that hold much: samples of one byte, texts of none.
    private static func bombs() -> [[UInt8]] {
        func little<T: FixedWidthInteger>(_ value: T) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }
        func chunk(_ tag: UInt16, _ content: [UInt8]) -> [UInt8] {
            [4] + little(UInt32(content.count + 2)) + little(tag) + content
        }
        func file(_ format: String, row: [UInt8], rows: Int) -> [UInt8] {
            let header =
                "<info><name>s</name><channel_count>1</channel_count><nominal_srate>100</nominal_srate>"
                + "<channel_format>\(format)</channel_format></info>"
            let samples = little(UInt32(1)) + [4] + little(UInt32(rows)) + Array(repeatElement(row, count: rows).joined())
            return Array("XDF:".utf8) + chunk(1, Array("<info><version>1.0</version></info>".utf8))
                + chunk(2, little(UInt32(1)) + Array(header.utf8)) + chunk(3, samples)
        }
        // Above and below what is taken of a packed file of this size.
        return [100_000, 300_000, 780_000, 2_000_000].flatMap { bytes in
            [file("int8", row: [0, 0], rows: bytes / 2), file("string", row: [0, 1, 0], rows: bytes / 3)].map { [1] + $0 }
        }
    }
}
