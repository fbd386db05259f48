/// How the numbers of a stream are written, in memory and in files: little-endian, with the names of XDF's `channel_format`.
public enum SampleFormat: String, BitwiseCopyable, Sendable, Codable, CaseIterable {
    case float32, double64, int8, int16, int32, int64

    /// Bytes of one scalar.
    public var size: Int {
        switch self {
        case .int8: 1
        case .int16: 2
        case .float32, .int32: 4
        case .double64, .int64: 8
        }
    }

    /// Words of 32 bits that hold so many scalars, the last one filled up with zeros.
    public func words(_ scalars: Int) -> Int { self == .float32 ? scalars : (scalars * size + 3) / 4 }
}

/// A block's numbers as its stream has them, lent from the words of a ``SampleRing``.
///
/// Rings and sinks pass words of 32 bits (`UnsafeBufferPointer<Float>`). Only for ``SampleFormat/float32`` a word is a number; all
/// others are read through this view, or through a ``UnitConverter`` by what calculates in 32-bit floating point.
public struct SampleValues {
    /// How the numbers are written in the ring.
    public let format: SampleFormat
    /// Number of scalars.
    public let count: Int
    /// The scalars side by side, frame-major.
    public let bytes: UnsafeRawBufferPointer

    /// - Parameters:
    ///   - item: of kind ``SampleRingItem/Kind/samples``.
    ///   - words: those of the item; more of them may follow.
    public init(_ item: SampleRingItem, _ words: UnsafeBufferPointer<Float>) {
        format = item.format
        count = item.kind == .samples ? Int(item.frames) * Int(item.channels) : 0
        bytes = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(words)[0..<count * format.size])
    }

    /// One scalar; 64-bit integers are rounded to double precision.
    public subscript(index: Int) -> Double {
        switch format {
        case .float32: Double(load(index, as: Float.self))
        case .double64: load(index, as: Double.self)
        case .int8: Double(load(index, as: Int8.self))
        case .int16: Double(load(index, as: Int16.self))
        case .int32: Double(load(index, as: Int32.self))
        case .int64: Double(load(index, as: Int64.self))
        }
    }

    private func load<T: BitwiseCopyable>(_ index: Int, as type: T.Type) -> T {
        bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<T>.size, as: type)
    }
}

/// Gives the blocks of one stream to what calculates in 32-bit floating point and in the description's units: audio front ends, the
/// recogniser, checks.
public struct UnitConverter: Sendable {
    private let scales: [Double]
    /// The numbers are in the description's units already.
    private let isScaled: Bool
    private var floats: [Float] = []

    public init(_ description: StreamDescription) {
        scales = description.channels.map(\.scale)
        isScaled = scales.allSatisfy { $0 == 1 }
    }

    /// Lends a block's numbers in the channels' units, shape `[frames, channels]`: the words themselves where they are that already,
    /// else a copy.
    public mutating func withFloats<Result>(
        _ item: SampleRingItem, _ words: UnsafeBufferPointer<Float>, _ body: (UnsafeBufferPointer<Float>) -> Result
    ) -> Result {
        if item.format == .float32, isScaled { return body(words) }
        let values = SampleValues(item, words)
        let channels = Int(item.channels)
        floats.removeAll(keepingCapacity: true)
        for index in 0..<values.count {
            let channel = index % channels
            floats.append(Float(values[index] * (channel < scales.count ? scales[channel] : 1)))
        }
        return floats.withUnsafeBufferPointer(body)
    }
}
