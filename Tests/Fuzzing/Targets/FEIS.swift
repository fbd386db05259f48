import Foundation
import Sessions

extension FuzzTarget {
    /// Tables of the data set FEIS, whole files: the bytes follow the beginning that such a file has.
    public static let feis = FuzzTarget(
        name: "feis",
        check: { bytes throws(FuzzFinding) in
            let file = Array("Time:128Hz,Epoch,".utf8) + Array(bytes)
            var recording: Recording?
            try inFolder([("fuzz.csv", file)]) { folder throws(FuzzFinding) in recording = try imported(folder + "/fuzz.csv") }
            guard let track = recording?.tracks.first else { return }
            try require(track.values.count <= bytes.count, "\(track.values.count) values of \(bytes.count) bytes")
            try require(
                zip(track.stamps, track.stamps.dropFirst()).allSatisfy { $0 < $1 } && track.stamps.allSatisfy(\.isFinite),
                "stamps that do not rise")
            try require(track.gaps.allSatisfy { $0.count > 0 && $0.index < track.samples }, "gaps \(track.gaps)")
        },
        seeds: {
            let head = "F3,F4,Label,Stage,Flag\n"
            let rows = (0..<12).map { "\(10 + Double($0) / 128),\($0 / 6),4200.5,\($0),goose,articulators,\r\n" }
            // Two recordings, one behind the other; and one with a pause.
            return [head + rows.joined() + rows.joined(), head + rows[0] + rows[9]].map { Array($0.utf8) }
        })
}
