import Devices
import Foundation
import Protocols
import Sessions
import Signals

/// What a session holds, value by value.
struct RecordedValues {
    var frames = [0, 0]
    /// Values that are not what the board sent.
    var wrong = 0
    /// Frames missing by the counters.
    var missing = 0
    /// Samples of each stream in the XDF file.
    var xdfSamples: [Int] = []

    init(session: String) throws {
        var log = try WireLogReader(path: session + "/wire/board.wire")
        let decoder = RigLinkSampleDecoder(RigLinkConfiguration(name: "board", descriptor: SensorBoard.descriptor))
        let sink = Comparing()
        while let record = log.next() {
            guard record.kind == .received else { continue }
            record.body.withUnsafeBytes { decoder.decode($0, at: record.hostTime, into: sink) }
        }
        (frames, wrong, missing) = (sink.frames, sink.wrong, sink.missing)
        let file = try XDFReader(path: session + "/recording.xdf", keepsValues: false)
        xdfSamples = ["board.eeg", "board.audio"].map { name in file.streams.first { $0.name == name }?.samples ?? 0 }
    }
}

private final class Comparing: SampleSink {
    var frames = [0, 0]
    var wrong = 0
    var missing = 0

    func take(_ item: SampleRingItem, _ values: UnsafeBufferPointer<Float>) {
        let stream = SensorBoard.descriptor.streams[Int(item.stream)]
        let channels = stream.channels
        missing += Int(item.missingBefore)
        for frame in 0..<Int(item.frames) {
            for channel in 0..<channels {
                let expected = Float(SensorBoard.count(Int(item.firstCounter) + frame, channel)) * stream.scale
                if values[frame * channels + channel] != expected { wrong += 1 }
            }
        }
        frames[Int(item.stream)] += Int(item.frames)
    }

    func take(_ event: DeviceEvent) { if event.code == .corruptDropped { wrong += Int(event.value) } }
}
