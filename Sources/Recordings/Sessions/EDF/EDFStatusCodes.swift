import Foundation

/// Trigger codes in a BDF file's channel "Status".
///
/// Its low 16 bits are the trigger lines; the bits above tell the amplifier's state (new epoch, speed, battery). A code is an event
/// when it differs from the one before and is not 0; the code at the very beginning is where the lines rest.
///
/// - Source: BioSemi, "The BDF file format: Status channel"; mne.find_events takes the same ones, of rising and of changing codes.
extension EDFReader {
    static let statusLabel = "Status"
    static func isStatus(_ label: String) -> Bool { label.caseInsensitiveCompare(statusLabel) == .orderedSame }
    /// More events in a second of a recording than this are no triggers.
    private static let mostPerSecond = 100.0

    /// - Parameter gaps: of the signal's track.
    /// - Returns: frames, gaps counted, and codes; nil where the channel plainly holds something else.
    func statusCodes(of signal: Int, gaps: [Recording.Track.Gap]) -> [(frame: Int, code: Int)]? {
        let most = Int(max(10_000, Self.mostPerSecond * min(1e9, Double(records) * header.seconds)))
        var codes: [(frame: Int, code: Int)] = []
        var last: Int?
        var (holes, missing) = (gaps[...], 0)
        forEachNumber(of: signal) { frame, number in
            while let hole = holes.first, hole.index <= frame {
                missing += hole.count
                holes = holes.dropFirst()
            }
            let code = Int(number & 0xFFFF)
            if let last, code != last, code != 0 { codes.append((frame + missing, code)) }
            last = code
            return codes.count <= most
        }
        return codes.count > most ? nil : codes
    }
}

extension Recording.Track {
    /// A channel holds BDF's trigger codes.
    func isStatus(_ channel: Int) -> Bool { EDFReader.isStatus(labels[channel]) && isCount(channel) }
}
