import AudioFiles
import CSndFile
import Foundation

/// A WAV file of any number format that libsndfile knows.
enum WAVFile {
    static func begins(_ head: [UInt8]) -> Bool {
        head.count >= 12 && ["RIFF", "RF64", "RIFX"].contains { head.starts(with: $0.utf8) }
            && head[8..<12].elementsEqual("WAVE".utf8)
    }

    private static let pieceFrames = 1 << 16

    /// Reads to the end of the data, whatever the header says of its length; a remark tells where it says otherwise.
    /// - Returns: numbers relative to full scale, frame-major: floats where these hold every value, else doubles.
    static func read(_ path: String) throws(SessionError) -> (values: XDFValues, channels: Int, rate: Double, remarks: [String])
    {
        var info = SF_INFO()
        guard let file = sf_open(path, Int32(SFM_READ), &info) else {
            throw SessionError(path: path, reason: .unsupported(SoundFileFault.ofReading()))
        }
        defer { sf_close(file) }
        let channels = Int(info.channels)
        guard (1...1024).contains(channels), info.samplerate > 0 else {
            throw SessionError(path: path, reason: .unsupported("\(channels) channels at \(info.samplerate) Hz are no sound"))
        }
        let isWide = [SF_FORMAT_PCM_32, SF_FORMAT_DOUBLE].contains { Int(info.format) & Int(SF_FORMAT_SUBMASK) == Int($0) }
        let values: XDFValues =
            isWide
            ? .double64(all(channels) { sf_readf_double(file, $0, $1) })
            : .float32(all(channels) { sf_readf_float(file, $0, $1) })
        let frames = values.count / channels
        var remarks: [String] = []
        if let remark = try MappedFile(path: path).withBytes({ WAVHeader($0).remark }) {
            remarks.append(remark)
        } else if Int(info.frames) != frames {
            remarks.append("its header says \(info.frames) frames; there are \(frames)")
        }
        if frames == 0 { remarks.append("it holds no samples") }
        return (values, channels, Double(info.samplerate), remarks)
    }

    private static func all<Number: BinaryFloatingPoint>(
        _ channels: Int, _ read: (UnsafeMutablePointer<Number>, sf_count_t) -> sf_count_t
    ) -> [Number] {
        var values: [Number] = []
        let frames = max(1, pieceFrames / channels)
        var piece = [Number](repeating: 0, count: frames * channels)
        while true {
            let count = piece.withUnsafeMutableBufferPointer { piece in
                piece.baseAddress.map { Int(read($0, sf_count_t(frames))) } ?? 0
            }
            guard count > 0 else { return values }
            values += piece[..<(count * channels)]
        }
    }
}

extension Recording {
    /// What ``metadata`` calls the format under "format".
    static let wavFormat = "WAV"

    /// Reads a WAV file: one track of sound.
    init(wav path: String) throws(SessionError) {
        let sound = try WAVFile.read(path)
        self.init()
        remarks = sound.remarks
        metadata["format"] = Self.wavFormat
        let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
        tracks = [
            Track(
                name: name, type: "Audio", labels: (1...sound.channels).map { "\($0)" },
                units: .init(repeating: "FS", count: sound.channels), rate: sound.rate, values: sound.values)
        ]
    }
}
