import CPNG

/// A picture of pixels, 8 bits per component, written as PNG through libpng.
public struct PNGImage: Sendable, Equatable {
    /// Components of a pixel.
    public enum Format: Sendable {
        /// One component per pixel.
        case grey
        /// Red, green, blue.
        case colour

        var components: Int { self == .grey ? 1 : 3 }
    }

    /// Pixels of a row, 1 … 32,767.
    public let width: Int
    /// Rows, 1 … 32,767.
    public let height: Int
    /// Components of a pixel.
    public let format: Format
    /// Row after row from the top left, shape `[height, width, components]`.
    public var pixels: [UInt8]

    /// - Precondition: width and height are 1 … 32,767, and there are as many bytes in `pixels` as they need.
    public init(width: Int, height: Int, format: Format = .colour, pixels: [UInt8]) {
        precondition((1...32_767).contains(width) && (1...32_767).contains(height), "width and height must be 1 … 32,767")
        precondition(pixels.count == width * height * format.components, "the pixels do not fill the picture")
        self.width = width
        self.height = height
        self.format = format
        self.pixels = pixels
    }

    /// The bytes of a PNG file (sRGB).
    public var png: [UInt8] {
        var image = png_image()
        image.version = png_uint_32(PNG_IMAGE_VERSION)
        image.width = png_uint_32(width)
        image.height = png_uint_32(height)
        image.format = format == .grey ? png_uint_32(PNG_FORMAT_GRAY) : png_uint_32(PNG_FORMAT_RGB)
        // Room for what deflate cannot shrink: five bytes per 16 KB block, a filter byte per row, and the chunks around.
        let raw = pixels.count + height
        var size = png_alloc_size_t(raw + raw / 1000 + 4096)
        return [UInt8](unsafeUninitializedCapacity: Int(size)) { bytes, count in
            let written = png_image_write_to_memory(&image, bytes.baseAddress, &size, 0, pixels, 0, nil)
            precondition(written != 0, "libpng refuses a picture of \(width) by \(height): out of memory")
            count = Int(size)
        }
    }

    /// The PNG as an address that holds it, for `<image href="…"/>` in SVG and HTML.
    public var dataURI: String { "data:image/png;base64," + Base64.text(png) }
}
