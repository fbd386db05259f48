import Devices
import Signals

/// Keeps what a decoder makes of bytes.
final class SampleCollector: SampleSink {
    private(set) var blocks: [SampleBlock] = []
    private(set) var events: [DeviceEvent] = []
    private(set) var texts: [(item: SampleRingItem, texts: [String])] = []
    /// Headers of the blocks.
    private(set) var items: [SampleRingItem] = []
    private(set) var messages: [DeviceMessage] = []
    private(set) var clockOffsets: [SampleRingItem] = []
    /// Bytes of the blocks' numbers, as their streams have them.
    private var numbers: [[UInt8]] = []

    func take(_ item: SampleRingItem, _ values: UnsafeBufferPointer<Float>) {
        if item.kind == .text { return texts.append((item, TextFrame.texts(of: item, values))) }
        if item.kind == .clockOffset { return clockOffsets.append(item) }
        items.append(item)
        let numbers = SampleValues(item, values)
        self.numbers.append(Array(numbers.bytes))
        let floats = item.format == .float32 ? Array(values) : (0..<numbers.count).map { Float(numbers[$0]) }
        blocks.append(
            SampleBlock(
                stream: Int(item.stream), firstCounter: item.firstCounter, hostTime: item.hostTime,
                channels: Int(item.channels), samples: floats, missingBefore: item.missingBefore))
    }

    func take(_ event: DeviceEvent) { events.append(event) }
    func take(_ message: DeviceMessage) { messages.append(message) }

    func frames(_ stream: Int) -> Int { blocks.filter { $0.stream == stream }.reduce(0) { $0 + $1.frames } }
    func missing(_ stream: Int) -> UInt64 {
        blocks.filter { $0.stream == stream }.reduce(0) { $0 + $1.missingBefore }
    }
    func samples(_ stream: Int) -> [Float] { blocks.filter { $0.stream == stream }.flatMap(\.samples) }
    /// All numbers of a stream of integers or floats, exact.
    func exact<T: BitwiseCopyable>(_ stream: Int, as type: T.Type) -> [T] {
        zip(blocks, numbers).filter { $0.0.stream == stream }.flatMap { _, bytes in
            bytes.withUnsafeBytes { raw in
                (0..<raw.count / MemoryLayout<T>.size).map {
                    raw.loadUnaligned(fromByteOffset: $0 * MemoryLayout<T>.size, as: type)
                }
            }
        }
    }
    func gaps(_ stream: Int) -> [Gap] { blocks.filter { $0.stream == stream }.compactMap(\.gap) }

    /// Sum of the values of all events of a code.
    func total(_ code: DeviceEvent.Code) -> UInt64 {
        events.filter { $0.code == code }.reduce(0) { $0 + $1.value }
    }

    /// Counters of all frames of a stream, in their order.
    func counters(_ stream: Int) -> [UInt64] {
        blocks.filter { $0.stream == stream }.flatMap { block in
            (0..<UInt64(block.frames)).map { block.firstCounter + $0 }
        }
    }
}

extension SampleDecoder {
    /// Decodes bytes that arrive at a time in seconds.
    func decode(_ bytes: [UInt8], at seconds: Double, into sink: SampleCollector) {
        bytes.withUnsafeBytes { decode($0, at: HostTime(seconds: seconds), into: sink) }
    }

    func note(_ code: DeviceEvent.Code, at seconds: Double) {
        note(DeviceEvent(code: code, value: 1, hostTime: HostTime(seconds: seconds)))
    }
}
