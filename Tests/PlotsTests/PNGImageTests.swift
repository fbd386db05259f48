import Foundation
import Plots
import Testing

struct PNGImageTests {
    /// Chunks of a PNG file after the specification (PNG, third edition, section 5).
    private func chunks(_ bytes: [UInt8]) -> [(type: String, content: [UInt8])] {
        var result: [(String, [UInt8])] = []
        var place = 8
        while place + 12 <= bytes.count {
            let length = bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
            result.append(
                (String(decoding: bytes[place + 4..<place + 8], as: UTF8.self), Array(bytes[place + 8..<place + 8 + length])))
            place += 12 + length
        }
        return result
    }

    @Test(arguments: [PNGImage.Format.grey, .colour])
    func `a picture begins with PNG's signature and says its size and kind`(format: PNGImage.Format) throws {
        let image = PNGImage(
            width: 3, height: 2, format: format, pixels: [UInt8](repeating: 200, count: format == .grey ? 6 : 18))
        let bytes = image.png
        #expect(Array(bytes.prefix(8)) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        let header = try #require(chunks(bytes).first)
        #expect(header.type == "IHDR")
        // Width, height, depth, colour type 0 (grey) or 2 (colour).
        #expect(header.content.prefix(10) == [0, 0, 0, 3, 0, 0, 0, 2, 8, format == .grey ? 0 : 2])
        #expect(chunks(bytes).last?.type == "IEND")
    }

    @Test func `noise, which no compression shrinks, fits too`() {
        var state: UInt32 = 1
        let pixels = (0..<300 * 200 * 3).map { _ -> UInt8 in
            state = state &* 1_664_525 &+ 1_013_904_223
            return UInt8(state >> 24)
        }
        #expect(PNGImage(width: 300, height: 200, pixels: pixels).png.count > pixels.count)
    }

    @Test(arguments: 1...7)
    func `the data address holds the same bytes as the file`(width: Int) throws {
        let image = PNGImage(width: width, height: 1, format: .grey, pixels: (0..<width).map { UInt8($0 * 30) })
        let text = try #require(image.dataURI.split(separator: ",").last)
        #expect(try #require(Data(base64Encoded: String(text))) == Data(image.png))
    }
}
