import Devices
import Foundation
import Signals

/// How far the stamps of one case were off.
struct ClockStudyResult: Sendable {
    /// Shares of frames whose stamp is off by more than allowed.
    var causal = 0.0
    var twoSided = 0.0
    /// Of LabRecorder's stamps after pyxdf's dejitter; nil for sound.
    var labRecorder: Double?
    var frames = 0
    /// Largest error over what is allowed, from 5 s on.
    var worstCausal = 0.0
    /// Frames that the decoder placed later, or earlier, than they were: losses that it made up or did not see.
    var invented = 0
    var hidden = 0
    /// The same at returns of the device and resets of its counter, where only the clock can tell.
    var holeError = 0
}

/// Runs a case in virtual time: board → line → kernel → reads → decoder → clocks.
struct ClockStudyRun {
    private let study: ClockStudyCase
    private var board: BoardUnderStudy
    private let decoder: any SampleDecoder
    private let sink: Sink
    private var random: SplitMix64

    /// Packets that were not yet read: the moment each came, and its bytes.
    private var waiting: [(at: Double, bytes: Int)] = []
    private var buffer: [UInt8] = []

    init(_ study: ClockStudyCase) {
        self.study = study
        board = BoardUnderStudy(study.driver)
        decoder = board.decoder()
        sink = Sink(study, board, decoder.streams)
        random = SplitMix64(seed: study.seed ^ 0x5EED)
    }

    mutating func result() -> ClockStudyResult {
        run()
        return sink.result()
    }

    private mutating func run() {
        var packet = 0
        /// Seconds by which the board's present run is behind the first one's beat.
        var phase = 0.0
        var away = study.absences[...]
        var resets = study.resets[...]
        var lineTime = 0.0
        var lost = 0
        var held: [(number: Int, counter: Int)] = []
        var readTime = study.backlog
        var pauses = study.pauses[...]
        let perPacket = board.framesPerPacket
        func complete(_ packet: Int) -> Double {
            study.made(Double(packet + 1) * perPacket, frameRate: board.frameRate) + phase
        }
        while true {
            let time = complete(packet)
            guard time < study.seconds else { break }
            if let absence = away.first, time >= absence.lowerBound {
                away.removeFirst()
                read(until: absence.lowerBound, &readTime, &pauses, isLast: true)
                held = []
                buffer = []
                waiting = []
                let leaves = study.host(max(absence.lowerBound, readTime))
                note(.lost, at: leaves)
                while complete(packet) < absence.upperBound { packet += 1 }
                // A Daisy's frame begins with an even packet.
                if study.driver == .cytonDaisy, packet % 2 == 1 { packet += 1 }
                phase += random.uniform() / (board.packetRate * study.rate)
                board.resetCounter()
                readTime = max(readTime, absence.upperBound)
                note(.reconnected, at: study.host(readTime))
                sink.begin(phase: phase, at: Int(Double(packet) * perPacket))
                lost = 0
                lineTime = absence.upperBound
                continue
            }
            if let reset = resets.first, time >= reset, packet % 2 == 0 {
                resets.removeFirst()
                board.resetCounter()
                sink.expectHole(at: Int(Double(packet) * perPacket))
            }
            if lost == 0, study.lossProbability > 0, random.uniform() < study.lossProbability {
                lost = random.uniform() < 0.05 ? 1 + random.integer(below: 300) : 1
            }
            if lost > 0 {
                lost -= 1
            } else {
                held.append((packet, board.counter))
            }
            board.count()
            if packet % study.burst == study.burst - 1 {
                var arrival = time
                if study.jitterIsOnLine { arrival += study.jitter * random.uniform() }
                lineTime = max(lineTime, arrival)
                // What came before this is read first, so that the kernel's buffer is as full as it was.
                read(until: lineTime, &readTime, &pauses, isLast: false)
                for packet in held { deliver(packet.number, packet.counter, at: lineTime) }
                held = []
            }
            packet += 1
        }
        read(until: study.seconds + 60, &readTime, &pauses, isLast: true)
    }

    private mutating func deliver(_ number: Int, _ counter: Int, at time: Double) {
        let start = buffer.count
        board.append(number, counter: counter, to: &buffer)
        if let limit = board.kernelBytes, buffer.count > limit {
            buffer.removeLast(buffer.count - max(limit, start))
            // What a full buffer drops before the clock is known nobody can count.
            if readCount < 2 { sink.expectHole(at: Int(Double(number + 1) * board.framesPerPacket)) }
        }
        guard buffer.count > start else { return }
        waiting.append((time, buffer.count - start))
    }

    /// The reads that are over before the next bytes come: each takes all that waits.
    private mutating func read(
        until next: Double, _ readTime: inout Double, _ pauses: inout ArraySlice<ClosedRange<Double>>, isLast: Bool
    ) {
        while let first = waiting.first {
            var time = max(readTime, first.at)
            if !study.jitterIsOnLine, pendingDelay == nil { pendingDelay = study.jitter * random.uniform() }
            time += pendingDelay ?? 0
            while let pause = pauses.first, pause.upperBound < time { pauses.removeFirst() }
            if let pause = pauses.first, pause.contains(time) { time = pause.upperBound }
            guard time < next || isLast else { return }
            pendingDelay = nil
            readTime = time
            sink.noteRead(at: time)
            readCount += 1
            let count = waiting.prefix { $0.at <= time }.reduce(0) { $0 + $1.bytes }
            let taken = waiting.prefix { $0.at <= time }.count
            buffer.withUnsafeBytes {
                decoder.decode(
                    UnsafeRawBufferPointer(rebasing: $0[0..<count]), at: HostTime(seconds: study.host(time)), into: sink)
            }
            buffer.removeFirst(count)
            waiting.removeFirst(taken)
        }
    }

    private var pendingDelay: Double?
    private var readCount = 0

    private func note(_ code: DeviceEvent.Code, at seconds: Double) {
        let event = DeviceEvent(code: code, value: 1, hostTime: HostTime(seconds: seconds))
        decoder.note(event)
        sink.note(event)
    }

    /// Looks at each block's times.
    private final class Sink: SampleSink {
        private let study: ClockStudyCase
        private let board: BoardUnderStudy
        private var clocks: StreamClocks
        private var history: ClockHistory
        private var tally = ClockStudyResult()
        private var checked = 0
        private var bad = 0
        private var phase = 0.0
        private var lastFrame = -1
        /// Counter less number of the frame; the same for all frames between two beginnings of the device.
        private var shift: Int?
        /// Frames before which only the clock can tell what is missing.
        private var holes: [Int] = []
        private var lastChecked = -1
        private var reads: [Double] = []
        private var firstRead = 0
        private var now = 0.0
        /// For the two-sided clock: counter, truth and what is allowed.
        private var points: [(counter: Double, truth: Double, allowed: Double, weight: Int)] = []
        /// What LabRecorder would write: the stamps, and what is true and allowed.
        private var peer: [Double] = []
        private var peerTruth: [Double] = []
        private var peerAllowed: [Double] = []

        init(_ study: ClockStudyCase, _ board: BoardUnderStudy, _ streams: [StreamDescription]) {
            self.study = study
            self.board = board
            clocks = StreamClocks(streams)
            history = ClockHistory(nominalRate: board.frameRate)
        }

        func begin(phase: Double, at frame: Int) {
            self.phase = phase
            expectHole(at: frame)
            reads = []
            firstRead = 0
        }

        func expectHole(at frame: Int) { holes.append(frame) }

        func noteRead(at time: Double) {
            now = time
            reads.append(time)
            while reads[firstRead] < time - 60 { firstRead += 1 }
        }

        func note(_ event: DeviceEvent) {
            clocks.note(event)
            if event.code == .reconnected { history.reset() }
        }

        func take(_ event: DeviceEvent) {}

        func take(_ item: SampleRingItem, _ values: UnsafeBufferPointer<Float>) {
            guard item.stream == 0, item.kind == .samples else { return }
            var item = item
            clocks.stamp(&item) { _ in }
            let frames = Int(item.frames)
            let first = number(values[0])
            lastFrame = first + frames - 1
            check(item, first)
            history.observe(counter: item.firstCounter + UInt64(frames) - 1, host: item.hostTime)
            tally.frames += frames
            let allowed = max(0.002, 15 * study.jitter / Double(max(1, reads.count - firstRead)))
            for (frame, weight) in frames > 1 ? [(0, frames / 2), (frames - 1, frames - frames / 2)] : [(0, 1)] {
                let truth = study.host(
                    study.made(Double(first + frame + 1), frameRate: board.frameRate) + phase)
                points.append((Double(item.firstCounter) + Double(frame), truth, allowed, weight))
                guard now >= 5, let made = item.made else { continue }
                let error = abs(made.seconds + Double(frame) * item.framePeriod - truth)
                checked += weight
                if error > allowed { bad += weight }
                tally.worstCausal = max(tally.worstCausal, error / allowed)
            }
            guard board.driver != .alsa else { return }
            for frame in 0..<frames {
                peer.append(item.hostTime.seconds - Double(frames - 1 - frame) / board.frameRate)
                peerTruth.append(
                    study.host(study.made(Double(first + frame + 1), frameRate: board.frameRate) + phase))
                peerAllowed.append(allowed)
            }
        }

        /// The frame's number since the study began, from what its first sample says.
        private func number(_ value: Float) -> Int {
            let next = lastFrame + 1
            let turn = board.turn
            return next + ((board.identity(value) - next) % turn + turn) % turn
        }

        private func check(_ item: SampleRingItem, _ first: Int) {
            let found = Int(clamping: item.firstCounter) - first
            let hasHole = holes.contains { lastChecked < $0 && $0 <= first }
            lastChecked = first
            guard let shift, found != shift else { return self.shift = found }
            self.shift = found
            if hasHole {
                tally.holeError = max(tally.holeError, abs(found - shift))
            } else if found > shift {
                tally.invented += found - shift
            } else {
                tally.hidden += shift - found
            }
        }

        func result() -> ClockStudyResult {
            tally.causal = Double(bad) / Double(max(1, checked))
            let curve = history.curve()
            var (all, off) = (0, 0)
            for point in points {
                guard let found = curve.host(at: point.counter) else { continue }
                all += point.weight
                if abs(found.seconds - point.truth) > point.allowed { off += point.weight }
            }
            tally.twoSided = Double(off) / Double(max(1, all))
            if !peer.isEmpty {
                Self.dejitter(&peer, period: 1 / board.frameRate)
                let off = peer.indices.count { abs(peer[$0] - peerTruth[$0]) > peerAllowed[$0] }
                tally.labRecorder = Double(off) / Double(peer.count)
            }
            return tally
        }

        /// pyxdf's: a straight line by least squares between each two breaks of more than a second and 500 samples.
        private static func dejitter(_ stamps: inout [Double], period: Double) {
            let threshold = max(1, 500 * period)
            var start = 0
            for index in 1...stamps.count
            where index == stamps.count || abs(stamps[index] - stamps[index - 1]) > threshold {
                let count = Double(index - start)
                if count > 1 {
                    let middle = (count - 1) / 2
                    let mean = stamps[start..<index].reduce(0) { $0 + ($1 - stamps[start]) } / count + stamps[start]
                    var moment = 0.0
                    for place in start..<index { moment += (Double(place - start) - middle) * (stamps[place] - mean) }
                    let slope = moment / (count * (count * count - 1) / 12)
                    for place in start..<index { stamps[place] = mean + (Double(place - start) - middle) * slope }
                }
                start = index
            }
        }
    }
}
