import Plots
import Sessions

/// The channels of one track one below the other, on one scale.
struct TracePanel {
    let track: Recording.Track
    let times: TrackTimes
    let colour: String

    /// More channels than that are left out, and the panel says so.
    private var mostChannels: Int { track.type == "EEG" ? 32 : 12 }
    private static let titleHeight = 20.0
    private static let smallestRow = 13.0

    private var shown: Int { min(track.channels, mostChannels) }

    private var rowHeight: Double { max(Self.smallestRow, min(34, 300 / Double(max(1, shown)))) }

    var height: Double { Self.titleHeight + rowHeight * Double(shown) + 8 }

    func draw(_ drawing: inout SVGDrawing, _ axis: TimeAxis, top: Double) {
        let plotTop = top + Self.titleHeight
        axis.grid(&drawing, top: plotTop, bottom: top + height - 8)
        let columns = Int(axis.width)
        let bounds = Envelope.bounds(times, axis, columns: columns)
        let values = track.values.floats
        let envelopes = (0..<shown).map {
            Envelope(values, channel: $0, channels: track.channels, bounds: bounds)
        }
        let scale = Self.scale(envelopes)
        for channel in 0..<shown {
            let middle = plotTop + rowHeight * (Double(channel) + 0.5)
            drawing.text(
                track.labels[channel], x: axis.left - 8, y: middle + 3.5, size: min(10, rowHeight - 2), anchor: .end)
            // A large value may cross into the neighbours' rows, but not further.
            let limit = rowHeight * 1.4
            for run in Self.runs(envelopes[channel], bounds, axis, times) {
                drawing.polyline(
                    run.map { point in
                        let offset = Double(point.value - envelopes[channel].centre) / scale * rowHeight / 2
                        return (point.x, middle - min(max(offset, -limit), limit))
                    }, stroke: colour, width: 0.7)
            }
        }
        title(&drawing, axis, top, scale)
    }

    private func title(_ drawing: inout SVGDrawing, _ axis: TimeAxis, _ top: Double, _ scale: Double) {
        let more = track.channels > shown ? ", the first \(shown) of \(track.channels) channels" : ""
        drawing.text(track.name + more, x: axis.left, y: top + 14, size: 11, bold: true)
        // A bar as high as a round value.
        let unit = track.units.first ?? ""
        let length = NiceLength.below(scale * 2)
        let bar = length / (scale * 2) * rowHeight
        let (x, y) = (axis.right + 8, top + Self.titleHeight + rowHeight / 2)
        drawing.line(x, y - bar / 2, x, y + bar / 2, stroke: "#222", width: 1.5)
        drawing.text(NiceLength.text(length, unit: unit), x: x + 5, y: y + 3.5, size: 10)
    }

    /// Half the height of a row, in the track's unit: 98 % of all columns fit.
    private static func scale(_ envelopes: [Envelope]) -> Double {
        let all = envelopes.flatMap(\.distances).sorted()
        guard let largest = all.last, largest > 0 else { return 1 }
        let usual = all[min(all.count - 1, all.count * 98 / 100)]
        return Double(usual > 0 ? usual : largest)
    }

    /// Lines through the least and greatest values of neighbouring columns; a gap ends a line.
    private static func runs(
        _ envelope: Envelope, _ bounds: [Int], _ axis: TimeAxis, _ times: TrackTimes
    ) -> [[(x: Double, value: Float)]] {
        var runs: [[(x: Double, value: Float)]] = []
        var run: [(x: Double, value: Float)] = []
        var lastSample: Int?
        for (column, range) in envelope.columns.enumerated() {
            guard let range else { continue }
            let first = bounds[column]
            if let lastSample, times.hasHole(from: lastSample, to: first) {
                runs.append(run)
                run = []
            }
            lastSample = bounds[column + 1] - 1
            let isSingle = bounds[column + 1] - first == 1
            let x = isSingle ? axis.x(times.time(first)) : axis.left + Double(column) + 0.5
            // From the end that is nearer to where the line is.
            let isRising = run.last.map { abs($0.value - range.lowerBound) <= abs($0.value - range.upperBound) } ?? true
            run.append((x, isRising ? range.lowerBound : range.upperBound))
            if range.lowerBound < range.upperBound { run.append((x, isRising ? range.upperBound : range.lowerBound)) }
        }
        return runs + [run]
    }
}
