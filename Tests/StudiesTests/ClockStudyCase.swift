import Signals

/// What one case of the clock study does to a stream, drawn from its seed.
struct ClockStudyCase: Sendable, CustomStringConvertible {
    enum Disturbance: String, CaseIterable, Sendable {
        case wrongRate = "rate off by more than 0.1 %", bursts, jitterOnHost = "jitter on the host"
        case jitterOnLine = "jitter on the line", slew = "host clock slewed", pause = "host pauses", backlog, loss =
            "packets lost"
        case absence = "device away", reset = "counter reset"
    }

    let seed: UInt64
    let driver: BoardUnderStudy.Driver
    /// The board's rate over its nominal one.
    let rate: Double
    /// Seconds of the study.
    let seconds: Double
    /// Relative change of the rate per second.
    let wander: Double
    /// Packets that a burst holds; 1 for none.
    private(set) var burst = 1
    let jitterIsOnLine: Bool
    /// Longest lateness of a read or a delivery, in seconds.
    let jitter: Double
    /// The host's clock runs faster by so much, and when.
    private(set) var slew: (rate: Double, from: Double, to: Double)?
    private(set) var pauses: [ClosedRange<Double>] = []
    private(set) var absences: [ClosedRange<Double>] = []
    private(set) var resets: [Double] = []
    let backlog: Double
    /// Probability of a packet to be lost, alone, and to be the first of up to 300 that are lost.
    let lossProbability: Double

    /// One turn of each driver, and each disturbance in about a third of the cases.
    init(seed: UInt64, seconds: Double) {
        self.seed = seed
        self.seconds = seconds
        var random = SplitMix64(seed: seed &* 0x9E37_79B9 &+ 77)
        let drivers = BoardUnderStudy.Driver.allCases
        driver = drivers[Int(seed % UInt64(drivers.count))]
        let board = BoardUnderStudy(driver)
        switch random.integer(below: 8) {
        case 0: rate = 0.5
        case 1: rate = 2
        case 2, 3: rate = 1 + 0.05 * (2 * random.uniform() - 1)
        default: rate = 1 + 0.0005 * (2 * random.uniform() - 1)
        }
        wander = (2 * random.uniform() - 1) * 1e-6 / 60
        let packets = (0.1 + 0.4 * random.uniform()) * board.packetRate * rate
        if random.uniform() < 0.35, driver != .alsa { burst = max(1, Int(packets.rounded())) }
        jitterIsOnLine = random.uniform() < 0.4
        let limit = jitterIsOnLine ? 2 / (board.frameRate * rate) : 0.05
        jitter = random.uniform() < 0.15 ? 0 : limit * random.uniform()
        if random.uniform() < 0.4 {
            let from = (seconds - 60) * random.uniform()
            slew = ((random.uniform() < 0.5 ? -1 : 1) * 500e-6 * random.uniform(), from, from + 5 + 55 * random.uniform())
        }
        if random.uniform() < 0.4 {
            for _ in 0...random.integer(below: 4) {
                let from = 5 + (seconds - 20) * random.uniform()
                pauses.append(from...from + 10 * random.uniform())
            }
        }
        backlog = random.uniform() < 0.4 ? 5 * random.uniform() : 0
        lossProbability = random.uniform() < 0.4 && board.hasCounter ? 0.001 : 0
        // Sound's samples cannot tell which ones they are across more than two seconds.
        if random.uniform() < 0.3, driver != .alsa {
            let from = 30 + (seconds - 90) * random.uniform()
            absences.append(from...from + 1.5 + 10 * random.uniform())
        }
        if random.uniform() < 0.2, [.cyton, .cytonDaisy, .freeeeg32].contains(driver) {
            resets.append(60 + (seconds - 90) * random.uniform())
        }
        pauses.sort { $0.lowerBound < $1.lowerBound }
    }

    var disturbances: [Disturbance] {
        var list: [Disturbance] = []
        if abs(rate - 1) > 0.001 { list.append(.wrongRate) }
        if burst > 1 { list.append(.bursts) }
        if jitter > 0 { list.append(jitterIsOnLine ? .jitterOnLine : .jitterOnHost) }
        if slew != nil { list.append(.slew) }
        if !pauses.isEmpty { list.append(.pause) }
        if backlog > 0 { list.append(.backlog) }
        if lossProbability > 0 { list.append(.loss) }
        if !absences.isEmpty { list.append(.absence) }
        if !resets.isEmpty { list.append(.reset) }
        return list
    }

    var description: String {
        func text(_ value: Double, _ scale: Double = 1) -> String { "\((value * scale * 1000).rounded() / 1000)" }
        var words = ["seed \(seed)", driver.rawValue, "rate ×\(text(rate))", "jitter \(text(jitter, 1000)) ms"]
        if jitterIsOnLine { words.append("on the line") }
        if burst > 1 { words.append("bursts of \(burst)") }
        if let slew { words.append("slew \(text(slew.rate, 1e6)) ppm from \(text(slew.from)) to \(text(slew.to)) s") }
        for pause in pauses { words.append("pause \(text(pause.lowerBound))–\(text(pause.upperBound)) s") }
        if backlog > 0 { words.append("backlog \(text(backlog)) s") }
        if lossProbability > 0 { words.append("losses") }
        for away in absences { words.append("away \(text(away.lowerBound))–\(text(away.upperBound)) s") }
        for reset in resets { words.append("reset at \(text(reset)) s") }
        return words.joined(separator: ", ")
    }

    /// The host's clock at a true time.
    func host(_ time: Double) -> Double {
        guard let slew else { return time }
        return time + slew.rate * max(0, min(time, slew.to) - slew.from)
    }

    /// When the board's frame number `frame` (with fraction) was complete, in true time.
    func made(_ frames: Double, frameRate: Double) -> Double {
        let time = frames / (frameRate * rate)
        return time - 0.5 * wander * time * time
    }
}
