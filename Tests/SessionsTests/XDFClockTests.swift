import Foundation
import Sessions
import Signals
import Testing

/// Stamps as pyxdf gives them, against ours.
@Suite(.enabled(if: PythonReader.isThere, "needs LARMOR_PYTHON with pyxdf"))
struct XDFClockTests {
    private static let script = """
        import json, sys, logging, pyxdf
        logging.disable(logging.CRITICAL)
        on = lambda n: sys.argv[n] == "1"
        streams, _ = pyxdf.load_xdf(sys.argv[1], synchronize_clocks=on(2), dejitter_timestamps=on(3))
        print(json.dumps({s["info"]["name"][0]: [float(t) for t in s["time_stamps"]] for s in streams}))
        """

    /// Greatest distance of our stamps from pyxdf's, over all streams.
    private func distance(_ raw: RawXDF, sync: Bool, dejitter: Bool) throws -> Double {
        let scratch = ScratchFolder()
        try raw.write(scratch("a.xdf"))
        let theirs: [String: [Double]] = try PythonReader.run(
            Self.script, scratch("a.xdf"), sync ? "1" : "0", dejitter ? "1" : "0")
        let ours = try XDFReader(
            path: scratch("a.xdf"), options: .init(synchronisesClocks: sync, dejitters: dejitter))
        #expect(ours.streams.count == theirs.count)
        return ours.streams.map { stream in
            guard let other = theirs[stream.name], other.count == stream.samples else { return .infinity }
            return zip(other, stream.stamps).map { abs($0 - $1) }.max() ?? 0
        }.max() ?? 0
    }

    private func value(_ index: Int) -> [UInt8] { RawXDF.little(Int16(truncatingIfNeeded: index)) }

    /// Two streams whose clocks differ from the recorder's by an offset, a drift and noise with outliers.
    private func drifting(resetAt: Double? = nil) -> RawXDF {
        var random = SplitMix64(seed: 5)
        var raw = RawXDF()
        raw.header(1, "EEG", rate: 100, format: "int16")
        raw.header(2, "Markers", rate: 0, format: "string", type: "Markers")
        for second in 0..<120 {
            let isReset = resetAt.map { Double(second) >= $0 } ?? false
            let time = Double(second) + (isReset ? 4000 : 0)
            let offset = (isReset ? -3990.0 : 12.5) + 4e-5 * time
            let rows = (0..<100).map { sample in
                (Double?(time + Double(sample) / 100 + 0.003 * random.uniform()), value(sample))
            }
            raw.samples(1, rows)
            raw.text(2, time + 0.25, "m\(second)")
            guard second % 5 == 0 else { continue }
            let outlier = second % 35 == 10 ? 0.02 : 0
            raw.offset(1, time: time, value: offset + 5e-5 * random.uniform() + outlier)
            raw.offset(2, time: time, value: offset)
        }
        return raw
    }

    @Test func `offsets with drift, noise and outliers are applied as pyxdf applies them`() throws {
        // ADMM with 1000 rounds against reweighted least squares: the same minimum.
        #expect(try distance(drifting(), sync: true, dejitter: false) < 1e-6)
    }

    @Test func `the clock's reset splits the correction as in pyxdf`() throws {
        let raw = drifting(resetAt: 60)
        #expect(try distance(raw, sync: true, dejitter: false) < 1e-6)
        let scratch = ScratchFolder()
        try raw.write(scratch("a.xdf"))
        let read = try XDFReader(path: scratch("a.xdf"), options: .init(synchronisesClocks: true))
        #expect(read.streams[0].clockSegments == [0..<6000, 6000..<12_000])
    }

    @Test func `dejittered stamps are pyxdf's, with and without synchronisation`() throws {
        #expect(try distance(drifting(), sync: false, dejitter: true) < 1e-9)
        #expect(try distance(drifting(), sync: true, dejitter: true) < 1e-6)
    }

    @Test func `a break of some seconds starts a new line, as in pyxdf`() throws {
        var raw = RawXDF()
        raw.header(1, "EEG", rate: 250, format: "int16")
        for block in 0..<40 {
            let start = Double(block) + (block >= 20 ? 7.5 : 0)
            raw.samples(
                1, (0..<250).map { (start + Double($0) / 250.5 + ($0 % 3 == 0 ? 1e-3 : 0), value($0)) })
        }
        #expect(try distance(raw, sync: false, dejitter: true) < 1e-9)
    }
}
