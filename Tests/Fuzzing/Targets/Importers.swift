import Foundation
import Sessions

extension FuzzTarget {
    /// EDF, EDF+, BDF and BDF+, whole files. What is kept of one is no more than its length allows.
    public static let edf = FuzzTarget(
        name: "edf",
        check: { bytes throws(FuzzFinding) in
            try onFile(bytes, "edf") { path throws(FuzzFinding) in
                guard let recording = try imported(path) else { return }
                let values = recording.tracks.reduce(0) { $0 + $1.values.count }
                try require(values * 2 <= bytes.count, "\(values) values of \(bytes.count) bytes")
                try require(
                    recording.markers.count <= bytes.count / 2, "\(recording.markers.count) markers of \(bytes.count) bytes")
            }
        },
        seeds: {
            let (edf, bdf) = (edfSeed(is24Bit: false), edfSeed(is24Bit: true))
            // Discontinuous with a pause, never closed, a channel of codes, and a header of odd fields.
            let pause = replacing(replacing(edf, "EDF+C", "EDF+D"), "+1\u{14}\u{14}", "+9\u{14}\u{14}")
            let open = replacing(edf, "2       1       3   ", "-1      0,5     3   ")
            let codes = replacing(replacing(bdf, "EEG Cz", "Status"), "-200    ", "-8388608")
            let odd = replacing(replacing(edf, "01.01.24", "00:00:99"), "100     200     ", "     100-100    ")
            return [edf, bdf, pause, open, codes, odd]
        })

    /// The bytes are the header file; its data and marker files stand beside it.
    public static let brainVision = FuzzTarget(
        name: "brainvision",
        check: { bytes throws(FuzzFinding) in
            // A name in the header could be any file: what is outside of the folder is not touched.
            let text = String(decoding: bytes, as: UTF8.self)
            // Header, markers, and data where they are not these.
            let parts = text.components(separatedBy: "\u{1}")
            let data = parts.count > 2 ? Array(parts[2].utf8) : (0..<48).map { UInt8($0) }
            let header = Array("Brain Vision Data Exchange Header File\n".utf8) + Array(parts[0].utf8)
            let markers = Array((parts.count > 1 ? parts[1] : "").utf8)
            try inFolder([("fuzz.vhdr", header), ("fuzz.eeg", data), ("fuzz.vmrk", markers)]) { folder throws(FuzzFinding) in
                guard let recording = try imported(folder + "/fuzz.vhdr"), let track = recording.tracks.first else { return }
                // Either of the three may be named as the data, and text has a number in two bytes.
                let most = max(data.count, header.count, markers.count)
                try require(track.values.count <= most, "\(track.values.count) values of \(most) bytes")
                try require(
                    recording.markers.count <= most / 8 + bytes.count / 8,
                    "\(recording.markers.count) markers of \(bytes.count) bytes")
                try require(
                    track.gaps.allSatisfy { $0.count > 0 && $0.index < track.samples }
                        && recording.markers.allSatisfy { $0.time >= 0 },
                    "gaps \(track.gaps)")
            }
        },
        seeds: {
            let vectorised = """
                [Common Infos]
                DataFile=fuzz.eeg
                MarkerFile=fuzz.vmrk
                DataFormat=ASCII
                DataOrientation=VECTORIZED
                NumberOfChannels=2
                SamplingInterval=1000
                [ASCII Infos]
                DecimalSymbol=,
                SkipColumns=1
                [Channel Infos]
                Ch1=Fp1,Cz,0,5,µV
                [Comment]
                Impedance [kOhm] at 16:12:27 :
                Fp1: 5
                \u{1}[Marker Infos]
                Mk1=New Segment,,1,1,0,20240102030405000000
                Mk2=New Segment,,3,1,0,20240102030505000000
                Mk3=Comment,a, b,3,1,0\u{1}Fp1 1,5 -2 3e1
                Fp2 4 5 6
                """
            let multiplexed = vectorised.replacingOccurrences(of: "VECTORIZED", with: "MULTIPLEXED")
                .replacingOccurrences(of: "Fp1 1,5 -2 3e1\nFp2 4 5 6", with: "a 1 2\nb 3 4")
            let binary = ["INT_16", "IEEE_FLOAT_32", "INT_32\nUseBigEndianOrder=YES"].map { format in
                Array(
                    """
                    [Common Infos]
                    DataFile=fuzz.eeg
                    MarkerFile=fuzz.vmrk
                    DataFormat=BINARY
                    DataOrientation=MULTIPLEXED
                    NumberOfChannels=2
                    SamplingInterval=1000
                    [Binary Infos]
                    BinaryFormat=\(format)
                    [Channel Infos]
                    Ch1=Fp1,,0.5,µV
                    Ch2=C\\1z,,0.1
                    \u{1}[Marker Infos]
                    Mk1=New Segment,,1,1,0,20240102030405000000
                    Mk2=Stimulus,S  1,3,1,0
                    """.utf8)
            }
            return binary + [Array(vectorised.utf8), Array(multiplexed.utf8)]
        })
}

/// The bytes with a text in the place of another of the same length.
private func replacing(_ bytes: [UInt8], _ old: String, _ new: String) -> [UInt8] {
    precondition(old.utf8.count == new.utf8.count, "the places of all fields stay")
    guard let place = bytes.firstRange(of: Array(old.utf8)) else { fatalError("the seed has no “\(old)”") }
    return bytes[..<place.lowerBound] + Array(new.utf8) + bytes[place.upperBound...]
}

/// Reads a recording of any kind; a typed error, nil here, is as good.
@discardableResult
func imported(_ path: String) throws(FuzzFinding) -> Recording? {
    guard let recording = try? Recording(contentsOf: path) else { return nil }
    for track in recording.tracks {
        try require(
            track.values.count == track.samples * track.channels && track.labels.count == track.channels,
            "track \(track.name): \(track.values.count) values, \(track.samples) samples of \(track.channels) channels")
    }
    return recording
}

/// Plain BDF, with codes, of two rates, and BDF+ with annotations.
func bdfSeeds() -> [[UInt8]] {
    let plain = edfSeed(is24Bit: true)
    let codes = replacing(replacing(plain, "EEG Cz", "Status"), "-200    ", "-8388608")
    let open = replacing(plain, "2       1       2   ", "-1      0,5     2   ")
    // Each list of annotations is the second signal's six bytes of a record.
    let plus = replacing(replacing(plain, "24BIT", "BDF+C"), "EEG Cz          ", "BDF Annotations ")
    return [plain, codes, open, plus]
}

/// Two signals of two records; in the 16-bit form (EDF+) a third one holds annotations.
private func edfSeed(is24Bit: Bool) -> [UInt8] {
    func field(_ text: String, _ width: Int) -> [UInt8] {
        Array(text.utf8) + [UInt8](repeating: 0x20, count: width - text.utf8.count)
    }
    let (low, high) = is24Bit ? ("-8388608", "8388607") : ("-32768", "32767")
    let signals = is24Bit ? 2 : 3
    var bytes = is24Bit ? [0xFF] + Array("BIOSEMI".utf8) : field("0", 8)
    bytes += field("X X X X", 80) + field("Startdate 01-JAN-2024 X X X", 80) + Array("01.01.2401.02.03".utf8)
    bytes += field("\(256 * (signals + 1))", 8) + field(is24Bit ? "24BIT" : "EDF+C", 44)
    bytes += field("2", 8) + field("1", 8) + field("\(signals)", 4)
    let columns: [([String], Int)] = [
        (["EEG Fp1", "EEG Cz", "EDF Annotations"], 16), (["", "", ""], 80), (["uV", "uV", ""], 8), (["-100", "-200", "-1"], 8),
        (["100", "200", "1"], 8), ([low, low, low], 8), ([high, high, high], 8), (["", "", ""], 80), (["4", "2", "12"], 8),
        (["", "", ""], 32),
    ]
    for (values, width) in columns { for value in values.prefix(signals) { bytes += field(value, width) } }
    for record in 0..<2 {
        bytes += (0..<6 * (is24Bit ? 3 : 2)).map { UInt8($0) }
        guard !is24Bit else { continue }
        let text = Array("+\(record)\u{14}\u{14}\0+\(record).5\u{14}hi\u{14}\0".utf8)
        bytes += text + [UInt8](repeating: 0, count: 24 - text.count)
    }
    return bytes
}
