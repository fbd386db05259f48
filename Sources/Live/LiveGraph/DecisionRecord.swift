package import Signals

/// A ``Decision`` in the form in which it leaves the pipeline's thread: plain numbers, so that nothing is allocated there.
package struct DecisionRecord: BitwiseCopyable, Sendable {
    package enum Kind: UInt8, BitwiseCopyable, Sendable { case word, filmWord, gap, device, eegAbsent, marker, line, lost }

    package var kind: Kind
    /// Word, stream or device, as an index into ``DecisionNames``.
    package var index = 0
    package var code: UInt16 = 0
    package var a: UInt64 = 0
    package var b: UInt64 = 0
    package var x: Float = 0
    package var y: Float = 0
    package var hostTime: HostTime
    /// Of a marker.
    var text = DecisionText()

    package init(
        kind: Kind, index: Int = 0, code: UInt16 = 0, a: UInt64 = 0, b: UInt64 = 0, x: Float = 0, y: Float = 0,
        hostTime: HostTime
    ) {
        self.kind = kind
        self.index = index
        self.code = code
        self.a = a
        self.b = b
        self.x = x
        self.y = y
        self.hostTime = hostTime
    }

    /// A marker of a text stream.
    /// - Parameter at: when it was, where that is known.
    init(marker text: DecisionText, stream: Int, at: HostTime?, hostTime: HostTime) {
        self.init(
            kind: .marker, index: stream, a: UInt64(bitPattern: at?.nanoseconds ?? 0), b: at == nil ? 0 : 1,
            hostTime: hostTime)
        self.text = text
    }

    /// A change of a digital line.
    /// - Parameters:
    ///   - line: channel of the stream.
    ///   - hostTime: stamp of the item with which it had lasted long enough.
    init(_ change: LineDebouncer.Change, line: Int, stream: Int, hostTime: HostTime) {
        self.init(
            kind: .line, index: stream, code: UInt16(line), a: change.counter,
            b: UInt64(bitPattern: change.time?.nanoseconds ?? 0), x: change.isHigh ? 1 : 0, y: change.time == nil ? 0 : 1,
            hostTime: hostTime)
    }
}

/// What the indices in decision records stand for.
package struct DecisionNames: Sendable {
    var words: [String]
    var filmWords: [String]
    /// Of all devices, one after the other.
    var streams: [String]
    var devices: [String]
    /// Channels of each stream.
    var channels: [Int]
    /// Names of each stream's digital lines; none where it has none.
    var lines: [[String]]

    package init(
        words: [String], filmWords: [String], streams: [String], devices: [String], channels: [Int], lines: [[String]] = []
    ) {
        self.words = words
        self.filmWords = filmWords
        self.streams = streams
        self.devices = devices
        self.channels = channels
        self.lines = lines
    }

    package func decision(_ record: DecisionRecord) -> Decision? {
        switch record.kind {
        case .word:
            return Decision(
                content: .word(text: words[record.index], frame: record.a, logProbability: record.x),
                hostTime: record.hostTime)
        case .filmWord:
            return Decision(
                content: .filmWord(
                    text: filmWords[record.index], firstFrame: record.a, lastFrame: record.b, score: record.x,
                    margin: record.y), hostTime: record.hostTime)
        case .gap:
            return Decision(
                content: .gap(stream: streams[record.index], first: record.a, count: record.b), hostTime: record.hostTime)
        case .device:
            guard let code = DeviceEvent.Code(rawValue: record.code) else { return nil }
            return Decision(
                content: .device(
                    name: devices[record.index],
                    event: DeviceEvent(code: code, value: record.a, hostTime: record.hostTime)),
                hostTime: record.hostTime)
        case .lost: return Decision(content: .lost(count: record.a), hostTime: record.hostTime)
        case .eegAbsent:
            return Decision(content: .eegAbsent(firstFrame: record.a, frames: record.b), hostTime: record.hostTime)
        case .line:
            let at = record.y == 1 ? HostTime(nanoseconds: Int64(bitPattern: record.b)) : nil
            return Decision(
                content: .line(
                    stream: streams[record.index], line: lines[record.index][Int(record.code)], isHigh: record.x == 1,
                    counter: record.a, at: at), hostTime: record.hostTime)
        case .marker:
            let at = record.b == 1 ? HostTime(nanoseconds: Int64(bitPattern: record.a)) : nil
            return Decision(
                content: .marker(
                    stream: streams[record.index], texts: record.text.texts(channels: channels[record.index]), at: at,
                    isCut: record.text.isCut),
                hostTime: record.hostTime)
        }
    }
}
