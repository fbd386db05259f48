import Foundation
import Sessions
import Signals
import Testing

/// The numbers in EDF+ and BDF+ files, byte by byte: the greatest magnitude of the data is the greatest whole number of the
/// file, so that each whole number is its own step.
@Suite struct EDFRecordBlockTests {
    @Test(arguments: [SessionExport.Format.edf, .bdf], [1, 3, 32, 300])
    func `a value becomes the nearest whole number, halves away from zero, and what is not finite zero`(
        format: SessionExport.Format, channels: Int
    ) throws {
        let greatest: Float = format == .bdf ? 8_388_607 : 32_767
        let frames = 137
        var random = SplitMix64(seed: UInt64(channels))
        var values: [Float] = (0..<frames * channels).map { index in
            switch index % 4 {
            case 0: Float(Int.random(in: -4000...4000, using: &random)) / 2
            case 1: (Float(Int.random(in: -40...40, using: &random)) + 0.5).nextUp
            case 2: (Float(Int.random(in: -40...40, using: &random)) + 0.5).nextDown
            default: Float.random(in: -greatest...greatest, using: &random)
            }
        }
        for channel in 0..<channels {
            values[(10 + channel % 50) * channels + channel] = channel % 2 == 0 ? greatest : -greatest
        }
        let odd: [Float] = [.nan, .infinity, -.infinity, -0.0]
        for (index, value) in odd.enumerated() { values[(70 + index) * channels] = value }

        let scratch = ScratchFolder()
        let track = Recording.Track(
            name: "t", type: "Misc", labels: (0..<channels).map { "c\($0)" }, units: .init(repeating: "", count: channels),
            rate: 50, values: .float32(values))
        var recording = Recording()
        recording.tracks = [track]
        let export = try SessionExport(recording, as: format, to: scratch("out"), gaps: .annotate)
        let file = try EDFBytes(#require(export.files.first).path)
        #expect(file.samplesOfRecord == 50 && file.records == 3)
        for channel in 0..<channels {
            #expect(file.physicalMaximum(channel) == Int(greatest))
            let expected = (0..<150).map { frame -> Int in
                let value = frame < frames ? values[frame * channels + channel] : 0
                return value.isFinite ? Int(value.rounded(.toNearestOrAwayFromZero)) : 0
            }
            #expect((0..<150).map { file.number(channel, $0) } == expected)
        }
    }
}

/// As much of the format as these files use. Source: Kemp and Olivan, "European data format 'plus'", 2003.
private struct EDFBytes {
    private let bytes: [UInt8]
    private let signals: Int
    private let headerSize: Int
    private let width: Int
    let records: Int
    let samplesOfRecord: Int
    private let recordSize: Int

    init(_ path: String) throws {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        let signals = try #require(Self.number(bytes, 252, 4))
        let samples = try (0..<signals).map { try #require(Self.number(bytes, 256 + signals * 216 + $0 * 8, 8)) }
        self.bytes = bytes
        self.signals = signals
        width = bytes[0] == 0xFF ? 3 : 2
        headerSize = try #require(Self.number(bytes, 184, 8))
        records = try #require(Self.number(bytes, 236, 8))
        samplesOfRecord = samples[0]
        recordSize = samples.reduce(0, +) * width
    }

    /// A number in the header's text.
    private static func number(_ bytes: [UInt8], _ start: Int, _ length: Int) -> Int? {
        Int(String(decoding: bytes[start..<start + length], as: UTF8.self).trimmingCharacters(in: .whitespaces))
    }

    func physicalMaximum(_ signal: Int) -> Int? { Self.number(bytes, 256 + signals * 112 + signal * 8, 8) }

    func number(_ signal: Int, _ frame: Int) -> Int {
        let (record, sample) = frame.quotientAndRemainder(dividingBy: samplesOfRecord)
        let place = headerSize + record * recordSize + (signal * samplesOfRecord + sample) * width
        var bits: UInt32 = 0
        for byte in 0..<width { bits |= UInt32(bytes[place + byte]) << (8 * byte) }
        let unused = 32 - 8 * width
        return Int(Int32(bitPattern: bits << unused) >> unused)
    }
}
