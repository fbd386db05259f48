/// The samples of one stream in the type that the file has them in; sample-major, shape `[samples, channels]`.
public enum XDFValues: Sendable, Equatable {
    case float32([Float])
    case double64([Double])
    case int8([Int8])
    case int16([Int16])
    case int32([Int32])
    case int64([Int64])

    /// No samples, in the type of a format; texts have no values.
    init(empty format: XDFFormat) {
        self =
            switch format {
            case .float32, .string: .float32([])
            case .double64: .double64([])
            case .int8: .int8([])
            case .int16: .int16([])
            case .int32: .int32([])
            case .int64: .int64([])
            }
    }

    /// Number of scalars.
    public var count: Int {
        switch self {
        case .float32(let values): values.count
        case .double64(let values): values.count
        case .int8(let values): values.count
        case .int16(let values): values.count
        case .int32(let values): values.count
        case .int64(let values): values.count
        }
    }

    /// One scalar. For many, take the array out of the case instead.
    public subscript(index: Int) -> Double {
        switch self {
        case .float32(let values): Double(values[index])
        case .double64(let values): values[index]
        case .int8(let values): Double(values[index])
        case .int16(let values): Double(values[index])
        case .int32(let values): Double(values[index])
        case .int64(let values): Double(values[index])
        }
    }

    /// One scalar as the shortest decimal that gives the same value when it is read again.
    func text(_ index: Int) -> String {
        switch self {
        case .float32(let values): values[index].description
        case .double64(let values): values[index].description
        case .int8(let values): values[index].description
        case .int16(let values): values[index].description
        case .int32(let values): values[index].description
        case .int64(let values): values[index].description
        }
    }

    public var format: XDFFormat {
        switch self {
        case .float32: .float32
        case .double64: .double64
        case .int8: .int8
        case .int16: .int16
        case .int32: .int32
        case .int64: .int64
        }
    }

    /// The scalars' bytes, little-endian on every machine that this runs on.
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        switch self {
        case .float32(let values): values.withUnsafeBytes(body)
        case .double64(let values): values.withUnsafeBytes(body)
        case .int8(let values): values.withUnsafeBytes(body)
        case .int16(let values): values.withUnsafeBytes(body)
        case .int32(let values): values.withUnsafeBytes(body)
        case .int64(let values): values.withUnsafeBytes(body)
        }
    }

    /// All scalars as `Double`; a copy unless they are already.
    public var doubles: [Double] {
        switch self {
        case .float32(let values): values.map(Double.init)
        case .double64(let values): values
        case .int8(let values): values.map(Double.init)
        case .int16(let values): values.map(Double.init)
        case .int32(let values): values.map(Double.init)
        case .int64(let values): values.map(Double.init)
        }
    }

    /// All scalars as `Float`; a copy unless they are already.
    public var floats: [Float] {
        if case .float32(let values) = self { return values }
        return doubles.map(Float.init)
    }

    /// The sum of all scalars, added in their order.
    public var sum: Double {
        switch self {
        case .float32(let values): values.reduce(0) { $0 + Double($1) }
        case .double64(let values): values.reduce(0, +)
        case .int8(let values): values.reduce(0) { $0 + Double($1) }
        case .int16(let values): values.reduce(0) { $0 + Double($1) }
        case .int32(let values): values.reduce(0) { $0 + Double($1) }
        case .int64(let values): values.reduce(0) { $0 + Double($1) }
        }
    }
}

/// `channel_format` of a stream.
public enum XDFFormat: String, Sendable, CaseIterable {
    case float32, double64, int8, int16, int32, int64, string

    /// Bytes of one scalar; 0 for text, whose length varies.
    public var size: Int {
        switch self {
        case .string: 0
        case .int8: 1
        case .int16: 2
        case .float32, .int32: 4
        case .double64, .int64: 8
        }
    }
}
