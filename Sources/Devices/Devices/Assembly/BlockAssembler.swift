import Signals

/// Packets of one piece of bytes → blocks of consecutive frames, each with its counter, the hole before it and its time.
///
/// A decoder puts each packet's samples into a row and calls ``finish(at:into:)`` at the end of the piece. Only then is it known
/// when the packets were made: the piece's last byte came at its stamp, and the packets before it follow each other at the device's
/// rate, so a backlog is neither a hole nor late. A packet whose counter does not follow may wait for the next piece
/// (``CounterChain``). All streams of the device share the rows. Nothing is allocated after creation.
struct BlockAssembler {
    /// Consecutive rows.
    struct Run {
        var rows: Range<Int>
        /// Of the first row.
        var counter: UInt64
        /// Rows that are missing before it.
        var missing: UInt64
    }

    private let widths: [Int]
    /// Packets per second by the data sheet.
    private let rate: Double
    private let capacity: Int
    /// Samples of the rows, one list for each stream, shape `[rows, width]`.
    private(set) var values: [[Float]]
    private var packets: [CounterChain.Packet]
    private var places: [CounterChain.Place]
    private var count = 0
    private var chain: CounterChain?
    private(set) var clock: FrameClock
    private var next: UInt64 = 0
    private var lastArrival: HostTime?
    private var lastWasWhole = true
    /// Usual time from one piece to the next, in seconds: what a read at any moment may find is so old.
    private var usualGap = 0.0
    /// Greatest age of a piece's last packet in about the last minute, in seconds, and of how many pieces.
    private var lateness = 0.0
    private var latenessCount = 0
    private var isRestarted = false
    /// The clock alone must tell what is missing before the next row.
    private var isInterrupted = false
    /// More was missing after the last piece than bytes are ever late.
    private var isOwed = false
    /// Rows without a counter that were damaged, at most.
    private var damaged: UInt64 = 0
    private var suspicion: Suspicion?
    private var duplicates: UInt64 = 0

    /// - Parameters:
    ///   - widths: channels of each stream.
    ///   - rate: packets per second.
    ///   - modulus: number of values of the packets' counter; nil for devices that send none.
    ///   - alignment: packets that belong together: a packet's place keeps its counter's rest by it.
    ///   - capacity: packets of the largest piece.
    init(widths: [Int], rate: Double, modulus: UInt64?, alignment: UInt64 = 1, capacity: Int) {
        self.widths = widths
        self.rate = rate
        self.capacity = capacity + CounterChain.patience
        values = widths.map { [Float](repeating: .nan, count: (capacity + CounterChain.patience) * $0) }
        packets = [CounterChain.Packet](repeating: .init(raw: 0, fingerprint: 0), count: self.capacity)
        places = [CounterChain.Place](repeating: .open, count: self.capacity)
        chain = modulus.map { CounterChain(modulus: $0, alignment: alignment) }
        clock = FrameClock(nominalRate: rate)
    }

    var isFull: Bool { count == capacity }

    /// Whether a piece is so large that the kernel may have dropped what came after it: a terminal keeps 64 KiB.
    static func kernelIsFull(_ bytes: UnsafeRawBufferPointer) -> Bool { bytes.count >= 60_000 }

    /// Index of the row that the next packet's samples go to.
    var row: Int { count }

    /// Lends a stream's part of the row at hand.
    mutating func withRow(_ stream: Int, _ body: (UnsafeMutableBufferPointer<Float>) -> Void) {
        let start = count * widths[stream]
        let width = widths[stream]
        values[stream].withUnsafeMutableBufferPointer { body(UnsafeMutableBufferPointer(rebasing: $0[start..<start + width])) }
    }

    /// The row at hand is complete.
    /// - Parameters:
    ///   - counter: as the device sends it; of no meaning for devices that send none.
    ///   - fingerprint: a number made of the packet's samples.
    mutating func commit(counter: UInt64 = 0, fingerprint: UInt64 = 0) {
        packets[count] = .init(raw: counter, fingerprint: fingerprint)
        count += 1
    }

    /// So many packets, at most, came damaged: where there is no counter, the clock decides how many.
    mutating func noteDamage(_ packets: UInt64) { damaged += packets }

    mutating func note(_ event: DeviceEvent) {
        switch event.code {
        case .lost:
            // Packets that were still to be judged are part of the hole.
            count = 0
            damaged = 0
            suspicion = nil
            isInterrupted = lastArrival != nil
        case .reconnected:
            isRestarted = true
            chain?.restart()
        default: break
        }
    }

    /// Places the rows of the piece and hands on the blocks.
    /// - Parameter isWhole: false when the last of the bytes are older than their stamp: more of the piece is to come, or the kernel's
    ///   buffer was full (``kernelIsFull(_:)``).
    mutating func finish(at time: HostTime, isWhole: Bool = true, into sink: any SampleSink) {
        finish(at: time, isWhole: isWhole, into: sink) { assembler, run in _ = assembler.emit(run, at: time, into: sink) }
    }

    /// The same for streams whose frames are not single rows.
    /// - Parameter emit: takes each run in its order; rows are valid during the call.
    mutating func finish(
        at time: HostTime, isWhole: Bool = true, into sink: any SampleSink, emit: (inout BlockAssembler, Run) -> Void
    ) {
        guard count > 0 else { return }
        if isWhole, let place = placeOfNext(at: time) {
            noteLateness(of: place, at: time)
            clock.observe(counter: place, at: time) { sink.take($0) }
            emit(&self, Run(rows: 0..<1, counter: place, missing: expected.map { place &- min($0, place) } ?? 0))
            expected = place &+ 1
            if let lastArrival { noteGap(time - lastArrival) }
            lastWasWhole = true
            lastArrival = time
            count = 0
            return
        }
        let end = isWhole ? clock.counter(at: time) : nil
        let placed = chain == nil ? placeWithoutCounter(end, at: time) : placeByCounter(end, at: time, into: sink)
        if duplicates > 0 {
            sink.take(DeviceEvent(code: .duplicateDropped, value: duplicates, hostTime: time))
            duplicates = 0
        }
        if let last = lastPlace(placed) {
            if isRestarted {
                clock.reset()
                isRestarted = false
                latenessCount = 0
                lateness = 0
            } else if isWhole {
                noteLateness(of: last, at: time)
            }
            if isWhole || !clock.isReady { clock.observe(counter: last, at: time) { sink.take($0) } }
            emitRuns(placed, emit)
            if let lastArrival { noteGap(time - lastArrival) }
            lastWasWhole = isWhole
            lastArrival = time
        }
        // What is still open moves to the front.
        let open = count - placed
        for index in 0..<open {
            packets[index] = packets[placed + index]
            for stream in widths.indices {
                for channel in 0..<widths[stream] {
                    values[stream][index * widths[stream] + channel] =
                        values[stream][(placed + index) * widths[stream] + channel]
                }
            }
        }
        count = open
    }

    /// Hands on a run's rows as a block of each stream.
    /// - Parameter skipped: a stream that gets none.
    /// - Returns: the first stream's block.
    mutating func emit(
        _ run: Run, except skipped: Int? = nil, at time: HostTime, into sink: any SampleSink
    ) -> SampleRingItem {
        for stream in widths.indices where stream != skipped {
            var item = SampleRingItem(
                stream: stream, channels: widths[stream], frames: run.rows.count, firstCounter: run.counter,
                missingBefore: run.missing, hostTime: time)
            if stream == 0 {
                clock.stamp(&item, counter: Double(run.counter))
                stamped = item
            } else {
                item.copyTimes(of: stamped)
            }
            values[stream].withUnsafeBufferPointer { values in
                sink.take(
                    item,
                    UnsafeBufferPointer(
                        rebasing: values[run.rows.lowerBound * widths[stream]..<run.rows.upperBound * widths[stream]]))
            }
        }
        return stamped
    }

    /// The last block of the first stream: the others have its times.
    private var stamped = SampleRingItem(event: DeviceEvent(code: .started, value: 0, hostTime: HostTime(nanoseconds: 0)))

    /// Puts the times of a block of combined rows into an item.
    mutating func stamp(_ item: inout SampleRingItem, counter: Double, stride: Double) {
        clock.stamp(&item, counter: counter, stride: stride)
    }

    /// When a packet was made, as the clock says so far; nil before it can tell.
    func made(_ counter: Double) -> HostTime? { clock.host(at: counter) }

    // MARK: Places

    /// Packets by which the clock may be wrong: reads are late by less than a packet or two; until the rate is found, it may be off
    /// by a few per cent of the time since the last piece.
    private func slack(at time: HostTime) -> Double {
        let elapsed = lastArrival.map { time - $0 } ?? 0
        let doubt = clock.rateIsFound ? 0.002 : 0.06
        return 3 + max(rate, clock.rate) * (2 * clock.jitter + doubt * max(0, elapsed))
    }

    /// Packets in whose time no turn of a counter can have gone by.
    private static let shortSilence = 4.0

    /// The usual case, in short: a piece of one packet, which is the next one, soon after the last.
    private mutating func placeOfNext(at time: HostTime) -> UInt64? {
        guard count == 1, lastWasWhole, !isRestarted, clock.isReady, let lastArrival,
            (time - lastArrival) * max(rate, clock.rate) <= Self.shortSilence, let place = chain?.placeOfNext(packets[0])
        else { return nil }
        isInterrupted = false
        return place
    }

    private mutating func placeByCounter(_ end: Double?, at time: HostTime, into sink: any SampleSink) -> Int {
        let count = count
        let slack = slack(at: time)
        let late = max(rate, clock.rate) * 1.2 * usualGap
        let usual = latenessCount >= Self.sureLateness ? min(late, 1 + max(rate, clock.rate) * 1.5 * lateness) : late
        let silence = lastWasWhole ? max(rate, clock.rate) * (lastArrival.map { time - $0 } ?? 0) : .infinity
        isInterrupted = false
        let placed = packets.withUnsafeBufferPointer { packets in
            places.withUnsafeMutableBufferPointer { places in
                chain?.place(
                    UnsafeBufferPointer(rebasing: packets[0..<count]), UnsafeMutableBufferPointer(rebasing: places[0..<count]),
                    end: end, slack: slack, late: late, usual: usual, silence: silence
                ) { code, value in sink.take(DeviceEvent(code: code, value: value, hostTime: time)) } ?? 0
            }
        }
        for index in 0..<placed where places[index] == .duplicate { duplicates += 1 }
        return placed
    }

    /// Seconds without a packet after which a device without a counter may have lost some.
    private static let longestPause = 0.1

    /// Damaged rows that may be missing.
    private struct Suspicion {
        var frames: UInt64
        let begin: HostTime
        var pieces = 0
        /// Fewest frames that the clock missed in a piece since.
        var missing = UInt64.max
    }

    /// Pieces and seconds from which on the clock is believed about damaged rows: one of so many pieces came without delay.
    private static let surePieces = 8
    private static let sureSeconds = 0.1

    /// Bytes that are late and rows that are missing look alike in one piece; of several, the earliest tells.
    private mutating func damagedRowsMissing(_ missing: UInt64, at time: HostTime) -> UInt64 {
        if suspicion == nil, damaged > 0 {
            suspicion = Suspicion(frames: damaged, begin: time)
            damaged = 0
        }
        guard var current = suspicion else { return 0 }
        current.pieces += 1
        current.missing = min(current.missing, missing)
        guard current.pieces >= Self.surePieces, time - current.begin >= Self.sureSeconds else {
            suspicion = current
            return 0
        }
        // What was damaged meanwhile does not show in the earliest piece.
        suspicion = damaged > 0 ? Suspicion(frames: damaged, begin: time) : nil
        damaged = 0
        return min(current.frames, current.missing)
    }

    /// Rows follow each other, but for what the clock says is missing: all of it after a loss or a long pause, else as many as were
    /// damaged. Late bytes look like missing ones, so after a pause more must be missing than bytes are ever late.
    private mutating func placeWithoutCounter(_ end: Double?, at time: HostTime) -> Int {
        var hole = UInt64(0)
        if let end, let lastArrival {
            let frames = max(0, (end - Double(count - 1) - Double(next) + 0.25).rounded(.down))
            let missing = UInt64(min(frames, 0x1p52))
            let late = max(rate, clock.rate) * (Self.longestPause + 4 * clock.jitter + 1.2 * usualGap)
            let isOverdue = time - lastArrival > Self.longestPause && frames > late
            if isInterrupted || isOwed || (isOverdue && Double(count) < frames) {
                hole = missing
                isOwed = false
                damaged = 0
                suspicion = nil
            } else {
                // Most of a backlog is here: what is missing was dropped after it.
                isOwed = isOverdue
                hole = damagedRowsMissing(missing, at: time)
            }
        } else if lastArrival != nil {
            isOwed = true
        }
        isInterrupted = false
        next &+= hole
        for index in 0..<count {
            places[index] = .at(next)
            next &+= 1
        }
        return count
    }

    /// Pieces after which their greatest lateness is known.
    private static let sureLateness = 32

    /// A packet that is a piece's last one was made, as the clock says, so long before it came.
    private mutating func noteLateness(of place: UInt64, at time: HostTime) {
        guard let end = clock.counter(at: time), let lastArrival else { return }
        let forgotten = lateness * max(0, 1 - (time - lastArrival) / 60)
        lateness = max(forgotten, (end - Double(place)) / clock.rate)
        latenessCount += 1
    }

    /// A pause counts like four usual gaps at most.
    private mutating func noteGap(_ gap: Double) {
        guard gap > 0 else { return }
        usualGap = usualGap == 0 ? gap : usualGap + 0.1 * (min(gap, 4 * usualGap) - usualGap)
    }

    private func lastPlace(_ placed: Int) -> UInt64? {
        var index = placed - 1
        while index >= 0 {
            if case .at(let counter) = places[index] { return counter }
            index -= 1
        }
        return nil
    }

    private var expected: UInt64?

    private mutating func emitRuns(_ placed: Int, _ emit: (inout BlockAssembler, Run) -> Void) {
        var run: Run?
        for index in 0..<placed {
            guard case .at(let counter) = places[index] else {
                if let run { emit(&self, run) }
                run = nil
                continue
            }
            if var open = run, counter == open.counter &+ UInt64(open.rows.count) {
                open.rows = open.rows.lowerBound..<index + 1
                run = open
            } else {
                if let run { emit(&self, run) }
                run = Run(
                    rows: index..<index + 1, counter: counter, missing: expected.map { counter &- min($0, counter) } ?? 0)
            }
            expected = counter &+ 1
        }
        if let run { emit(&self, run) }
    }
}
