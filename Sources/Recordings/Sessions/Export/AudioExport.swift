import AudioFiles
import CSndFile
import Foundation

/// One track as WAV (32-bit float, every value kept) or FLAC (24 bit), through libsndfile.
///
/// These formats have no markers: a track whose gaps were filled gets a text file `NAME.gaps.csv` beside it.
struct AudioExport {
    private let track: Recording.Track

    init(_ track: Recording.Track) { self.track = track }

    func write(_ path: String, _ policy: GapPolicy) throws(SessionError) -> SessionExport.File {
        try track.check(policy, path: path)
        let output = try ExportFile(path)
        let isFLAC = path.hasSuffix(".flac")
        var info = SF_INFO()
        info.samplerate = Int32(track.rate)
        info.channels = Int32(track.channels)
        info.format = Int32(isFLAC ? SF_FORMAT_FLAC | SF_FORMAT_PCM_24 : SF_FORMAT_WAV | SF_FORMAT_FLOAT)
        guard let file = sf_open(output.part, Int32(SFM_WRITE), &info) else {
            throw SessionError(
                path: path,
                reason: .unsupported(
                    SoundFileFault.ofWriting(nil, channels: track.channels, rate: Int(track.rate))))
        }
        // A value beyond full scale is held at full scale, never wrapped.
        sf_command(file, Int32(SFC_SET_CLIPPING), nil, Int32(SF_TRUE))
        var written: sf_count_t = 0
        var code: Int32 = 0
        try track.forEachPiece(frames: 65_536) { values throws(SessionError) in
            let frames = sf_count_t(values.count / track.channels)
            errno = 0
            let count = sf_writef_float(file, values, frames)
            if count < frames, code == 0 { code = errno == 0 ? ENOSPC : errno }
            written += count
        }
        // The encoder takes every sample that there is: what it did not write, the disk did not take.
        guard sf_close(file) == 0, written == sf_count_t(track.frames) else {
            throw SessionError(path: path, reason: .system(call: "write", code: code == 0 ? EIO : code))
        }
        try output.finish()
        if !track.gaps.isEmpty {
            var lines = ["first_frame,frames"]
            for gap in track.gaps { lines.append("\(track.frame(gap.index) - gap.count),\(gap.count)") }
            try ExportFile(path + ".gaps.csv").write(lines.joined(separator: "\n") + "\n")
        }
        return SessionExport.report(track, path: path, resolution: isFLAC ? 0.5 / 8_388_608 : 0)
    }
}
