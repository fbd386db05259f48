import Foundation

/// The numbers of a BrainVision data file, as they stand there.
struct BrainVisionData {
    /// How a number is written.
    enum Format: String {
        case int16 = "INT_16"
        case uint16 = "UINT_16"
        case int32 = "INT_32"
        case float32 = "IEEE_FLOAT_32"
        case float64 = "IEEE_FLOAT_64"
        case ascii = "ASCII"

        var size: Int {
            switch self {
            case .int16, .uint16: 2
            case .int32, .float32: 4
            case .float64: 8
            case .ascii: 0
            }
        }

        /// The range of whole numbers that fit 32 bits; nil for what is none.
        var range: ClosedRange<Int32>? {
            switch self {
            case .int16: -32_768...32_767
            case .uint16: 0...65_535
            case .int32: Int32.min...Int32.max
            case .float32, .float64, .ascii: nil
            }
        }
    }

    let format: Format
    let isBigEndian: Bool
    let isVectorised: Bool
    private let decimalSymbol: UInt8
    private let skippedLines: Int
    private let skippedColumns: Int

    init(_ header: BrainVisionText, path: String) throws(SessionError) {
        let common = header["Common Infos"]
        let binary = header["Binary Infos"]
        let ascii = header["ASCII Infos"]
        isVectorised = common["dataorientation"]?.uppercased() == "VECTORIZED"
        isBigEndian = binary["usebigendianorder"]?.uppercased() == "YES"
        decimalSymbol = ascii["decimalsymbol"]?.utf8.first ?? UInt8(ascii: ".")
        skippedLines = max(0, ascii["skiplines"].flatMap(Int.init) ?? 0)
        skippedColumns = max(0, ascii["skipcolumns"].flatMap(Int.init) ?? 0)
        switch common["dataformat"]?.uppercased() ?? "BINARY" {
        case "ASCII": format = .ascii
        case "BINARY":
            let name = binary["binaryformat"] ?? ""
            guard let format = Format(rawValue: name.uppercased()), format != .ascii else {
                throw SessionError(
                    path: path,
                    reason: .unsupported(
                        "[Binary Infos] BinaryFormat: “\(name)” is none of INT_16, UINT_16, INT_32, IEEE_FLOAT_32, IEEE_FLOAT_64"
                    ))
            }
            self.format = format
        case let other:
            throw SessionError(
                path: path, reason: .unsupported("[Common Infos] DataFormat: “\(other)” is neither BINARY nor ASCII"))
        }
    }

    /// Reads a file.
    /// - Parameter resolutions: units of one number, one for each channel.
    /// - Returns: frame-major values, shape `[frames, channels]`: floats of a file that holds them in its own unit, else doubles; and
    ///   what had to be left out.
    func values(_ path: String, resolutions: [Double]) throws(SessionError) -> (values: XDFValues, remarks: [String]) {
        let file = try MappedFile(path: path)
        if format == .ascii { return try text(file, path: path, resolutions) }
        let channels = resolutions.count
        let frames = file.count / (channels * format.size)
        let rest = file.count - frames * channels * format.size
        let remarks = rest > 0 ? ["\(path): the last frame is cut; its \(rest) bytes were left out"] : []
        let values = file.withBytes { bytes -> XDFValues in
            switch format {
            case .float32 where resolutions.allSatisfy { $0 == 1 }:
                .float32(
                    turned(frames, channels) { source, _ in
                        Float(bitPattern: number(bytes, source, UInt32.self))
                    })
            case .float32: scaled(frames, resolutions) { Double(Float(bitPattern: number(bytes, $0, UInt32.self))) }
            case .float64: scaled(frames, resolutions) { Double(bitPattern: number(bytes, $0, UInt64.self)) }
            case .int16: scaled(frames, resolutions) { Double(number(bytes, $0, Int16.self)) }
            case .uint16: scaled(frames, resolutions) { Double(number(bytes, $0, UInt16.self)) }
            case .int32: scaled(frames, resolutions) { Double(number(bytes, $0, Int32.self)) }
            case .ascii: .double64([])
            }
        }
        return (values, remarks)
    }

    private func number<Number: FixedWidthInteger>(
        _ bytes: UnsafeRawBufferPointer, _ index: Int, _ type: Number.Type
    ) -> Number {
        let number = bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<Number>.size, as: type)
        return isBigEndian ? Number(bigEndian: number) : Number(littleEndian: number)
    }

    private func scaled(_ frames: Int, _ resolutions: [Double], _ number: (Int) -> Double) -> XDFValues {
        .double64(turned(frames, resolutions.count) { source, channel in number(source) * resolutions[channel] })
    }

    /// - Parameter value: of the number at a place in the file.
    private func turned<Value>(_ frames: Int, _ channels: Int, _ value: (_ source: Int, _ channel: Int) -> Value) -> [Value] {
        [Value](unsafeUninitializedCapacity: frames * channels) { values, count in
            guard let base = values.baseAddress else { return }
            for frame in 0..<frames {
                for channel in 0..<channels {
                    let target = frame * channels + channel
                    (base + target).initialize(
                        to: value(isVectorised ? channel * frames + frame : target, channel))
                }
            }
            count = frames * channels
        }
    }

    /// Lines of numbers: of a frame each, or vectorised of a channel each, which begins with its name.
    private func text(
        _ file: MappedFile, path: String, _ resolutions: [Double]
    ) throws(SessionError) -> (values: XDFValues, remarks: [String]) {
        let channels = resolutions.count
        var rows: [[Double]] = []
        var values: [Double] = []
        var remarks: [String] = []
        try file.withBytes { bytes throws(SessionError) in
            var number = 0
            for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
                number += 1
                if number <= skippedLines { continue }
                let words = line.split { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D || $0 == 0x3B }
                if words.isEmpty { continue }
                let skipped = skippedColumns + (isVectorised && skippedColumns == 0 ? 1 : 0)
                let numbers = words.dropFirst(skipped).map { self.value(of: $0) }
                guard isVectorised || numbers.count == channels, numbers.allSatisfy({ $0 != nil }) else {
                    let isLast = line.endIndex == bytes.endIndex
                    if isLast, !isVectorised, numbers.count < channels {
                        remarks.append("\(path): line \(number), the last one, is cut and was left out")
                        return
                    }
                    throw SessionError(
                        path: path,
                        reason: .damaged(
                            offset: line.startIndex, expected: "\(channels) numbers in line \(number)",
                            found: "“\(String(decoding: line.prefix(40), as: UTF8.self))”"))
                }
                if isVectorised {
                    rows.append(numbers.compactMap(\.self))
                } else {
                    for (channel, number) in numbers.enumerated() { values.append((number ?? 0) * resolutions[channel]) }
                }
            }
        }
        guard isVectorised else { return (.double64(values), remarks) }
        guard rows.count == channels, let frames = rows.map(\.count).min() else {
            throw SessionError(
                path: path, reason: .unsupported("it has lines of \(rows.count) channels, its header names \(channels)"))
        }
        if rows.contains(where: { $0.count > frames }) {
            remarks.append("\(path): its channels have unequal lengths; \(frames) values of each were read")
        }
        for frame in 0..<frames { for channel in 0..<channels { values.append(rows[channel][frame] * resolutions[channel]) } }
        return (.double64(values), remarks)
    }

    private func value(of word: Slice<UnsafeRawBufferPointer>) -> Double? {
        guard word.count < 64 else { return nil }
        let point = UInt8(ascii: ".")
        let text = String(decoding: word.map { $0 == decimalSymbol ? point : $0 }, as: UTF8.self)
        return BrainVisionText.number(text)
    }
}
