import Texts

/// A picture in SVG 1.1 that grows element by element. Lengths are user units (CSS pixels), y downwards.
public struct SVGDrawing: Sendable {
    public let width: Double
    public var height: Double
    private var elements: [String] = []

    /// - Parameter height: may be set later, when it is known how much there is.
    public init(width: Double, height: Double) {
        self.width = width
        self.height = height
    }

    public enum Anchor: String, Sendable { case start, middle, end }

    /// - Parameter title: what a pointer over the element shows.
    public mutating func rectangle(
        x: Double, y: Double, width: Double, height: Double, fill: String = "none", stroke: String = "none",
        title: String? = nil
    ) {
        add(
            "rect",
            "x=\"\(n(x))\" y=\"\(n(y))\" width=\"\(n(width))\" height=\"\(n(height))\" fill=\"\(fill)\" "
                + "stroke=\"\(stroke)\"", title)
    }

    public mutating func line(
        _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, stroke: String, width: Double = 1, dashes: String? = nil,
        title: String? = nil
    ) {
        let dash = dashes.map { " stroke-dasharray=\"\($0)\"" } ?? ""
        add(
            "line",
            "x1=\"\(n(x1))\" y1=\"\(n(y1))\" x2=\"\(n(x2))\" y2=\"\(n(y2))\" stroke=\"\(stroke)\" "
                + "stroke-width=\"\(n(width))\"\(dash)",
            title)
    }

    public mutating func circle(
        x: Double, y: Double, radius: Double, fill: String = "none", stroke: String = "none", title: String? = nil
    ) {
        add(
            "circle", "cx=\"\(n(x))\" cy=\"\(n(y))\" r=\"\(n(radius))\" fill=\"\(fill)\" stroke=\"\(stroke)\"", title)
    }

    /// Straight lines from point to point; fewer than two points draw nothing.
    /// - Parameter opacity: 0 (not seen) … 1, of line and filling.
    public mutating func polyline(
        _ points: [(x: Double, y: Double)], stroke: String, width: Double = 1, fill: String = "none", title: String? = nil,
        opacity: Double = 1
    ) {
        guard points.count > 1 else { return }
        let list = points.map { "\(n($0.x)),\(n($0.y))" }.joined(separator: " ")
        add(
            "polyline",
            "points=\"\(list)\" fill=\"\(fill)\" stroke=\"\(stroke)\" stroke-width=\"\(n(width))\" "
                + "stroke-linejoin=\"round\"" + (opacity < 1 ? " opacity=\"\(n(opacity))\"" : ""), title)
    }

    /// - Parameter isUpwards: written from bottom to top, as beside a vertical axis.
    public mutating func text(
        _ text: String, x: Double, y: Double, size: Double = 11, anchor: Anchor = .start, bold: Bool = false,
        fill: String = "#222", isUpwards: Bool = false
    ) {
        let weight = bold ? " font-weight=\"bold\"" : ""
        let turn = isUpwards ? " transform=\"rotate(-90 \(n(x)) \(n(y)))\"" : ""
        elements.append(
            "<text x=\"\(n(x))\" y=\"\(n(y))\" font-size=\"\(n(size))\" text-anchor=\"\(anchor.rawValue)\" fill=\"\(fill)\""
                + "\(weight)\(turn)>\(Self.escaped(text))</text>")
    }

    /// Pixels, stretched to a rectangle and held within the file.
    public mutating func image(_ image: PNGImage, x: Double, y: Double, width: Double, height: Double) {
        elements.append(
            "<image x=\"\(n(x))\" y=\"\(n(y))\" width=\"\(n(width))\" height=\"\(n(height))\" preserveAspectRatio=\"none\" "
                + "href=\"\(image.dataURI)\"/>")
    }

    /// The file's text, on white.
    public var svg: String {
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(n(width))\" height=\"\(n(height))\" "
            + "viewBox=\"0 0 \(n(width)) \(n(height))\" font-family=\"sans-serif\" font-size=\"11\">\n"
            + "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n" + elements.joined(separator: "\n") + "\n</svg>\n"
    }

    private mutating func add(_ name: String, _ attributes: String, _ title: String?) {
        let inside = title.map { "><title>\(Self.escaped($0))</title></\(name)>" } ?? "/>"
        elements.append("<\(name) \(attributes)\(inside)")
    }

    /// Text for an element of XML on one line.
    static func escaped(_ text: String) -> String {
        let scalars = text.unicodeScalars.map { $0 == "\t" || $0 == "\n" || $0 == "\r" ? " " : $0 }
        return ForeignText.xml(String(String.UnicodeScalarView(scalars)))
    }

    /// To a hundredth; what is not finite becomes 0, because a file with "nan" in it shows nothing at all.
    private func n(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e9 else { return "0" }
        let hundredths = Int((value * 100).rounded())
        let (whole, rest) = hundredths.magnitude.quotientAndRemainder(dividingBy: 100)
        let sign = hundredths < 0 ? "-" : ""
        if rest == 0 { return "\(sign)\(whole)" }
        return rest % 10 == 0 ? "\(sign)\(whole).\(rest / 10)" : "\(sign)\(whole)." + (rest < 10 ? "0" : "") + "\(rest)"
    }
}
