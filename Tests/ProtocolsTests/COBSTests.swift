import Protocols
import Signals
import Testing

struct COBSTests {
    /// Examples of the paper's scheme, worked by hand: a code byte counts the bytes up to the next zero.
    @Test(
        arguments: [
            ([0x00], [0x01, 0x01]),
            ([0x00, 0x00], [0x01, 0x01, 0x01]),
            ([0x11, 0x22, 0x00, 0x33], [0x03, 0x11, 0x22, 0x02, 0x33]),
            ([0x11, 0x00, 0x00, 0x00], [0x02, 0x11, 0x01, 0x01, 0x01]),
        ] as [([UInt8], [UInt8])])
    func `stuffing gives the known bytes`(plain: [UInt8], stuffed: [UInt8]) {
        #expect(COBS.encode(plain) == stuffed)
        #expect(COBS.decode(stuffed) == plain)
    }

    @Test func `frames of every length around the group size come back`() {
        var random = SplitMix64(seed: 1)
        for length in Array(0...10) + Array(250...260) + Array(505...512) {
            for zeros in [0, 1, 3] {
                let plain = (0..<length).map { _ in
                    random.integer(below: 4) < zeros ? UInt8(0) : UInt8(1 + random.integer(below: 255))
                }
                let stuffed = COBS.encode(plain)
                #expect(!stuffed.contains(0))
                #expect(stuffed.count <= plain.count + plain.count / 254 + 1)
                #expect(COBS.decode(stuffed) == plain)
            }
        }
    }

    @Test func `a group that is longer than the frame is refused`() {
        #expect(COBS.decode([0x05, 0x11]) == nil)
    }
}
