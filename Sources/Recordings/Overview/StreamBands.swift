import Foundation
import Plots
import Sessions

/// Every stream as a bar from its first to its last sample, with its gaps; below them the markers, and events of devices in a row of their
/// own.
struct StreamBands {
    let tracks: [(track: Recording.Track, times: TrackTimes, colour: String)]
    let markers: [Recording.Marker]
    let deviceEvents: [Recording.Marker]
    /// How many of the markers are texts that are none.
    let texts: Int

    /// - Parameter markers: of all kinds, in the order of their times.
    init(tracks: [(track: Recording.Track, times: TrackTimes, colour: String)], markers: [Recording.Marker], texts: Int = 0) {
        self.texts = texts
        self.tracks = tracks
        self.markers = markers.filter { !$0.isDeviceEvent }
        deviceEvents = markers.filter(\.isDeviceEvent)
    }

    private static let row = 18.0
    private static let bar = 10.0
    private static let labelSize = 9.0
    private static let labelRows = 3
    private static let deviceRow = 26.0

    private var markersHeight: Double { markers.isEmpty ? 0 : 16 + Double(Self.labelRows) * 11 }

    var height: Double {
        Double(tracks.count) * Self.row + markersHeight + (deviceEvents.isEmpty ? 0 : Self.deviceRow) + 6
    }

    func draw(_ drawing: inout SVGDrawing, _ axis: TimeAxis, top: Double) {
        axis.grid(&drawing, top: top, bottom: top + Double(tracks.count) * Self.row)
        for (number, entry) in tracks.enumerated() {
            let y = top + Double(number) * Self.row + (Self.row - Self.bar) / 2
            drawing.text(entry.track.name, x: axis.left - 8, y: y + 9, size: 10, anchor: .end)
            drawing.text(Self.facts(entry.track), x: axis.right + 8, y: y + 9, size: 9.5, fill: "#444")
            guard let first = entry.times.first, let last = entry.times.last else {
                drawing.text("no samples", x: axis.left + 4, y: y + 9, size: 9.5, fill: "#a00")
                continue
            }
            let width = max(1, axis.x(last) - axis.x(first))
            drawing.rectangle(x: axis.x(first), y: y, width: width, height: Self.bar, fill: entry.colour)
            for hole in entry.times.holes {
                // A gap that is shorter than a pixel is still seen.
                drawing.rectangle(
                    x: axis.x(hole.lowerBound), y: y - 2, width: max(1.5, axis.x(hole.upperBound) - axis.x(hole.lowerBound)),
                    height: Self.bar + 4, fill: "#fff", stroke: "#c00",
                    title: String(format: "gap of %.3f s", hole.upperBound - hole.lowerBound))
            }
        }
        let bottom = top + Double(tracks.count) * Self.row
        if !markers.isEmpty { drawMarkers(&drawing, axis, bottom) }
        if !deviceEvents.isEmpty { drawDeviceEvents(&drawing, axis, bottom + markersHeight) }
    }

    private static func facts(_ track: Recording.Track) -> String {
        let rate = track.rate > 0 ? String(format: "%g Hz", track.rate) : "irregular"
        let missing = track.gaps.reduce(0) { $0 + $1.count }
        return "\(track.channels) × \(rate)" + (missing > 0 ? ", \(missing) lost" : "")
    }

    private static let deviceColour = "#9a6a00"

    /// A rhomb for each event, and its text where there is room.
    private func drawDeviceEvents(_ drawing: inout SVGDrawing, _ axis: TimeAxis, _ top: Double) {
        drawing.text("devices", x: axis.left - 8, y: top + 10, size: 10, anchor: .end, fill: Self.deviceColour)
        drawing.text("\(deviceEvents.count)", x: axis.right + 8, y: top + 10, size: 9.5, fill: Self.deviceColour)
        var free = axis.left - 1
        for event in deviceEvents {
            let (x, y) = (axis.x(event.time), top + 7)
            drawing.polyline(
                [(x, y - 4), (x + 4, y), (x, y + 4), (x - 4, y), (x, y - 4)], stroke: Self.deviceColour, width: 0.8,
                fill: "#f4d58a", title: event.text)
            let text = event.text.count > 28 ? event.text.prefix(27) + "…" : event.text
            let width = Double(text.count) * Self.labelSize * 0.56 + 6
            guard free <= x, x + width <= axis.right + 90 else { continue }
            drawing.text(String(text), x: x + 2, y: top + 22, size: Self.labelSize, fill: Self.deviceColour)
            free = x + width
        }
    }

    /// A tick for each marker; its text where there is room.
    private func drawMarkers(_ drawing: inout SVGDrawing, _ axis: TimeAxis, _ top: Double) {
        let kinds = texts == 0 ? "markers" : texts == markers.count ? "texts" : "markers, texts"
        drawing.text(kinds, x: axis.left - 8, y: top + 10, size: 10, anchor: .end)
        let marks = markers.count - texts
        drawing.text(
            texts == 0 ? "\(marks)" : marks == 0 ? "\(texts)" : "\(marks) + \(texts)", x: axis.right + 8, y: top + 10,
            size: 9.5, fill: "#444")
        var free = [Double](repeating: axis.left - 1, count: Self.labelRows)
        for marker in markers {
            let x = axis.x(marker.time)
            drawing.line(x, top + 2, x, top + 13, stroke: "#333", width: 0.8, title: marker.text)
            let text = marker.text.count > 28 ? marker.text.prefix(27) + "…" : marker.text
            // Sans-serif letters are about 0.56 of their size wide on average.
            let width = Double(text.count) * Self.labelSize * 0.56 + 6
            guard let row = free.firstIndex(where: { $0 <= x }), x + width <= axis.right + 90 else { continue }
            let y = top + 23 + Double(row) * 11
            drawing.line(x, top + 13, x, y - 2, stroke: "#999", width: 0.5)
            drawing.text(String(text), x: x + 2, y: y, size: Self.labelSize, fill: "#333")
            free[row] = x + width
        }
    }
}
