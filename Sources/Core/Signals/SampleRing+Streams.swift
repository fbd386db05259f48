extension SampleRing {
    /// Words of the largest item that a device with these streams writes: a block of numbers, or a frame of texts.
    package static func largestItem(_ streams: [StreamDescription]) -> Int {
        streams.reduce(1 << 17) { $1.isText ? max($0, ($1.longestTextFrame + 3) / 4) : $0 }
    }

    /// Room for four seconds of every stream of a device, and for the largest item beside it.
    /// - Parameter alarm: wakes the consumer; nil where it looks by itself.
    package convenience init(for streams: [StreamDescription], alarm: RingAlarm? = nil) {
        // A device that announces more than memory holds gets less.
        let words = streams.reduce(0.0) {
            $0 + max(4096, 4 * max($1.nominalRate, 250) * Double($1.sampleFormat.words($1.channelCount)))
        }
        self.init(
            streams: streams.count, minimumItems: 8192,
            minimumSamples: Int(min(words, 0x1p27)) + Self.largestItem(streams), alarm: alarm)
    }
}
