import Foundation
import Sessions

extension FuzzTarget {
    /// Text files of OpenBCI's own program. What is kept of one is no more than its length allows, and its times are times.
    public static let openBCI = FuzzTarget(
        name: "openbci",
        check: { bytes throws(FuzzFinding) in
            // Each input begins as such a file does.
            let file = Array("%OpenBCI".utf8) + Array(bytes)
            var recording: Recording?
            try inFolder([("fuzz.txt", file)]) { folder throws(FuzzFinding) in recording = try imported(folder + "/fuzz.txt") }
            guard let recording else { return }
            for track in recording.tracks {
                try require(track.values.count <= bytes.count, "\(track.values.count) values of \(bytes.count) bytes")
                try require(track.stamps.allSatisfy(\.isFinite), "a stamp that is no number")
                let counts = zip(track.gaps.dropFirst(), track.gaps).allSatisfy { $0.index > $1.index }
                try require(
                    counts && track.gaps.allSatisfy { $0.count > 0 && $0.index < track.samples }, "gaps \(track.gaps)")
            }
        },
        seeds: {
            let names =
                "Sample Index, EXG Channel 0, Accel Channel 0, Digital Channel 0 (D11), Timestamp, Marker Channel, Timestamp (Formatted)\n"
            let rows = (250..<262).map {
                "\($0 % 256), \($0).5, 0.25, 1, \(1_557_936_053_000 + 4 * $0), \($0 % 5 == 0 ? 3 : 0), 12:00:53.329\n"
            }
            let head = " Raw EXG Data\n%Number of channels = 1\n%Sample Rate = 250 Hz\n"
            let old = head + (0..<9).map { "\($0), \($0).5, 0.1, 0.2, 0.3, \(1_557_936_053_000 + 4 * $0)\n" }.joined()
            return [head + names + rows.joined(), head + names + rows.prefix(4).joined() + rows.suffix(4).joined(), old].map {
                Array($0.utf8)
            }
        })
}
