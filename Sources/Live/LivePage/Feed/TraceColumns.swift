import Signals

/// One stream's samples on their way to a page: each one where a screen can show it, else the least and the greatest of every few.
///
/// What is drawn are samples that were measured, never means of them. For one thread.
struct TraceColumns {
    /// A row of columns without a hole.
    struct Block {
        /// Of the first column.
        var time: HostTime
        /// Column-major; of each channel one value, or the least and the greatest.
        var values: [Float] = []
        var columns = 0
    }

    /// Columns that are sent in a second at most: every sample of headsets, and of sound more than a screen shows.
    static let mostPerSecond = 1024.0
    /// Seconds of columns that wait for the next update; older ones are dropped.
    private static let longestWait = 1.0

    let channels: Int
    /// Frames of a column.
    let stride: Int
    /// Nominal seconds of a column; 0 of an irregular stream, whose columns are blocks of their own.
    let period: Double
    private(set) var blocks: [Block] = []
    private var waiting = 0
    private var low: [Float]
    private var high: [Float]
    private var filled = 0
    private var columnTime = HostTime(nanoseconds: 0)
    private var framePeriod: Double

    init(rate: Double, channels: Int) {
        self.channels = channels
        stride = max(1, Int((rate / Self.mostPerSecond).rounded(.up)))
        period = rate > 0 ? Double(stride) / rate : 0
        framePeriod = rate > 0 ? 1 / rate : 0
        low = Array(repeating: 0, count: channels)
        high = low
    }

    /// Whether each column has two values a channel.
    var isPaired: Bool { stride > 1 }

    /// - Parameter values: frame-major, in the description's units.
    mutating func take(_ item: SampleRingItem, _ values: UnsafeBufferPointer<Float>) {
        let frames = Int(item.frames)
        guard channels > 0, frames > 0, values.count >= frames * channels else { return }
        if item.framePeriod > 0 { framePeriod = item.framePeriod }
        let first = item.made ?? item.hostTime + -Double(frames - 1) * framePeriod
        if item.missingBefore > 0 { filled = 0 }
        let isNew = item.missingBefore > 0 || isElsewhere(first)
        if isNew { filled = 0 }
        for frame in 0..<frames {
            if filled == 0 { columnTime = first + Double(frame) * framePeriod }
            let row = UnsafeBufferPointer(rebasing: values[frame * channels..<(frame + 1) * channels])
            if stride == 1 {
                put(row, isNew: isNew && frame == 0)
                continue
            }
            for channel in 0..<channels {
                low[channel] = filled == 0 ? row[channel] : min(low[channel], row[channel])
                high[channel] = filled == 0 ? row[channel] : max(high[channel], row[channel])
            }
            filled += 1
            if filled == stride { putPair(isNew: isNew && frame < stride) }
        }
    }

    /// Whether a frame does not follow on what waits.
    private func isElsewhere(_ time: HostTime) -> Bool {
        guard let last = blocks.last, period > 0 else { return true }
        let expected = last.time + Double(last.columns) * period + Double(filled) * framePeriod
        return abs(time - expected) > max(2 * period, 0.05)
    }

    private mutating func put(_ row: UnsafeBufferPointer<Float>, isNew: Bool) {
        begin(isNew: isNew)
        blocks[blocks.count - 1].values.append(contentsOf: row)
        end()
    }

    private mutating func putPair(isNew: Bool) {
        begin(isNew: isNew)
        for channel in 0..<channels {
            blocks[blocks.count - 1].values.append(low[channel])
            blocks[blocks.count - 1].values.append(high[channel])
        }
        filled = 0
        end()
    }

    private mutating func begin(isNew: Bool) {
        if isNew || blocks.isEmpty || period == 0 { blocks.append(Block(time: columnTime)) }
    }

    private mutating func end() {
        blocks[blocks.count - 1].columns += 1
        waiting += 1
        let most = period > 0 ? max(8, Int(Self.longestWait / period)) : 256
        if waiting > most, blocks.count > 1 {
            waiting -= blocks.removeFirst().columns
        } else if waiting > most {
            blocks = []
            waiting = 0
        }
    }

    /// Hands over what waits.
    mutating func drain(_ body: (Block) -> Void) {
        for block in blocks { body(block) }
        blocks.removeAll(keepingCapacity: true)
        waiting = 0
    }
}
