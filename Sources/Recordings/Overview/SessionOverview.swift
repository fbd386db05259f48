import Foundation
import Plots
public import Sessions

/// One picture of a whole recording: every stream as a band with gaps, markers, events of devices apart from them, EEG and other traces,
/// sound as a spectrogram.
public struct SessionOverview {
    private static let width = 1100.0
    private static let left = 150.0
    private static let right = 130.0
    /// More markers than that get no lines through the panels.
    private static let mostMarkerLines = 60
    private static let colours = ["#1f5f99", "#a8432f", "#2f7d4f", "#6b4c9a", "#a86f12", "#3d8a94", "#8a3b6b", "#666666"]

    private let recording: Recording
    private let title: String
    private let tracks: [(track: Recording.Track, times: TrackTimes, colour: String)]

    /// - Parameter title: the recording's name.
    public init(_ recording: Recording, title: String) {
        self.recording = recording
        self.title = title
        tracks = recording.tracks.enumerated().map { number, track in
            (track, TrackTimes(track), Self.colours[number % Self.colours.count])
        }
    }

    /// The picture as the text of an SVG file.
    public var svg: String {
        var drawing = SVGDrawing(width: Self.width, height: 0)
        heading(&drawing)
        let times = tracks.flatMap { [$0.times.first, $0.times.last] }.compactMap { $0 } + recording.markers.map(\.time)
        guard let first = times.filter(\.isFinite).min(), let last = times.filter(\.isFinite).max() else {
            drawing.text("The recording holds no samples and no markers.", x: 20, y: 80)
            drawing.height = 100
            return drawing.svg
        }
        let axis = TimeAxis(
            from: min(0, first), to: max(last, min(0, first) + 1e-3), left: Self.left,
            width: Self.width - Self.left - Self.right)
        let bands = StreamBands(
            tracks: tracks, markers: recording.markers.sorted { $0.time < $1.time },
            texts: recording.markerCounts.texts)
        var top = 62.0
        bands.draw(&drawing, axis, top: top)
        top += bands.height
        let bottom = panels.reduce(top) { $0 + $1.height }
        if bands.markers.count <= Self.mostMarkerLines {
            for marker in bands.markers {
                let x = axis.x(marker.time)
                drawing.line(x, top, x, bottom, stroke: "#b9b9b9", width: 0.6, dashes: "2 3", title: marker.text)
            }
        }
        for panel in panels {
            panel.draw(&drawing, axis, top)
            for hole in panel.times.holes {
                drawing.rectangle(
                    x: axis.x(hole.lowerBound), y: top + 20,
                    width: max(1, axis.x(hole.upperBound) - axis.x(hole.lowerBound)), height: panel.height - 28,
                    fill: "#fbe3e0", title: String(format: "gap of %.3f s", hole.upperBound - hole.lowerBound))
            }
            top += panel.height
        }
        axis.draw(&drawing, bottom: top)
        drawing.height = top + 30
        return drawing.svg
    }

    private struct Panel {
        var times: TrackTimes
        var height: Double
        var draw: (inout SVGDrawing, TimeAxis, Double) -> Void
    }

    private var panels: [Panel] {
        tracks.filter { $0.track.samples > 0 }.map { track, times, colour in
            if Self.isSound(track) {
                let panel = SpectrogramPanel(track: track, times: times)
                return Panel(times: times, height: panel.height) { panel.draw(&$0, $1, top: $2) }
            }
            let panel = TracePanel(track: track, times: times, colour: colour)
            return Panel(times: times, height: panel.height) { panel.draw(&$0, $1, top: $2) }
        }
    }

    private static func isSound(_ track: Recording.Track) -> Bool { track.type.lowercased() == "audio" && track.rate >= 1000 }

    private func heading(_ drawing: inout SVGDrawing) {
        drawing.text(title, x: 20, y: 28, size: 17, bold: true)
        var facts: [String] = []
        if let start = recording.start { facts.append(start.ISO8601Format()) }
        if let subject = recording.subject, !subject.isEmpty { facts.append("subject \(subject)") }
        if let zero = recording.sessionTime, abs(zero) >= 0.0005 {
            facts.append(String(format: "second 0 is %.3f s after the session's start", zero))
        }
        if let last = tracks.compactMap(\.times.last).max() { facts.append(String(format: "%.1f s", last)) }
        let gaps = tracks.flatMap(\.track.gaps)
        let lost = gaps.reduce(0) { $0 + $1.count }
        facts.append(lost == 0 ? "no frame lost" : "\(lost) frames lost, in \(gaps.count) gap\(gaps.count == 1 ? "" : "s")")
        drawing.text(facts.joined(separator: "   ·   "), x: 20, y: 46, size: 11, fill: "#444")
    }
}
