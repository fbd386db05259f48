import Foundation
import Signals

/// What one case of the study of two streams is, drawn from its seed: a board and a sound card, each with a crystal of its own, and
/// pulses that both take in at the same moments.
struct TwoStreamsStudyCase: Sendable, CustomStringConvertible {
    let seed: UInt64
    let driver: BoardUnderStudy.Driver
    /// Seconds of the study.
    let seconds: Double
    let boardCrystal: Crystal
    let cardCrystal: Crystal
    /// Longest time for which the thread that reads the board finds no core once bytes are there, in seconds; the same for the card.
    let boardJitter: Double
    let cardJitter: Double
    /// Longest time from a period's end to the stamp that the card's driver takes.
    let interruptJitter: Double
    /// Frames by which the card's pointer moves: a USB card's by a millisecond, others' by one.
    let pointerStep: Double
    /// The middles of the pulses, in true time: one in each second.
    let pulses: [Double]

    /// Boards that carry EEG; the card stands opposite to each.
    static let boards = BoardUnderStudy.Driver.allCases.filter { $0 != .alsa }

    /// One turn of each board.
    init(seed: UInt64, seconds: Double) {
        self.seed = seed
        self.seconds = seconds
        var random = SplitMix64(seed: seed &* 0x9E37_79B9 &+ 1234)
        driver = Self.boards[Int(seed % UInt64(Self.boards.count))]
        boardCrystal = Crystal(&random, seconds: seconds)
        cardCrystal = Crystal(&random, seconds: seconds)
        boardJitter = 0.02 * random.uniform()
        cardJitter = 0.02 * random.uniform()
        interruptJitter = 0.003 * random.uniform()
        pointerStep = random.uniform() < 0.5 ? 8 : 1
        pulses = (0..<Int(seconds)).map { Double($0) + 0.25 + 0.5 * random.uniform() }
    }

    /// A device's clock.
    struct Crystal: Sendable {
        /// Relative error of the rate when the study begins and when it ends, and its change per second between them.
        let error: Double
        let endError: Double
        let wander: Double
        /// When its device begins to sample.
        let start: Double

        static let largestError = 200e-6

        /// Within ±200 ppm at all times; as it warms up it wanders by 30 ppm at most.
        init(_ random: inout SplitMix64, seconds: Double) {
            let limit = Self.largestError
            error = limit * (2 * random.uniform() - 1)
            endError = min(limit, max(-limit, error + 30e-6 * (2 * random.uniform() - 1)))
            wander = (endError - error) / seconds
            start = 0.1 + 3 * random.uniform()
        }

        /// True time at which it has counted so many nominal seconds.
        func time(counted nominal: Double) -> Double {
            let elapsed = nominal / (1 + error)
            return start + elapsed - 0.5 * wander * elapsed * elapsed
        }

        /// The nominal seconds that it has counted at a true time: the root of ``time(counted:)``.
        func counted(at time: Double) -> Double {
            var elapsed = time - start
            for _ in 0..<3 { elapsed = time - start + 0.5 * wander * elapsed * elapsed }
            return elapsed * (1 + error)
        }
    }

    /// The pulses that both devices take in whole.
    var wholePulses: [Int] {
        let begin = max(boardCrystal.start, cardCrystal.start) + Self.halfPulse
        // The last ones are still on their way when the study ends.
        return pulses.indices.filter { pulses[$0] > begin && pulses[$0] < seconds - 1 }
    }

    /// Half the length of a pulse, a raised cosine, in seconds: seven samples of the slowest board are in it.
    static let halfPulse = 0.03

    /// Height of the pulses at a true time, 0 … 1.
    func height(at time: Double) -> Double {
        let second = Int(time)
        guard time >= 0, second < pulses.count else { return 0 }
        let distance = abs(time - pulses[second])
        return distance < Self.halfPulse ? 0.5 + 0.5 * cos(.pi * distance / Self.halfPulse) : 0
    }

    var description: String {
        func text(_ value: Double, _ scale: Double) -> String { String(format: "%.1f", value * scale) }
        return "seed \(seed), \(driver.rawValue) \(text(boardCrystal.error, 1e6)) to \(text(boardCrystal.endError, 1e6)) ppm, "
            + "jitter \(text(boardJitter, 1e3)) ms; card \(text(cardCrystal.error, 1e6)) to \(text(cardCrystal.endError, 1e6)) ppm, "
            + "interrupts up to \(text(interruptJitter, 1e3)) ms late, jitter \(text(cardJitter, 1e3)) ms"
    }
}
