/// The types in which exporters take a track's values: `Float` where it holds them, else `Double`.
protocol EDFPieceNumber: BinaryFloatingPoint {
    var asDouble: Double { get }
    static func append(_ values: XDFValues, _ range: Range<Int>, to piece: inout [Self])
}

extension Float: EDFPieceNumber {
    var asDouble: Double { Double(self) }
    static func append(_ values: XDFValues, _ range: Range<Int>, to piece: inout [Float]) { values.append(range, to: &piece) }
}

extension Double: EDFPieceNumber {
    var asDouble: Double { self }
    static func append(_ values: XDFValues, _ range: Range<Int>, to piece: inout [Double]) {
        switch values {
        case .float32(let values): piece += values[range].lazy.map(Double.init)
        case .double64(let values): piece += values[range]
        case .int8(let values): piece += values[range].lazy.map(Double.init)
        case .int16(let values): piece += values[range].lazy.map(Double.init)
        case .int32(let values): piece += values[range].lazy.map(Double.init)
        case .int64(let values): piece += values[range].lazy.map(Double.init)
        }
    }
}

extension Recording.Track {
    /// Hands on frames in pieces, zeros where frames are missing, so that no copy of the track is made.
    /// - Parameters:
    ///   - frames: of a piece, at least 1; the last one may be shorter.
    ///   - range: frames, gaps counted; all by default.
    ///   - body: frame-major values, shape `[frames, channels]`.
    func forEachPiece<Number: EDFPieceNumber>(
        of type: Number.Type, frames: Int, in range: Range<Int>? = nil,
        _ body: (borrowing [Number]) throws(SessionError) -> Void
    ) throws(SessionError) {
        let capacity = frames * channels
        let range = range ?? 0..<self.frames
        var piece: [Number] = []
        piece.reserveCapacity(capacity)
        var start = 0
        for run in runs() {
            let part = (start..<start + run.count).clamped(to: range)
            var left = part.count * channels
            var place = ((run.first ?? 0) + part.lowerBound - start) * channels
            start += run.count
            while left > 0 {
                let count = min(left, capacity - piece.count)
                if run.first == nil {
                    piece.append(contentsOf: repeatElement(0, count: count))
                } else {
                    Number.append(values, place..<place + count, to: &piece)
                }
                place += count
                left -= count
                guard piece.count == capacity else { continue }
                try body(piece)
                piece.removeAll(keepingCapacity: true)
            }
        }
        if !piece.isEmpty { try body(piece) }
    }
}
