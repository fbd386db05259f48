/// Colours for numbers from 0 to 1, between anchors at equal distances.
public struct ColourMap: Sendable {
    private let anchors: [(red: Double, green: Double, blue: Double)]

    /// - Parameter anchors: at least two, as 0xRRGGBB.
    public init(_ anchors: [UInt32]) {
        precondition(anchors.count >= 2, "a colour map needs two colours at least")
        self.anchors = anchors.map { (Double($0 >> 16 & 255), Double($0 >> 8 & 255), Double($0 & 255)) }
    }

    /// White to black over warm colours, each darker than the one before: also clear on a printer without colours.
    public static let print = ColourMap([0xFFFFFF, 0xFCE9B8, 0xF6B25C, 0xDC6A43, 0x9B2F5B, 0x4B1460, 0x12082E])

    /// Numbers outside 0 … 1 get the colour of the nearer end, no number gets the first.
    public func colour(_ value: Double) -> (UInt8, UInt8, UInt8) {
        let place = min(max(value.isNaN ? 0 : value, 0), 1) * Double(anchors.count - 1)
        let low = min(Int(place), anchors.count - 2)
        let (a, b, part) = (anchors[low], anchors[low + 1], place - Double(low))
        func mix(_ x: Double, _ y: Double) -> UInt8 { UInt8((x + (y - x) * part).rounded()) }
        return (mix(a.red, b.red), mix(a.green, b.green), mix(a.blue, b.blue))
    }
}
