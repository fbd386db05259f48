import Foundation
import KnownRecording
import Sessions
import Testing

/// The 24-hour form is in Benchmarks.
struct LongSessionTests {
    @Test func `twenty minutes of EEG and sound need no more memory than two, and every sample is there`() throws {
        let scratch = ScratchFolder()
        let blocks = 20 * 60 * 50
        let result = try Stand("pace", scratch("s"), "\(blocks)").wait()
        #expect(result.status == 0, "\(result.errors)")
        let resident = result.output.split(separator: "\n").compactMap { Int($0) }
        try #require(resident.count == 3)
        #expect(resident[1] - resident[0] < 2 << 20, "\(resident)")
        #expect(resident[2] - resident[0] < 6 << 20, "\(resident)")
        let found = try SessionVerification(folder: scratch("s"))
        #expect(found.ok)
        #expect(found.streams.map(\.samples) == [blocks * KnownRecording.eegFrames, blocks * KnownRecording.soundFrames])
    }
}
