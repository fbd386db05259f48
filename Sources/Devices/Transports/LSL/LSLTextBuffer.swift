import Signals

/// One sample of texts on its way from liblsl to bytes. liblsl allocates each text; it is given back as soon as it is copied.
final class LSLTextBuffer {
    private let channels: Int
    private let texts: UnsafeMutableBufferPointer<UnsafeMutablePointer<CChar>?>
    private let lengths: UnsafeMutableBufferPointer<UInt32>

    init(channels: Int) {
        self.channels = channels
        texts = .allocate(capacity: max(1, channels))
        texts.initialize(repeating: nil)
        lengths = .allocate(capacity: max(1, channels))
        lengths.initialize(repeating: 0)
    }

    deinit {
        texts.deallocate()
        lengths.deallocate()
    }

    /// - Returns: the sample's stamp; 0 when none came.
    func pull(
        _ inlet: OpaquePointer, _ functions: LSLFunctions, timeout: Double, _ code: inout Int32
    ) -> Double {
        guard let texts = texts.baseAddress, let lengths = lengths.baseAddress else { return 0 }
        return functions.pullTexts(inlet, texts, lengths, Int32(channels), timeout, &code)
    }

    /// Copies the texts, each after its length, and gives them back to liblsl. Where the buffer ends, text is cut between
    /// characters.
    /// - Returns: bytes of the buffer that are filled, from its start.
    func put(at offset: Int, into buffer: UnsafeMutableRawBufferPointer, _ functions: LSLFunctions) -> Int {
        var place = offset
        for channel in 0..<channels {
            // Later channels need room for their lengths.
            let room = max(0, buffer.count - place - 4 * (channels - channel))
            var count = 0
            if let text = texts[channel] {
                let bytes = UnsafeRawBufferPointer(start: text, count: Int(lengths[channel]))
                count = TextFrameBuffer.cut(bytes, to: room)
                UnsafeMutableRawBufferPointer(rebasing: buffer[(place + 4)..<(place + 4 + count)]).copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: bytes[0..<count]))
                functions.destroyString(text)
                texts[channel] = nil
            }
            buffer.storeBytes(of: UInt32(count).littleEndian, toByteOffset: place, as: UInt32.self)
            place += 4 + count
        }
        return place
    }
}
