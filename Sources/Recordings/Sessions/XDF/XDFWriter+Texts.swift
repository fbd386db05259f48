import Signals

/// Texts that belong to frames of another stream.
extension XDFWriter {
    /// Appends one sample of texts: stamped by its device, or at the frame that it marks, or when it came.
    /// - Parameters:
    ///   - item: of kind ``SampleRingItem/Kind/text``.
    ///   - marked: identifier of the stream that ``SampleRingItem/mark`` speaks of, if there is one.
    func append(texts: [String], stream id: Int, item: SampleRingItem, marked: Int?) throws(SessionError) {
        var stamp = item.deviceTime ?? (item.made ?? item.hostTime).seconds
        if item.deviceTime == nil, let mark = item.mark, let marked {
            if let block = streams[marked - 1].lastBlock {
                stamp = block.stamp + (Double(mark.counter) - Double(block.counter)) * block.period
            }
        }
        try append(texts: texts, stream: id, at: stamp)
    }
}
