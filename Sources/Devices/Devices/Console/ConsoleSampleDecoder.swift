public import Signals

/// Lines of a console → one text each, in the stream "prompts" or "markers".
public final class ConsoleSampleDecoder: SampleDecoder {
    /// The stream of prompts on ``ConsoleDriver``.
    public static let prompts = ConsoleDriver.name + ".prompts"
    /// The stream of markers on it.
    public static let markers = ConsoleDriver.name + ".markers"

    public let streams: [StreamDescription]
    private var line: [UInt8] = []
    private let text = TextFrameBuffer(capacity: ConsoleLine.longestText + 8)
    private var isOverlong = false
    private var counts: [UInt64] = [0, 0]

    public init(_ configuration: ConsoleConfiguration) {
        streams = ["prompts", "markers"].map { name in
            StreamDescription(
                name: "\(configuration.name).\(name)", kind: .markers,
                channels: [.init(label: "text", unit: .unspecified)], nominalRate: 0, device: "console", isText: true)
        }
        line.reserveCapacity(ConsoleLine.longestText + 1)
    }

    public func decode(_ bytes: UnsafeRawBufferPointer, at time: HostTime, into sink: any SampleSink) {
        for byte in bytes {
            if byte == 0x0A {
                finishLine(at: time, into: sink)
            } else if line.count <= ConsoleLine.longestText {
                line.append(byte)
            } else {
                isOverlong = true
            }
        }
    }

    public func note(_ event: DeviceEvent) {
        guard event.code == .lost else { return }
        line.removeAll(keepingCapacity: true)
        isOverlong = false
    }

    private func finishLine(at time: HostTime, into sink: any SampleSink) {
        defer {
            line.removeAll(keepingCapacity: true)
            isOverlong = false
        }
        guard !isOverlong, let kind = line.first.flatMap(ConsoleLine.Kind.init(rawValue:)) else {
            sink.take(DeviceEvent(code: .garbageSkipped, value: UInt64(line.count + 1), hostTime: time))
            return
        }
        text.begin()
        line.withUnsafeBytes { text.append(UnsafeRawBufferPointer(rebasing: $0.dropFirst())) }
        sink.take(
            SampleRingItem(
                stream: kind.stream, channels: 1, textBytes: text.count, counter: counts[kind.stream],
                missingBefore: 0, hostTime: time), text.values)
        counts[kind.stream] += 1
    }
}
