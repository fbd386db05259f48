import Foundation
import Plots
import Sessions

/// The spectrogram of one audio track's first channel.
struct SpectrogramPanel {
    let track: Recording.Track
    let times: TrackTimes

    private static let titleHeight = 20.0
    private static let plotHeight = 132.0
    /// Sound above is seldom of interest in speech.
    private static let highestHertz = 8000.0
    private static let range: Float = 60

    var height: Double { Self.titleHeight + Self.plotHeight + 8 }

    func draw(_ drawing: inout SVGDrawing, _ axis: TimeAxis, top: Double) {
        let plotTop = top + Self.titleHeight
        let columns = Int(axis.width) * 2
        let bounds = Envelope.bounds(times, axis, columns: columns)
        let values = track.values.floats
        let channels = track.channels
        let signal = channels == 1 ? values : (0..<track.samples).map { values[$0 * channels] }
        let spectrogram = Spectrogram(
            signal, rate: track.rate, bounds: bounds, rows: 128, highest: min(Self.highestHertz, track.rate / 2)
        ) { first, last in !times.hasHole(from: first, to: last) }
        let top = Self.top(spectrogram)
        drawing.image(
            Self.image(spectrogram, top), x: axis.left, y: plotTop, width: axis.width, height: Self.plotHeight)
        drawing.rectangle(x: axis.left, y: plotTop, width: axis.width, height: Self.plotHeight, stroke: "#444")
        frequencies(&drawing, axis, plotTop, spectrogram.highest)
        legend(&drawing, axis, plotTop, top)
        let first = channels > 1 ? ", the first of \(channels) channels" : ""
        drawing.text(
            track.name + first + ", spectrogram", x: axis.left, y: plotTop - 6, size: 11, bold: true)
    }

    /// The noise of 16 bits is weaker: a silent recording stays light.
    private static let quietestTop: Float = -110

    /// What is loud in this recording, in whole tens of decibels.
    private static func top(_ spectrogram: Spectrogram) -> Float {
        let all = spectrogram.decibels.filter { !$0.isNaN }.sorted()
        guard !all.isEmpty else { return 0 }
        return max(quietestTop, (all[min(all.count - 1, all.count * 999 / 1000)] / 10).rounded(.up) * 10)
    }

    private static func image(_ spectrogram: Spectrogram, _ top: Float) -> PNGImage {
        let (width, height) = (spectrogram.columns, spectrogram.rows)
        var pixels = [UInt8](repeating: 255, count: width * height * 3)
        for column in 0..<width {
            for row in 0..<height {
                let level = spectrogram.decibels[column * height + row]
                guard !level.isNaN else { continue }
                let (red, green, blue) = ColourMap.print.colour(Double((level - top) / range + 1))
                let place = ((height - 1 - row) * width + column) * 3
                (pixels[place], pixels[place + 1], pixels[place + 2]) = (red, green, blue)
            }
        }
        return PNGImage(width: width, height: height, pixels: pixels)
    }

    private func frequencies(_ drawing: inout SVGDrawing, _ axis: TimeAxis, _ top: Double, _ highest: Double) {
        let step = NiceLength.below(highest / 2)
        for tick in 0...Int(highest / step) {
            let hertz = Double(tick) * step
            let y = top + Self.plotHeight * (1 - hertz / highest)
            drawing.line(axis.left - 4, y, axis.left, y, stroke: "#444")
            let text = highest >= 2000 ? String(format: "%g kHz", hertz / 1000) : String(format: "%g Hz", hertz)
            drawing.text(text, x: axis.left - 8, y: y + 3.5, size: 10, anchor: .end)
        }
    }

    private func legend(_ drawing: inout SVGDrawing, _ axis: TimeAxis, _ top: Double, _ level: Float) {
        let steps = 32
        let (x, height) = (axis.right + 8, Self.plotHeight - 34)
        var pixels: [UInt8] = []
        for step in 0..<steps {
            let (red, green, blue) = ColourMap.print.colour(1 - Double(step) / Double(steps - 1))
            pixels += [red, green, blue]
        }
        drawing.image(PNGImage(width: 1, height: steps, pixels: pixels), x: x, y: top + 24, width: 10, height: height)
        drawing.rectangle(x: x, y: top + 24, width: 10, height: height, stroke: "#444")
        drawing.text("dB FS²/Hz", x: x, y: top + 14, size: 9)
        drawing.text("\(Int(level))", x: x + 14, y: top + 31, size: 10)
        drawing.text("\(Int(level - Self.range))", x: x + 14, y: top + 24 + height, size: 10)
    }
}
