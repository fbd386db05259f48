import Signals
import Testing

struct ShareIntervalTests {
    /// R. G. Newcombe, Stat. Med. 17 (1998) 857, table I, method 3.
    @Test(arguments: [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718)])
    func `intervals are those that Newcombe prints`(count: Int, total: Int, low: Double, high: Double) {
        let found = ShareInterval(count, of: total)
        #expect(abs(found.low - low) < 6e-5 && abs(found.high - high) < 6e-5)
        let other = ShareInterval(total - count, of: total)
        #expect(abs(other.low + found.high - 1) < 1e-12)
    }
}
