import Foundation
import Sessions

extension FuzzTarget {
    /// A foreign recording on its way out: the first byte chooses the format and what is done with gaps, the rest is the file.
    public static let conversion = FuzzTarget(
        name: "conversion",
        check: { bytes throws(FuzzFinding) in
            guard let choice = bytes.first else { return }
            let formats = SessionExport.Format.allCases
            let format = formats[Int(choice) % formats.count]
            let gaps = GapPolicy.allCases[Int(choice) / formats.count % GapPolicy.allCases.count]
            let folder = scratch("converted")
            try onFile(UnsafeRawBufferPointer(rebasing: bytes.dropFirst()), "recording") { path throws(FuzzFinding) in
                try? FileManager.default.removeItem(atPath: folder)
                guard let recording = try? Recording(contentsOf: path) else { return }
                if choice >= 0xF0 {
                    _ = try? SessionImport(path, to: folder, version: "fuzz")
                    return
                }
                guard let export = try? SessionExport(recording, as: format, to: folder, gaps: gaps) else { return }
                // A recording without samples gives a file of its markers.
                let files = export.files.count { $0.stream != "markers" || $0.frames > 0 }
                try require(
                    files + export.skipped.count == recording.tracks.count || format == .bids,
                    "\(recording.tracks.count) tracks, \(export.files.count) written, \(export.skipped.count) skipped")
            }
        },
        seeds: {
            let files = FuzzTarget.xdf.seeds() + FuzzTarget.edf.seeds()
            return ([UInt8](0..<8) + [9, 17, 0xF0]).flatMap { choice in files.map { [choice] + $0 } }
        })
}
