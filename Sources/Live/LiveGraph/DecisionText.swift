import Signals

/// A marker's texts within a ``DecisionRecord``: in place, so that nothing is allocated on the pipeline's thread.
struct DecisionText: BitwiseCopyable, Sendable {
    /// Bytes of a text frame that are kept; the recording itself has all of them.
    static let capacity = 1000

    private var storage = InlineArray<1000, UInt8>(repeating: 0)
    private var count = 0
    private(set) var isCut = false

    init() {}

    /// - Parameter frame: bytes of a ``TextFrame``.
    init(_ frame: UnsafeRawBufferPointer) {
        count = min(frame.count, Self.capacity)
        isCut = frame.count > Self.capacity
        for index in 0..<count { storage[index] = frame[index] }
    }

    func texts(channels: Int) -> [String] {
        let bytes = (0..<count).map { storage[$0] }
        return bytes.withUnsafeBytes { TextFrame.texts($0, channels: channels) }
    }
}
