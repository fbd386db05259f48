import Plots
import Testing

@Suite struct AnimatedPNGTests {
    private let frames = (0..<3).map { shade in
        PNGImage(width: 4, height: 2, pixels: [UInt8](repeating: UInt8(shade * 100), count: 24))
    }

    private func types(_ bytes: [UInt8]) -> [String] {
        var result: [String] = []
        var place = 8
        while place + 12 <= bytes.count {
            result.append(String(decoding: bytes[place + 4..<place + 8], as: UTF8.self))
            place += 12 + bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
        }
        return result
    }

    @Test func `the first frame is the still picture and the others are animation data`() {
        let types = types(AnimatedPNG(frames: frames, delay_ms: 50).png)
        #expect(types.first == "IHDR" && types.last == "IEND")
        #expect(
            types.filter { $0 != "IHDR" && $0 != "IEND" && $0 != "sRGB" && $0 != "gAMA" && $0 != "cHRM" }
                == ["acTL", "fcTL", "IDAT", "fcTL", "fdAT", "fcTL", "fdAT"])
    }

    @Test func `an animation's checksums are those of the specification`() {
        // The IEND chunk of every PNG file ends with AE 42 60 82.
        #expect(AnimatedPNG(frames: frames, delay_ms: 50).png.suffix(8) == [0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82])
    }
}
