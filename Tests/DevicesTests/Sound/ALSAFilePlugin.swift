import Foundation
import Glibc

/// A capture device without a card: ALSA's own file plug-in, which delivers a file as fast as one reads.
enum ALSAFilePlugin {
    static let isThere = FileManager.default.fileExists(atPath: "/usr/share/alsa/alsa.conf")
    static let device = "larmor_file"

    /// The file that is heard (bytes 0 … 250 again and again, then silence) and the configuration that names it.
    private static let folder: String = {
        let folder = NSTemporaryDirectory() + "larmor-alsa-\(getpid())"
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let bytes = (0..<96_000).map { UInt8($0 % 251) }
        _ = FileManager.default.createFile(atPath: folder + "/infile.raw", contents: Data(bytes))
        let text = """
            pcm.\(device) {
                type file
                slave.pcm "null"
                file "/dev/null"
                infile "\(folder)/infile.raw"
                format "raw"
            }
            """
        try? text.write(toFile: folder + "/asound.conf", atomically: true, encoding: .utf8)
        return folder
    }()

    /// Tells libasound of it, in this process; for tests of ``SoundCardTests``.
    static func use() { setenv("ALSA_CONFIG_PATH", "/usr/share/alsa/alsa.conf:\(folder)/asound.conf", 1) }
}
