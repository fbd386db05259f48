import LinearAlgebra
import LiveGraph
import Reservoirs
import SignalFeatures
import Signals
import Testing

/// A film of two nodes hears one stretch of speech; the test answers for it.
@Suite struct FilmListenerTests {
    private final class Sink: DriveSink {
        let channels = 1
        var resets = 0
        var counters: [UInt64] = []
        func reset() { resets += 1 }
        func send(counter: UInt64, _ frame: UnsafeBufferPointer<Float>) { counters.append(counter) }
    }

    private struct Heard: Equatable {
        var named: [[UInt64]] = []
        var labels: [Int] = []
        var abandoned: [[UInt64]] = []
    }

    /// Says 1 when the second node is larger, 0 when the first is.
    private static func readout() throws -> FilmReadout {
        let features = Matrix<Double>(rows: 2, columns: 2, values: [1, 0, 0, 1])
        let fit = try RidgePath(states: features, targets: features, lambdas: [1]).readouts[0]
        var readout = FilmReadout(
            card: .init(
                labels: ["first", "second"], mask: InputMask(inputs: 3, cells: 1, fields_T: [0.1], density: 1, seed: 1),
                mean: [0, 0, 0], deviation: [1, 1, 1], parts: 1, nodes: 2, lookBack: 2, audioRate: 16_000, reservoir: "test",
                lambda: 1, conditionNumber: 1, trainingUtterances: 2, trainingAccuracy: 1),
            readout: fit)
        readout.weights = [1, 0, 0, 1]
        readout.intercept = [0, 0]
        return readout
    }

    private static func time(_ frame: UInt64) -> HostTime { HostTime(nanoseconds: Int64(frame) * 10_000_000) }

    /// 30 quiet frames, 20 loud ones (130 … 149), 25 quiet ones: the stretch begins two frames before the speech.
    private func speak(_ film: inout FilmListener) {
        let features: [Float] = [0.1, 0.2, 0.3]
        for number in UInt64(100)..<175 {
            features.withUnsafeBufferPointer {
                film.take(number: number, features: $0, energy: 130..<150 ~= number ? 0.1 : 1e-7, at: Self.time(number))
            }
        }
    }

    private func answer(_ film: inout FilmListener, _ counters: some Sequence<UInt64>, _ state: [Float] = [0, 1]) {
        for counter in counters {
            let item = SampleRingItem(
                stream: 0, channels: 2, frames: 1, firstCounter: counter, missingBefore: 0, hostTime: Self.time(200))
            state.withUnsafeBufferPointer { film.takeStates(item, $0) }
        }
    }

    private func drain(_ film: inout FilmListener, at frame: UInt64) -> Heard {
        var heard = Heard()
        film.drain(
            now: Self.time(frame),
            named: { naming in
                heard.labels.append(FilmReadout.ranking(naming.scores)[0])
                heard.named.append(naming.isPartial ? [naming.first, naming.last, 0] : [naming.first, naming.last])
            }, abandoned: { heard.abandoned.append([$0, $1]) })
        return heard
    }

    @Test func `a stretch is driven from before its begin, and named when every frame is answered`() throws {
        let sink = Sink()
        var film = FilmListener(try Self.readout(), nodes: [2], sinks: [sink])
        defer { film.deallocate() }
        speak(&film)
        // The end is certain 20 quiet frames after the last loud one; until then the film hears on.
        #expect(sink.resets == 1 && sink.counters == (128...169).map { UInt64($0) })
        answer(&film, 128...168)
        #expect(drain(&film, at: 175) == Heard())
        answer(&film, [169])
        #expect(drain(&film, at: 175) == Heard(named: [[128, 149]], labels: [1]))
        #expect(drain(&film, at: 175) == Heard() && film.unanswered == [0])
    }

    @Test func `with guesses every ten answered steps are named, too, but none beyond the end of speech`() throws {
        var film = FilmListener(try Self.readout(), nodes: [2], sinks: [Sink()], guessEvery: 10)
        defer { film.deallocate() }
        speak(&film)
        answer(&film, (128...147).filter { $0 != 139 }, [1, 0])
        #expect(drain(&film, at: 175) == Heard(named: [[128, 137, 0]], labels: [0]))
        // The hole is filled: the second guess.
        answer(&film, [139])
        #expect(drain(&film, at: 175) == Heard(named: [[128, 147, 0]], labels: [0]))
        // The speech ended with 149: 157 would be the third.
        answer(&film, 148...168)
        #expect(drain(&film, at: 175) == Heard())
        answer(&film, [169])
        #expect(drain(&film, at: 175) == Heard(named: [[128, 149]], labels: [0]))
    }

    @Test func `an answer that comes twice is one answer, and the one that is missing is told`() throws {
        let sink = Sink()
        var film = FilmListener(try Self.readout(), nodes: [2], sinks: [sink])
        defer { film.deallocate() }
        speak(&film)
        answer(&film, (128...169).filter { $0 != 140 })
        answer(&film, [150, 150, 150])
        #expect(drain(&film, at: 175) == Heard())
        // Two seconds after the end, which frame 169 told.
        #expect(drain(&film, at: 169 + 200) == Heard())
        #expect(drain(&film, at: 169 + 201) == Heard(abandoned: [[140, 1]]))
        #expect(film.unanswered == [1])
    }

    @Test func `answers to no frame, of whatever counter, are left out`() throws {
        let sink = Sink()
        var film = FilmListener(try Self.readout(), nodes: [2], sinks: [sink])
        defer { film.deallocate() }
        speak(&film)
        answer(&film, [0, 127, 170, 1 << 63, .max])
        #expect(drain(&film, at: 175) == Heard())
        answer(&film, 128...169, [1, 0])
        #expect(drain(&film, at: 175) == Heard(named: [[128, 149]], labels: [0]))
    }

    @Test func `a film that is lost tells what it will not answer`() throws {
        let sink = Sink()
        var film = FilmListener(try Self.readout(), nodes: [2], sinks: [sink])
        defer { film.deallocate() }
        speak(&film)
        answer(&film, 128...137)
        var lost: [[UInt64]] = []
        film.filmLost { lost.append([$0, $1]) }
        #expect(lost == [[138, 32]] && film.unanswered == [32])
        #expect(drain(&film, at: 999) == Heard())
    }

    @Test func `a hole in the sound ends the stretch before it`() throws {
        let sink = Sink()
        var film = FilmListener(try Self.readout(), nodes: [2], sinks: [sink])
        defer { film.deallocate() }
        let features: [Float] = [0.1, 0.2, 0.3]
        for number in UInt64(100)..<140 {
            features.withUnsafeBufferPointer {
                film.take(number: number, features: $0, energy: number >= 130 ? 0.1 : 1e-7, at: Self.time(number))
            }
        }
        film.audioInterrupted(at: Self.time(140))
        answer(&film, sink.counters)
        #expect(drain(&film, at: 141) == Heard(named: [[128, 139]], labels: [1]))
    }

    @Test func `an array's word is named when every film has answered every frame, each with its own nodes`() throws {
        let sinks = [Sink(), Sink()]
        // Half of the readout's fields and nodes each.
        var readout = try Self.readout()
        readout.card.mask = InputMask(inputs: 3, cells: 2, fields_T: [0.1], density: 1, seed: 1)
        var films = FilmListener(readout, nodes: [1, 1], sinks: sinks)
        defer { films.deallocate() }
        speak(&films)
        #expect(sinks[0].counters == sinks[1].counters && sinks.map(\.resets) == [1, 1])
        let counters = sinks[0].counters
        func answer(_ film: Int, _ counters: some Sequence<UInt64>, _ value: Float) {
            for counter in counters {
                let item = SampleRingItem(
                    stream: 0, channels: 1, frames: 1, firstCounter: counter, missingBefore: 0, hostTime: Self.time(200))
                [value].withUnsafeBufferPointer { films.takeStates(item, $0, film: film) }
            }
        }
        answer(0, counters, 0)
        answer(1, counters.dropLast(), 1)
        #expect(drain(&films, at: 180) == Heard())
        answer(1, counters.suffix(1), 1)
        #expect(drain(&films, at: 181).labels == [1])
        #expect(films.unanswered == [0, 0])
    }
}
