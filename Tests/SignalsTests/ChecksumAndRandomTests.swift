import Signals
import Testing

@Suite struct ChecksumAndRandomTests {
    @Test func `CRC-32C of the digits 1 to 9 is the published check value`() {
        // RFC 3720, appendix B.4, and the catalogue of parametrised CRC algorithms.
        #expect(CRC32C.checksum(Array("123456789".utf8)) == 0xE306_9283)
        #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    }

    @Test func `SplitMix64 gives the published sequence for seed 1234567`() {
        // Values of Sebastiano Vigna's reference implementation, as listed by Rosetta Code.
        var random = SplitMix64(seed: 1_234_567)
        #expect(random.next() == 6_457_827_717_110_365_317)
        #expect(random.next() == 3_203_168_211_198_807_973)
        #expect(random.next() == 9_817_491_932_198_370_423)
    }

    @Test func `normal values have zero mean and unit variance`() {
        var random = SplitMix64(seed: 11)
        var sum = 0.0
        var squares = 0.0
        let n = 100_000
        for _ in 0..<n {
            let value = random.normal()
            sum += value
            squares += value * value
        }
        // Five standard errors: 5/√n and 5·√(2/n).
        #expect(abs(sum / Double(n)) < 0.016)
        #expect(abs(squares / Double(n) - 1) < 0.023)
    }
}
