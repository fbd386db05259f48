import Foundation
import Plots
import Testing

@Suite struct ScatterPlotTests {
    @Test func `a picture has a dot for each place, rings, words and a legend`() {
        let plot = ScatterPlot(
            title: "a < b", xLabel: "kernel rank", yLabel: "memory",
            groups: [
                .init("dots", x: [0, 10, 10, .nan], y: [0, 5, 5, 1], titles: ["one", "two", "the same", "none"]),
                .init("rings", x: [10], y: [5], colour: "#123456", isRing: true),
            ])
        let svg = plot.svg
        #expect(svg.contains("a &lt; b") && svg.contains("kernel rank") && svg.contains(">10<"))
        // Two places, a ring, two lines of the legend.
        #expect(svg.components(separatedBy: "<circle").count - 1 == 5)
        #expect(svg.contains("<title>two</title>") && !svg.contains("the same") && svg.contains("stroke=\"#123456\""))
    }

    @Test func `no points still give a picture`() {
        #expect(ScatterPlot(title: "", xLabel: "", yLabel: "", groups: []).svg.contains("</svg>"))
        #expect(!ScatterPlot(title: "", xLabel: "", yLabel: "", groups: [.init("a", x: [.nan], y: [1])]).svg.contains("nan"))
    }
}
