/// Points in two dimensions as an SVG picture.
public struct ScatterPlot: Sendable {
    /// Points of one kind with their name in the legend.
    public struct Group: Sendable {
        public var name: String
        /// Shape `[points]`; points that are not finite are left out.
        public var x: [Double]
        /// Shape `[points]`.
        public var y: [Double]
        /// What a pointer over a point shows; as many as points, or none.
        public var titles: [String]
        /// A CSS colour; nil for the next one of ``LinePlot/colours``.
        public var colour: String?
        /// Rings around places, in place of dots.
        public var isRing: Bool

        /// - Precondition: as many x as y.
        public init(
            _ name: String, x: [Double], y: [Double], titles: [String] = [], colour: String? = nil, isRing: Bool = false
        ) {
            precondition(x.count == y.count, "a point has both")
            precondition(titles.isEmpty || titles.count == x.count, "a title for each point")
            (self.name, self.x, self.y, self.titles) = (name, x, y, titles)
            (self.colour, self.isRing) = (colour, isRing)
        }
    }

    public var title: String
    /// Quantity and unit of the horizontal axis.
    public var xLabel: String
    /// Quantity and unit of the vertical axis.
    public var yLabel: String
    /// Drawn in this order.
    public var groups: [Group]

    /// Points of a group that are drawn; more cannot be told apart.
    private static let most = 5000

    public init(title: String, xLabel: String, yLabel: String, groups: [Group]) {
        (self.title, self.xLabel, self.yLabel, self.groups) = (title, xLabel, yLabel, groups)
    }

    /// The picture. Of points at the same place the first is drawn.
    public var svg: String {
        let (xs, ys) = (PlotAxis(groups.flatMap(\.x)), PlotAxis(groups.flatMap(\.y)))
        var drawing = SVGDrawing(width: 760, height: 420)
        PlotFrame.draw(&drawing, title: title, xLabel: xLabel, yLabel: yLabel, xs, ys)
        for (index, group) in groups.enumerated() {
            let colour = group.colour ?? LinePlot.colours[index % LinePlot.colours.count]
            func draw(x: Double, y: Double, _ title: String?) {
                drawing.circle(
                    x: x, y: y, radius: group.isRing ? 5 : 3, fill: group.isRing ? "none" : colour,
                    stroke: group.isRing ? colour : "none", title: title)
            }
            var seen: Set<[Double]> = []
            let shown = group.x.indices.filter { place in
                let (x, y) = (group.x[place], group.y[place])
                return x.isFinite && y.isFinite && seen.insert([x, y]).inserted
            }
            for place in stride(from: 0, to: shown.count, by: 1 + shown.count / Self.most).map({ shown[$0] }) {
                let (x, y) = PlotFrame.place(group.x[place], group.y[place], xs, ys)
                draw(x: x, y: y, group.titles.isEmpty ? nil : group.titles[place])
            }
            let (x, y) = PlotFrame.legend(index)
            draw(x: x + 9, y: y - 4, nil)
            drawing.text(group.name, x: x + 24, y: y, size: 12)
        }
        return drawing.svg
    }
}
