import LiveGraph
import Signals
import Testing

@Suite struct DecisionRecordTests {
    private let names = DecisionNames(
        words: ["zero", "one"], filmWords: ["left", "right"], streams: ["h.eeg", "f.states"], devices: ["h", "f"],
        channels: [8, 3], lines: [[], ["D11", "D\"12"]])
    private let time = HostTime(nanoseconds: 1_500_000_000)

    private func line(_ record: DecisionRecord) -> String? {
        names.decision(record)?.line(start: HostTime(nanoseconds: 1_000_000_000))
    }

    @Test func `a record becomes the line of its kind`() {
        let time = time
        #expect(
            line(DecisionRecord(kind: .word, index: 1, a: 42, x: -0.25, hostTime: time))
                == #"{"event":"word","time_s":0.500000000,"text":"one","frame":42,"log_probability":-0.25}"#)
        #expect(
            line(DecisionRecord(kind: .filmWord, index: 0, a: 3, b: 9, x: 1.5, y: 0.5, hostTime: time))
                == #"{"event":"film_word","time_s":0.500000000,"text":"left","first_frame":3,"last_frame":9,"score":1.5,"margin":0.5}"#
        )
        #expect(
            line(DecisionRecord(kind: .gap, index: 1, a: 7, b: 2, hostTime: time))
                == #"{"event":"gap","time_s":0.500000000,"stream":"f.states","first":7,"count":2}"#)
        #expect(
            line(DecisionRecord(kind: .device, index: 0, code: DeviceEvent.Code.lost.rawValue, a: 19, hostTime: time))
                == #"{"event":"device","time_s":0.500000000,"device":"h","kind":"lost","value":19}"#)
        #expect(
            line(DecisionRecord(kind: .eegAbsent, a: 5, b: 6, hostTime: time))
                == #"{"event":"eeg_absent","time_s":0.500000000,"first_frame":5,"frames":6}"#)
        #expect(
            line(DecisionRecord(kind: .line, index: 1, code: 1, a: 1234, b: 1_250_000_000, x: 1, y: 1, hostTime: time))
                == #"{"event":"line","time_s":0.500000000,"stream":"f.states","line":"D\"12","level":1,"counter":1234,"at_s":0.250000000}"#
        )
        #expect(
            line(DecisionRecord(kind: .line, index: 1, code: 0, a: 9, hostTime: time))
                == #"{"event":"line","time_s":0.500000000,"stream":"f.states","line":"D11","level":0,"counter":9}"#)
        #expect(
            line(DecisionRecord(kind: .lost, a: 12, hostTime: time)) == #"{"event":"lost","time_s":0.500000000,"count":12}"#)
    }

    @Test func `an event code that nobody knows is no decision`() {
        #expect(line(DecisionRecord(kind: .device, index: 0, code: 999, hostTime: time)) == nil)
    }

    @Test func `times at both ends of all time have a line, too`() {
        let decision = Decision(content: .lost(count: 1), hostTime: HostTime(nanoseconds: .max))
        #expect(
            decision.line(start: HostTime(nanoseconds: .min))
                == #"{"event":"lost","time_s":9223372036.854775807,"count":1}"#)
    }
}

@Suite struct DecisionQueueTests {
    private func record(_ number: UInt64) -> DecisionRecord {
        DecisionRecord(kind: .eegAbsent, a: number, hostTime: HostTime(nanoseconds: Int64(number)))
    }

    /// Numbers of what waits; lost ones as a negative count.
    private func take(_ queue: DecisionQueue) -> [Int] {
        var numbers: [Int] = []
        queue.take { numbers.append($0.kind == .lost ? -Int($0.a) : Int($0.a)) }
        return numbers
    }

    @Test func `a full queue refuses, counts, and tells before the next one that goes in`() {
        let queue = DecisionQueue(minimumRecords: 4)
        for number in UInt64(1)...7 { #expect(queue.put(record(number)) == (number <= 4)) }
        #expect(queue.lostCount == 3)
        #expect(take(queue) == [1, 2, 3, 4])
        #expect(queue.put(record(8)))
        #expect(take(queue) == [-3, 8])
        #expect(queue.put(record(9)) && take(queue) == [9] && queue.lostCount == 3)
    }

    @Test func `nothing goes in before the word about what was lost`() {
        let queue = DecisionQueue(minimumRecords: 1)
        #expect(queue.put(record(1)) && !queue.put(record(2)))
        #expect(take(queue) == [1])
        // One place, and two records to put in.
        #expect(!queue.put(record(3)) && queue.lostCount == 2)
        #expect(queue.tell(at: HostTime(nanoseconds: 4)) && take(queue) == [-2])
        #expect(queue.put(record(5)) && take(queue) == [5])
    }

    @Test func `at the end the word waits for room`() {
        let queue = DecisionQueue(minimumRecords: 2)
        for number in UInt64(1)...3 { queue.put(record(number)) }
        #expect(!queue.tell(at: HostTime(nanoseconds: 9)))
        #expect(take(queue) == [1, 2])
        #expect(queue.tell(at: HostTime(nanoseconds: 9)) && take(queue) == [-1])
        #expect(queue.tell(at: HostTime(nanoseconds: 9)) && take(queue) == [])
    }
}
