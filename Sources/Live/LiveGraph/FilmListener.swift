package import Reservoirs
import SignalFeatures
package import Signals

/// Where the drive of a film goes: to the device when live, nowhere in a replay.
package protocol DriveSink: AnyObject {
    /// Fields of the film.
    var channels: Int { get }
    func reset()
    func send(counter: UInt64, _ frame: UnsafeBufferPointer<Float>)
}

/// Lets a film, or an array of films, hear: finds stretches of speech, drives the films with their features, gathers their answers by
/// their counters and names the word when a stretch is over.
///
/// The films of an array share the fields of the readout's mask and the nodes of its states, one behind the other. They are never
/// waited for: their answers are items like all others. All memory is claimed at the start.
package struct FilmListener {
    /// Longest stretch, in frames; a longer one ends there.
    package static let longest = 400
    private static let memory = 32

    /// What the readout says of a stretch.
    package struct Naming {
        /// For each class.
        package var scores: [Float]
        package var first: UInt64
        package var last: UInt64
        /// The stretch goes on: these are its frames so far.
        package var isPartial = false
    }

    private struct Stretch {
        var first: UInt64
        /// Frames driven so far.
        var driven = 0
        /// Last frame of speech, once it is over.
        var last: UInt64?
        /// Answers, each film's to each frame counted once.
        var answered = 0
        var slot: Int
        var endedAt: HostTime?
        /// Steps from the first one that every film has answered, as far as it is known, and the next number of them to guess at.
        var complete = 0
        var nextGuess: Int
    }

    private let readout: FilmReadout
    /// Frames from one guess to the next; nil for none.
    private let guessEvery: Int?
    private let mask: InputMask.Matrix
    private let sinks: [any DriveSink]
    /// Nodes of each film, and where they begin in a row of states.
    private let nodes: [Int]
    private let firstNode: [Int]
    private var segmenter = SpeechSegmenter()
    /// Grid number that the segmenter's frame 0 has.
    private var base: UInt64?
    /// The standardised features of the last frames, as a ring over the frame number.
    private var recent: [Float]
    private let drive: UnsafeMutableBufferPointer<Float>
    private var open: Stretch?
    private var closed: [Stretch] = []
    private let states: UnsafeMutableBufferPointer<Float>
    /// Which frames of each slot each film has answered.
    private let isAnswered: UnsafeMutableBufferPointer<Bool>
    private var freeSlots = [0, 1, 2, 3]
    /// Of each film.
    package private(set) var unanswered: [UInt64]

    /// - Parameters:
    ///   - nodes: of each film; together those of the readout.
    ///   - sinks: of each film, with the fields of the readout's mask together; empty in a replay.
    ///   - guessEvery: frames of a stretch from one guess to the next; nil for none before its end.
    package init(_ readout: FilmReadout, nodes: [Int], sinks: [any DriveSink], guessEvery: Int? = nil) {
        self.readout = readout
        self.guessEvery = guessEvery
        self.sinks = sinks
        self.nodes = nodes
        unanswered = [UInt64](repeating: 0, count: nodes.count)
        firstNode = nodes.indices.map { nodes[..<$0].reduce(0, +) }
        mask = readout.card.mask.makeMatrix()
        recent = [Float](repeating: 0, count: Self.memory * readout.card.mask.inputs)
        drive = .allocate(capacity: readout.card.mask.channels)
        drive.initialize(repeating: 0)
        states = .allocate(capacity: 4 * Self.longest * readout.card.nodes)
        states.initialize(repeating: 0)
        isAnswered = .allocate(capacity: 4 * Self.longest * nodes.count)
        isAnswered.initialize(repeating: false)
        closed.reserveCapacity(4)
    }

    package func deallocate() {
        drive.deallocate()
        states.deallocate()
        isAnswered.deallocate()
    }

    /// A frame of audio on the grid.
    package mutating func take(number: UInt64, features: UnsafeBufferPointer<Float>, energy: Float, at time: HostTime) {
        let inputs = mask.inputs
        let place = Int(number % UInt64(Self.memory)) * inputs
        for k in 0..<inputs {
            recent[place + k] = max(-6, min(6, (features[k] - readout.card.mean[k]) / readout.card.deviation[k]))
        }
        if base == nil { base = number }
        let event = segmenter.next(energy: energy)
        if case .began(let frame) = event { begin(at: (base ?? 0) + UInt64(frame), now: number) }
        drive(upTo: number)
        if case .ended(let frame) = event { end(last: (base ?? 0) + UInt64(frame), at: time) }
        if let open, open.driven >= Self.longest { end(last: open.first + UInt64(open.driven) - 1, at: time) }
    }

    /// The audio has a hole: a stretch that is open ends before it.
    package mutating func audioInterrupted(at time: HostTime) {
        if let open { end(last: open.first + UInt64(max(1, open.driven)) - 1, at: time) }
        segmenter = SpeechSegmenter()
        base = nil
    }

    /// The film is gone: what it was hearing is lost.
    /// - Parameter body: first frame and number of frames that will not be answered.
    package mutating func filmLost(_ body: (UInt64, UInt64) -> Void) {
        for stretch in closed { abandon(stretch, body) }
        closed.removeAll(keepingCapacity: true)
        if let stretch = open {
            abandon(stretch, body)
            open = nil
        }
    }

    /// Frames of states from a film.
    package mutating func takeStates(_ item: SampleRingItem, _ values: UnsafeBufferPointer<Float>, film: Int = 0) {
        let nodes = nodes[film]
        guard Int(item.channels) == nodes else { return }
        for index in 0..<Int(item.frames) {
            let counter = item.firstCounter &+ UInt64(index)
            let row = UnsafeBufferPointer(rebasing: values[index * nodes..<(index + 1) * nodes])
            if var stretch = open, store(&stretch, counter, row, film) {
                open = stretch
            } else {
                for place in closed.indices where storeClosed(place, counter, row, film) { break }
            }
        }
    }

    /// Names every stretch that is over and fully answered, in order; gives up on those that wait too long.
    package mutating func drain(
        now: HostTime, named: (Naming) -> Void, abandoned: (UInt64, UInt64) -> Void
    ) {
        defer { if guessEvery != nil { guessAll(named) } }
        while let stretch = closed.first, let last = stretch.last, let endedAt = stretch.endedAt {
            if stretch.answered >= stretch.driven * nodes.count {
                named(name(stretch, steps: min(stretch.driven, Int(last - stretch.first) + 1)))
                freeSlots.append(stretch.slot)
            } else if now - endedAt > 2 {
                abandon(stretch, abandoned)
            } else {
                return
            }
            closed.removeFirst()
        }
    }

    private func name(_ stretch: Stretch, steps: Int) -> Naming {
        let start = stretch.slot * Self.longest * readout.card.nodes
        let rows = UnsafeBufferPointer(states)[start..<start + steps * readout.card.nodes]
        return Naming(
            scores: readout.scores(UnsafeBufferPointer(rebasing: rows), steps: steps), first: stretch.first,
            last: stretch.first + UInt64(steps) - 1)
    }

    private mutating func guessAll(_ named: (Naming) -> Void) {
        for place in closed.indices { guess(&closed[place], named) }
        if var stretch = open {
            guess(&stretch, named)
            open = stretch
        }
    }

    /// Guesses at the steps that are answered so far, whenever they have grown by so many.
    private func guess(_ stretch: inout Stretch, _ named: (Naming) -> Void) {
        let first = stretch.slot * Self.longest
        // Where speech has ended, the whole of it is named, and nothing beyond.
        let most = stretch.last.map { min(stretch.driven, Int($0 - stretch.first)) } ?? stretch.driven
        while stretch.complete < most,
            nodes.indices.allSatisfy({ isAnswered[(first + stretch.complete) * nodes.count + $0] })
        {
            stretch.complete += 1
            guard let guessEvery, stretch.complete == stretch.nextGuess else { continue }
            stretch.nextGuess += guessEvery
            var naming = name(stretch, steps: stretch.complete)
            naming.isPartial = true
            named(naming)
        }
    }

    private mutating func begin(at first: UInt64, now: UInt64) {
        guard open == nil, let slot = freeSlots.popLast() else { return }
        let oldest = now >= UInt64(Self.memory - 1) ? now - UInt64(Self.memory - 1) : 0
        let lookedBack = first >= UInt64(readout.card.lookBack) ? first - UInt64(readout.card.lookBack) : 0
        open = Stretch(first: max(lookedBack, oldest, base ?? 0), slot: slot, nextGuess: guessEvery ?? .max)
        let answers = Self.longest * nodes.count
        for answer in 0..<answers { isAnswered[slot * answers + answer] = false }
        for sink in sinks { sink.reset() }
    }

    private mutating func drive(upTo number: UInt64) {
        guard var stretch = open else { return }
        while stretch.first + UInt64(stretch.driven) <= number, stretch.driven < Self.longest {
            let counter = stretch.first + UInt64(stretch.driven)
            if !sinks.isEmpty {
                let place = Int(counter % UInt64(Self.memory)) * mask.inputs
                recent.withUnsafeBufferPointer { recent in
                    mask.setDrive(UnsafeBufferPointer(rebasing: recent[place..<place + mask.inputs]), drive)
                }
                var first = 0
                for sink in sinks {
                    let fields = drive[first..<first + sink.channels]
                    sink.send(counter: counter, UnsafeBufferPointer(rebasing: fields))
                    first += sink.channels
                }
            }
            stretch.driven += 1
        }
        open = stretch
    }

    private mutating func end(last: UInt64, at time: HostTime) {
        guard var stretch = open else { return }
        stretch.last = max(last, stretch.first)
        stretch.endedAt = time
        closed.append(stretch)
        open = nil
    }

    /// - Returns: false when the frame does not belong to the stretch.
    private func store(
        _ stretch: inout Stretch, _ counter: UInt64, _ state: UnsafeBufferPointer<Float>, _ film: Int
    ) -> Bool {
        guard counter >= stretch.first, counter - stretch.first < UInt64(stretch.driven) else { return false }
        let row = stretch.slot * Self.longest + Int(counter - stretch.first)
        // An answer that comes twice is one answer.
        guard !isAnswered[row * nodes.count + film] else { return true }
        isAnswered[row * nodes.count + film] = true
        let place = row * readout.card.nodes + firstNode[film]
        for k in 0..<state.count { states[place + k] = state[k] }
        stretch.answered += 1
        return true
    }

    private mutating func storeClosed(
        _ place: Int, _ counter: UInt64, _ state: UnsafeBufferPointer<Float>, _ film: Int
    ) -> Bool {
        var stretch = closed[place]
        defer { closed[place] = stretch }
        return store(&stretch, counter, state, film)
    }

    private mutating func abandon(_ stretch: Stretch, _ body: (UInt64, UInt64) -> Void) {
        // A frame that one film of an array did not answer is of no use.
        let rows = stretch.slot * Self.longest..<stretch.slot * Self.longest + stretch.driven
        var (missing, first): (UInt64, Int?) = (0, nil)
        for row in rows where (0..<nodes.count).contains(where: { !isAnswered[row * nodes.count + $0] }) {
            missing += 1
            first = first ?? row
        }
        for film in nodes.indices {
            unanswered[film] += UInt64(rows.count { !isAnswered[$0 * nodes.count + film] })
        }
        body(stretch.first + UInt64((first ?? rows.upperBound) - rows.lowerBound), missing)
        freeSlots.append(stretch.slot)
    }
}
