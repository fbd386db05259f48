import Glibc
public import Plots

/// A layer of a film as a picture: hue is the angle in the plane (red along +x, then yellow, green, blue against the clock),
/// brightness is m_z (white up, black down), grey are empty cells.
public struct MagnetisationMap: Sendable {
    /// Cells along x and y.
    public let nx: Int
    public let ny: Int
    /// Picture elements along the edge of a cell.
    public let scale: Int
    private let wheel: Int

    /// - Parameters:
    ///   - nx: cells along x.
    ///   - ny: cells along y.
    ///   - width: the picture has about so many elements along its longer side, and at least one per cell.
    public init(nx: Int, ny: Int, width: Int = 800) {
        precondition(nx > 0 && ny > 0, "a film has cells")
        (self.nx, self.ny) = (nx, ny)
        scale = max(1, width / max(nx, ny))
        // A disc that explains the colours stands beside the map.
        wheel = min(120, max(48, ny * scale))
    }

    public var size: (width: Int, height: Int) { (nx * scale + 12 + wheel, max(ny * scale, wheel)) }

    /// - Parameters:
    ///   - m: unit vectors; zero in empty cells.
    ///   - layer: the index along z.
    /// - Precondition: the field has this map's cells, and the layer.
    public func image<Scalar>(of m: VectorField<Scalar>, layer: Int) -> PNGImage {
        precondition(m.mesh.nx == nx && m.mesh.ny == ny, "a map fits films of its own size")
        precondition((0..<m.mesh.nz).contains(layer), "no such layer")
        return image { x, y in m[m.mesh.index(x, y, layer)] }
    }

    /// The same from a function of the cell.
    public func image(_ value: (Int, Int) -> SIMD3<Double>) -> PNGImage {
        let (width, height) = size
        var pixels = [UInt8](repeating: 255, count: 3 * width * height)
        pixels.withUnsafeMutableBufferPointer { pixels in
            for y in 0..<ny {
                // y points up in the film and down in a picture. One line is made, the others of its cells are copies.
                let first = 3 * (ny - 1 - y) * scale * width
                for x in 0..<nx {
                    let colour = Self.colour(value(x, y))
                    for i in 0..<scale { Self.set(pixels, first + 3 * (x * scale + i), colour) }
                }
                for j in 1..<max(1, scale) {
                    for k in 0..<3 * nx * scale { pixels[first + 3 * j * width + k] = pixels[first + k] }
                }
            }
            drawWheel(pixels, width)
        }
        return PNGImage(width: width, height: height, pixels: pixels)
    }

    private func drawWheel(_ pixels: UnsafeMutableBufferPointer<UInt8>, _ width: Int) {
        let radius = Double(wheel) / 2
        for j in 0..<wheel {
            for i in 0..<wheel {
                let (x, y) = ((Double(i) + 0.5) / radius - 1, 1 - (Double(j) + 0.5) / radius)
                let square = x * x + y * y
                guard square < 1 else { continue }
                Self.set(pixels, 3 * (j * width + nx * scale + 12 + i), Self.colour(SIMD3(x, y, (1 - square).squareRoot())))
            }
        }
    }

    private static func set(_ pixels: UnsafeMutableBufferPointer<UInt8>, _ place: Int, _ colour: (UInt8, UInt8, UInt8)) {
        (pixels[place], pixels[place + 1], pixels[place + 2]) = colour
    }

    /// Hue, saturation and lightness as in A. R. Smith, SIGGRAPH 1978: hue from the angle, saturation one, lightness (1 + m_z)/2.
    static func colour(_ m: SIMD3<Double>) -> (UInt8, UInt8, UInt8) {
        let length = (m * m).sum().squareRoot()
        guard length > 0, length.isFinite else { return (160, 160, 160) }
        let hue = atan2(m.y, m.x) * 3 / .pi
        let light = (1 + m.z / length) / 2
        let chroma = 1 - abs(2 * light - 1)
        func part(_ shift: Double) -> UInt8 {
            // Distance from the component's own hue, in sixths of the circle, 0 … 3.
            var distance = abs(hue - shift)
            if distance > 3 { distance = 6 - distance }
            let value = light + chroma * (min(1, max(0, 2 - distance)) - 0.5)
            return UInt8((max(0, min(1, value)) * 255).rounded())
        }
        return (part(0), part(2), part(-2))
    }
}
