import CZlib
import Foundation
import Sessions

extension FuzzTarget {
    /// BDF and BDF+, whole files: each input begins as one.
    public static let bdf = FuzzTarget(
        name: "bdf",
        check: { bytes throws(FuzzFinding) in
            let file = [0xFF] + Array("BIOSEMI".utf8) + bytes.dropFirst(8)
            try inFolder([("fuzz.bdf", file)]) { folder throws(FuzzFinding) in
                guard let recording = try imported(folder + "/fuzz.bdf") else { return }
                let values = recording.tracks.reduce(0) { $0 + $1.values.count }
                try require(values * 3 <= file.count, "\(values) values of \(file.count) bytes")
                try require(recording.markers.count <= file.count / 2, "\(recording.markers.count) markers")
                try require(
                    recording.tracks.allSatisfy { $0.rate.isFinite && $0.rate >= 0 && $0.stamps.allSatisfy(\.isFinite) },
                    "a rate or a time that is none")
            }
        },
        seeds: { bdfSeeds() })

    /// WAV, whole files: each input begins as one. libsndfile, which is not instrumented, reads the samples.
    public static let wav = FuzzTarget(
        name: "wav",
        check: { bytes throws(FuzzFinding) in
            var file = Array(bytes)
            if file.count < 12 { file += [UInt8](repeating: 0, count: 12 - file.count) }
            if !["RIFF", "RIFX", "RF64"].contains(where: { file.starts(with: $0.utf8) }) {
                file.replaceSubrange(0..<4, with: "RIFF".utf8)
            }
            file.replaceSubrange(8..<12, with: "WAVE".utf8)
            try inFolder([("fuzz.wav", file)]) { folder throws(FuzzFinding) in
                guard let recording = try imported(folder + "/fuzz.wav"), let track = recording.tracks.first else { return }
                // Of the kinds that libsndfile knows GSM packs most, into 33 bytes 160 samples.
                try require(track.values.count <= 16 * file.count + 4096, "\(track.values.count) values of \(file.count) bytes")
                // One that no device has counts as none, with a remark.
                try require(
                    track.rate.isFinite && (track.rate > 0 || !recording.remarks.isEmpty), "a rate of \(track.rate)")
                try require(track.samples > 0 || !recording.remarks.isEmpty, "an empty file without a remark")
            }
        },
        seeds: {
            [(1, 16, 1, 1), (1, 24, 2, 0), (3, 32, 1, 2), (3, 64, 2, 3), (0x11, 4, 1, 0), (6, 8, 1, 0)].map {
                wavSeed(code: $0.0, bits: $0.1, channels: $0.2, fault: $0.3)
            }
        })

    /// Packed XDF. The first byte says how the rest becomes the file: odd, it is packed first, and cut by as many bytes as the others of the
    /// byte say; even, it is a packed file but for its first two bytes.
    public static let packedXDF = FuzzTarget(
        name: "xdfz",
        check: { bytes throws(FuzzFinding) in
            guard let head = bytes.first else { return }
            let rest = Array(bytes.dropFirst())
            let file = head & 1 == 1 ? Array(packed(rest).dropLast(Int(head >> 1))) : [0x1F, 0x8B] + rest
            try inFolder([("fuzz.xdfz", file), ("plain.xdf", rest)]) { folder throws(FuzzFinding) in
                let found = try imported(folder + "/fuzz.xdfz")
                guard head & 1 == 1, let found else { return }
                if head == 1 {
                    // Whole, it is what it was before.
                    let plain = try imported(folder + "/plain.xdf")
                    try require(
                        plain?.markers.count == found.markers.count
                            && plain?.tracks.map(\.samples) == found.tracks.map(\.samples)
                            && plain?.remarks == found.remarks, "packing changes it")
                } else {
                    try require(!found.remarks.isEmpty, "a cut file without a remark")
                }
            }
        },
        seeds: {
            let plain = FuzzTarget.xdf.seeds()
            let whole = plain.map { [1] + $0 }
            let cut = plain.map { [7] + $0 }
            return whole + cut + plain.prefix(1).map { [0] + packed($0).dropFirst(2) }
        })
}

/// As gzip packs it.
func packed(_ bytes: [UInt8]) -> [UInt8] {
    let path = scratch("packed.gz")
    guard let file = gzopen(path, "wb9") else { fatalError("\(path) cannot be written") }
    if !bytes.isEmpty { gzwrite(file, bytes, UInt32(bytes.count)) }
    gzclose(file)
    return Array(FileManager.default.contents(atPath: path) ?? Data())
}

/// - Parameter fault: 1 says more than there is, 2 leaves the length open, 3 puts a chunk before the samples.
private func wavSeed(code: Int, bits: Int, channels: Int, fault: Int) -> [UInt8] {
    func little(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    let size = max(1, bits / 8 * channels)
    let body = (0..<64 * size).map { UInt8(truncatingIfNeeded: $0 &* 37) }
    var format = little(code, 2) + little(channels, 2) + little(8000, 4) + little(8000 * size, 4) + little(size, 2)
    format += little(bits, 2)
    // IMA ADPCM: blocks of 256 bytes, 505 samples each.
    if code == 0x11 {
        format.removeLast(4)
        for value in [256, 4, 2, 505] { format += little(value, 2) }
    }
    let said = fault == 1 ? body.count * 3 : fault == 2 ? 0xFFFF_FFFF : body.count
    let extra = fault == 3 ? Array("LIST".utf8) + little(5, 4) + [1, 2, 3, 4, 5, 0] : []
    let chunks = Array("fmt ".utf8) + little(format.count, 4) + format + extra + Array("data".utf8) + little(said, 4) + body
    return Array("RIFF".utf8) + little(chunks.count + 4, 4) + Array("WAVE".utf8) + chunks
}
