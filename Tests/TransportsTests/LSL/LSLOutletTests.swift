import Foundation
import LSLStand
import RealTime
import Signals
import Testing
import Transports

/// Streams that we publish, read by pylsl.
@Suite(.serialized) struct LSLOutletTests {
    private struct Read: Decodable {
        var type: String
        var rate: Double
        var source: String
        var labels: [String]
        var units: [String]
        var numbers: [[Double]]?
        var texts: [[String]]?
        var stamps: [Double]
    }

    /// Prints "ready" when connected, then what came, on one line of JSON.
    private static let reader = """
        import json, sys, time, pylsl
        name, count = sys.argv[1], int(sys.argv[2])
        info = pylsl.resolve_byprop("name", name, timeout=120)[0]
        inlet = pylsl.StreamInlet(info, recover=False)
        inlet.open_stream(timeout=120)
        full = inlet.info(timeout=120)
        labels, units = [], []
        channel = full.desc().child("channels").child("channel")
        for _ in range(full.channel_count()):
            labels.append(channel.child_value("label"))
            units.append(channel.child_value("unit"))
            channel = channel.next_sibling("channel")
        print("ready")
        rows, stamps = [], []
        end = time.time() + 120
        while len(rows) < count and time.time() < end:
            row, stamp = inlet.pull_sample(timeout=1)
            if row is not None:
                rows.append(row); stamps.append(stamp)
        isText = full.channel_format() == pylsl.cf_string
        print(json.dumps({"type": full.type(), "rate": full.nominal_srate(), "source": full.source_id(), "labels": labels,
            "units": units, "texts" if isText else "numbers": rows, "stamps": stamps}))
        """

    private func read(_ name: String, count: Int, push: () -> Void) throws -> Read {
        let peer = try PythonPeer(Self.reader, name, "\(count)")
        #expect(peer.line() == "ready")
        push()
        let line = try #require(peer.line())
        return try JSONDecoder().decode(Read.self, from: Data(line.utf8))
    }

    @Test(.enabled(if: LSLStand.isThere, "needs LARMOR_PYTHON with pylsl"))
    func `blocks of numbers arrive as they are, stamped on the host's clock and named`() throws {
        let name = "larmor-test-\(getpid())-numbers"
        let stream = StreamDescription(
            name: name, kind: .eeg, channels: [.init(label: "Fp1", unit: .volt), .init(label: "Fp2 <&>", unit: .volt)],
            nominalRate: 250, device: "Larmor test", serialNumber: "7")
        let outlet = try LSLOutlet(stream, sourceID: "source 7")
        let time = HostTime.now()
        let values = (0..<50).map { Float($0) * 1e-6 }
        let found = try read(name, count: 25) {
            #expect(outlet.waitForConsumers(seconds: patience) && outlet.hasConsumers)
            outlet.push(SampleBlock(stream: 0, firstCounter: 0, hostTime: time, channels: 2, samples: values))
        }
        #expect(found.type == "EEG" && found.rate == 250 && found.source == "source 7")
        #expect(found.labels == ["Fp1", "Fp2 <&>"] && found.units == ["volts", "volts"])
        #expect(found.numbers?.flatMap { $0 }.map { Float($0) } == values)
        // The last frame has the block's time, the others lie before it by the rate.
        let expected = (0..<25).map { time.seconds - Double(24 - $0) / 250 }
        #expect(found.stamps.count == 25 && zip(found.stamps, expected).allSatisfy { abs($0 - $1) < 1e-6 })
    }

    @Test(.enabled(if: LSLStand.isThere, "needs LARMOR_PYTHON with pylsl"))
    func `texts arrive whole, with their times`() throws {
        let name = "larmor-test-\(getpid())-texts"
        let stream = StreamDescription(
            name: name, kind: .markers,
            channels: [.init(label: "word", unit: .unspecified), .init(label: "note", unit: .unspecified)], nominalRate: 0,
            device: "Larmor test", isText: true)
        let outlet = try LSLOutlet(stream)
        let time = HostTime.now()
        let texts = [["sieben", ""], ["müde, \"ja\"", "a\nb"], [String(repeating: "x", count: 5000), "z"]]
        let found = try read(name, count: 3) {
            #expect(outlet.waitForConsumers(seconds: patience))
            for (index, row) in texts.enumerated() { outlet.push(row, at: time + Double(index)) }
        }
        #expect(found.texts == texts && found.rate == 0)
        #expect(zip(found.stamps, 0...).allSatisfy { abs($0 - time.seconds - Double($1)) < 1e-6 })
    }
}
