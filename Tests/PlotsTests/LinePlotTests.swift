import Foundation
import Plots
import Testing

@Suite struct LinePlotTests {
    @Test func `a plot has its words, its ticks and a line per curve`() {
        let plot = LinePlot(
            title: "m < 1", xLabel: "time, ps", yLabel: "mean",
            curves: [.init("m_x", x: [0, 10], y: [-1, 1]), .init("m_y", x: [0, 5, 10], y: [0, .nan, 0.5])])
        let svg = plot.svg
        #expect(svg.hasPrefix("<svg") && svg.contains("m &lt; 1") && svg.contains("time, ps"))
        #expect(svg.contains(">10<") && svg.contains(">-1<"))
        // The value that is no number interrupts the second line.
        #expect(svg.components(separatedBy: "<polyline").count - 1 == 3)
    }

    @Test func `curves without points or with one value still give a picture`() {
        #expect(LinePlot(title: "", xLabel: "", yLabel: "", curves: []).svg.contains("</svg>"))
        let flat = LinePlot(title: "", xLabel: "", yLabel: "", curves: [.init("a", x: [1, 2], y: [3, 3])])
        #expect(!flat.svg.contains("nan"))
    }
}
