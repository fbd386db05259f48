/// Range of the finite values of each channel, and where values are no numbers.
struct EDFExtent {
    struct Channel: Equatable {
        var minimum = 0.0
        var maximum = 0.0
        /// Every finite value is a whole number, and they count something: they have no unit, the recording's numbers are integers, or
        /// the file that they came from had them as its own numbers.
        var isWhole = false

        /// The values themselves can be numbers of a file.
        func fits(_ format: EDFFormat) -> Bool {
            isWhole && Double(format.least) <= minimum && maximum <= Double(format.greatest)
        }
    }

    private(set) var channels: [Channel] = []
    /// Frames, gaps counted, of stretches in which a channel's values are not finite.
    private(set) var strays: [(channel: Int, frames: Range<Int>)] = []
    /// More stretches than that are not told one by one.
    static let mostStrays = 100_000

    init(_ track: Recording.Track) throws(SessionError) {
        switch track.values {
        case .float32: try measure(track, Float.self)
        default: try measure(track, Double.self)
        }
    }

    private mutating func measure<Number: EDFPieceNumber>(_ track: Recording.Track, _ type: Number.Type) throws(SessionError) {
        var sweep = Sweep<Number>(channels: track.channels)
        try Self.forEachPiece(track, type) { _, values throws(SessionError) in sweep.take(values) }
        channels = sweep.ranges.map { Channel(minimum: $0.0, maximum: $0.1) }
        let isInteger =
            switch track.values {
            case .float32, .double64: false
            case .int8, .int16, .int32, .int64: true
            }
        let unitless = channels.indices.filter { channel in
            !track.units.indices.contains(channel) || track.units[channel].isEmpty || track.isCount(channel)
        }
        var isWhole = channels.indices.map { isInteger || unitless.contains($0) }
        if !isInteger, !unitless.isEmpty {
            try Self.forEachPiece(track, type) { _, values throws(SessionError) in
                for channel in unitless where isWhole[channel] {
                    isWhole[channel] = stride(from: channel, to: values.count, by: track.channels).allSatisfy { index in
                        let value = values[index].asDouble
                        return value.rounded() == value || !value.isFinite
                    }
                }
            }
        }
        for channel in channels.indices { channels[channel].isWhole = isWhole[channel] }
        if sweep.hasStrays { try findStrays(track, type) }
    }

    private static let pieceFrames = 4096

    /// The samples in pieces with the frames, gaps counted, at which they begin; what is missing may be longer than any file.
    private static func forEachPiece<Number: EDFPieceNumber>(
        _ track: Recording.Track, _ type: Number.Type,
        _ body: (_ frame: Int, borrowing [Number]) throws(SessionError) -> Void
    ) throws(SessionError) {
        var frame = 0
        for run in track.runs() {
            if run.first != nil {
                var here = frame
                try track.forEachPiece(of: type, frames: pieceFrames, in: frame..<frame + run.count) {
                    values throws(SessionError) in
                    try body(here, values)
                    here += pieceFrames
                }
            }
            frame += run.count
        }
    }

    /// The same without some channels.
    func without(_ channels: Set<Int>) -> EDFExtent {
        var kept = self
        let places = self.channels.indices.filter { !channels.contains($0) }
        kept.channels = places.map { self.channels[$0] }
        kept.strays = strays.compactMap { stray in places.firstIndex(of: stray.channel).map { ($0, stray.frames) } }
        return kept
    }

    private mutating func findStrays<Number: EDFPieceNumber>(
        _ track: Recording.Track, _ type: Number.Type
    ) throws(SessionError) {
        var open = [Int?](repeating: nil, count: track.channels)
        var found: [(channel: Int, frames: Range<Int>)] = []
        var end = 0
        try Self.forEachPiece(track, type) { frame, values throws(SessionError) in
            if frame != end { Self.close(&open, at: end, &found) }
            for (index, value) in (0..<values.count).lazy.map({ ($0, values[$0].asDouble) }) {
                let channel = index % track.channels
                let here = frame + index / track.channels
                if !value.isFinite {
                    if open[channel] == nil { open[channel] = here }
                } else if let first = open[channel] {
                    if found.count <= Self.mostStrays { found.append((channel, first..<here)) }
                    open[channel] = nil
                }
            }
            end = frame + values.count / max(1, track.channels)
        }
        Self.close(&open, at: end, &found)
        strays = found
    }

    /// A stretch ends where samples are missing.
    private static func close(
        _ open: inout [Int?], at end: Int, _ found: inout [(channel: Int, frames: Range<Int>)]
    ) {
        for channel in open.indices {
            if let first = open[channel] { found.append((channel, first..<end)) }
            open[channel] = nil
        }
    }

    /// Minima and maxima of as many frames side by side as make an inner loop worth it.
    private struct Sweep<Number: EDFPieceNumber> {
        private let channels: Int
        private var minima: [Number]
        private var maxima: [Number]
        private(set) var hasStrays = false

        init(channels: Int) {
            self.channels = channels
            let width = max(1, channels) * max(1, 256 / max(1, channels))
            minima = .init(repeating: .greatestFiniteMagnitude, count: width)
            maxima = .init(repeating: -.greatestFiniteMagnitude, count: width)
        }

        @inline(__always)
        mutating func take(_ values: borrowing [Number]) {
            let count = values.count
            let width = minima.count
            var strays: Number = 0
            values.withUnsafeBufferPointer { values in
                minima.withUnsafeMutableBufferPointer { minima in
                    maxima.withUnsafeMutableBufferPointer { maxima in
                        for start in stride(from: 0, to: count, by: width) {
                            for index in 0..<min(width, count - start) {
                                let value = values[start &+ index]
                                // Comparisons with NaN are false; infinities are kept out.
                                minima[index] = value < minima[index] && value > -.infinity ? value : minima[index]
                                maxima[index] = value > maxima[index] && value < .infinity ? value : maxima[index]
                            }
                            for index in 0..<min(width, count - start) {
                                // 0 for what is finite, else NaN.
                                strays += values[start &+ index] - values[start &+ index]
                            }
                        }
                    }
                }
            }
            if strays.isNaN { hasStrays = true }
        }

        var ranges: [(Double, Double)] {
            (0..<channels).map { channel in
                let places = stride(from: channel, to: minima.count, by: channels)
                let low = places.reduce(Double.infinity) { min($0, minima[$1].asDouble) }
                let high = places.reduce(-Double.infinity) { max($0, maxima[$1].asDouble) }
                return low <= high ? (low, high) : (0, 0)
            }
        }
    }
}

extension Recording.Track {
    /// The file that the track came from has a channel's values as its own numbers.
    func isCount(_ channel: Int) -> Bool {
        guard let digitisation, digitisation.channels.indices.contains(channel) else { return false }
        return digitisation.channels[channel]?.isCount ?? false
    }
}
