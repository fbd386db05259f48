import Confidence
import LiveGraph
import Signals
import Testing

@Suite struct DecisionTests {
    private static let time = HostTime(nanoseconds: 1_500_000_000)

    private static let lines: [(Decision.Content, String)] = [
        (
            .word(text: "one", frame: 42, logProbability: -0.25),
            #"{"event":"word","time_s":0.500000000,"text":"one","frame":42,"log_probability":-0.25}"#
        ),
        (
            .filmWord(text: "left", firstFrame: 3, lastFrame: 9, score: 1.5, margin: 0.5),
            #"{"event":"film_word","time_s":0.500000000,"text":"left","first_frame":3,"last_frame":9,"score":1.5,"margin":0.5}"#
        ),
        (
            .gap(stream: "f.states", first: 7, count: 2),
            #"{"event":"gap","time_s":0.500000000,"stream":"f.states","first":7,"count":2}"#
        ),
        (
            .device(name: "h", event: DeviceEvent(code: .lost, value: 19, hostTime: time)),
            #"{"event":"device","time_s":0.500000000,"device":"h","kind":"lost","value":19}"#
        ),
        (
            .eegAbsent(firstFrame: 5, frames: 6),
            #"{"event":"eeg_absent","time_s":0.500000000,"first_frame":5,"frames":6}"#
        ),
        (
            .line(
                stream: "f.states", line: "D\"12", isHigh: true, counter: 1234, at: HostTime(nanoseconds: 1_250_000_000)),
            #"{"event":"line","time_s":0.500000000,"stream":"f.states","line":"D\"12","level":1,"counter":1234,"at_s":0.250000000}"#
        ),
        (
            .line(stream: "f.states", line: "D11", isHigh: false, counter: 9, at: nil),
            #"{"event":"line","time_s":0.500000000,"stream":"f.states","line":"D11","level":0,"counter":9}"#
        ),
        (
            .monitor(stream: "h.eeg", channel: "Cz", measure: "rms", value: 0.5, isAlarm: true),
            #"{"event":"monitor","time_s":0.500000000,"stream":"h.eeg","channel":"Cz","measure":"rms","value":0.5,"alarm":true}"#
        ),
        (
            .calibration(posterior: 0.031, words: 412, window: 300, isAlarm: true),
            #"{"event":"calibration","time_s":0.500000000,"posterior":0.031,"words":412,"window":300,"alarm":true}"#
        ),
        (.lost(count: 12), #"{"event":"lost","time_s":0.500000000,"count":12}"#),
    ]

    @Test func `a decision becomes the line of its kind`() {
        for (content, line) in Self.lines {
            #expect(Decision(content: content, hostTime: Self.time).line(start: HostTime(nanoseconds: 1_000_000_000)) == line)
        }
    }

    @Test func `a stage with a name stands behind the time`() {
        let decision = Decision(content: .eegAbsent(firstFrame: 5, frames: 6), hostTime: Self.time, stage: "digits")
        #expect(
            decision.line(start: HostTime(nanoseconds: 1_000_000_000))
                == #"{"event":"eeg_absent","time_s":0.500000000,"stage":"digits","first_frame":5,"frames":6}"#)
    }

    @Test func `a word ends with what it might have been, and with that it is a first guess, where there is such a thing`() {
        var word = Decision(content: .word(text: "one", frame: 42, logProbability: -0.25), hostTime: Self.time)
        word.alternatives = [.init(text: "won", score: -1.5), .init(text: "\"", score: -.infinity)]
        let start = HostTime(nanoseconds: 1_000_000_000)
        let begin = #"{"event":"word","time_s":0.500000000,"text":"one","frame":42,"log_probability":-0.25"#
        let list = #","alternatives":[{"text":"won","log_probability":-1.5},{"text":"\"","log_probability":null}]"#
        #expect(word.line(start: start) == begin + list + "}")
        word.isPartial = true
        #expect(word.line(start: start) == begin + list + #","partial":true}"#)
        var film = Decision(
            content: .filmWord(text: "left", firstFrame: 3, lastFrame: 9, score: 1.5, margin: 0.5), hostTime: Self.time)
        film.alternatives = [.init(text: "right", score: 1)]
        #expect(film.line(start: start).hasSuffix(#","margin":0.5,"alternatives":[{"text":"right","score":1.0}]}"#))
    }

    @Test func `a calibrated confidence and what to do stand behind a word's own keys`() {
        let start = HostTime(nanoseconds: 1_000_000_000)
        var word = Decision(content: .word(text: "one", frame: 42, logProbability: -0.25), hostTime: Self.time, stage: "a")
        word.judgement = .init(confidence: 0.92, action: .confirm)
        word.alternatives = [.init(text: "won", score: -1.5)]
        let judged = #""log_probability":-0.25,"confidence":0.92,"action":"confirm","alternatives":[{"text":"won""#
        #expect(word.line(start: start).contains(judged))
        var film = Decision(
            content: .filmWord(text: "left", firstFrame: 3, lastFrame: 9, score: 1.5, margin: 0.5), hostTime: Self.time)
        film.judgement = .init(confidence: 1e-6, action: .ignore)
        #expect(film.line(start: start).hasSuffix(#","margin":0.5,"confidence":1e-06,"action":"ignore"}"#))
    }

    @Test func `times at both ends of all time have a line, too`() {
        let decision = Decision(content: .lost(count: 1), hostTime: HostTime(nanoseconds: .max))
        #expect(
            decision.line(start: HostTime(nanoseconds: .min))
                == #"{"event":"lost","time_s":9223372036.854775807,"count":1}"#)
    }
}

@Suite struct DecisionBusTests {
    private func decision(_ number: UInt64) -> Decision {
        Decision(content: .eegAbsent(firstFrame: number, frames: 1), hostTime: HostTime(nanoseconds: Int64(number)))
    }

    /// Numbers of what waits; lost ones as a negative count.
    private func take(_ consumer: DecisionConsumer) -> [Int] {
        var numbers: [Int] = []
        consumer.take {
            switch $0.content {
            case .lost(let count): numbers.append(-Int(count))
            case .eegAbsent(let first, _): numbers.append(Int(first))
            default: break
            }
        }
        return numbers
    }

    @Test func `a slow consumer loses, counts, and is told before the next one; another one loses nothing`() {
        let (slow, log) = (DecisionConsumer(limit: 4), DecisionConsumer())
        let bus = DecisionBus([slow, log])
        for number in UInt64(1)...7 { bus.put(decision(number)) }
        #expect(slow.lostCount == 3 && log.lostCount == 0)
        #expect(take(slow) == [1, 2, 3, 4])
        bus.put(decision(8))
        #expect(take(slow) == [-3, 8])
        bus.put(decision(9))
        #expect(take(slow) == [9] && slow.lostCount == 3)
        #expect(take(log) == Array(1...9))
    }

    @Test func `nothing goes in before the word about what was lost, which the end tells, too`() {
        let consumer = DecisionConsumer(limit: 1)
        let bus = DecisionBus([consumer])
        for number in UInt64(1)...2 { bus.put(decision(number)) }
        #expect(take(consumer) == [1])
        // One place, and two to put in.
        bus.put(decision(3))
        #expect(consumer.lostCount == 2 && take(consumer) == [])
        bus.finish(at: HostTime(nanoseconds: 4))
        #expect(take(consumer) == [-2])
        bus.put(decision(5))
        #expect(take(consumer) == [5])
    }

    @Test func `many decisions come out in their order while they are put in`() async {
        let consumer = DecisionConsumer()
        let bus = DecisionBus([consumer])
        let count = 100_000
        let thread = try? WorkerThread("decisions") { for number in 0..<count { bus.put(self.decision(UInt64(number))) } }
        var numbers: [Int] = []
        while numbers.count < count { numbers += take(consumer) }
        thread?.join()
        #expect(numbers == Array(0..<count) && take(consumer) == [])
    }
}
