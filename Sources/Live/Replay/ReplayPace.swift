import Signals

/// Makes recorded time pass at a multiple of real time.
struct ReplayPace {
    /// Recorded seconds per second; nil for as fast as it goes.
    let speed: Double?
    private let begin: HostTime
    private var first: HostTime?

    init(speed: Double?, begin: HostTime) {
        self.speed = speed
        self.begin = begin
    }

    /// Waits until a stamp's turn has come.
    /// - Parameter goesOn: asked every 50 ms at least.
    /// - Returns: false when it was told to stop.
    mutating func wait(for stamp: HostTime, _ goesOn: () -> Bool) -> Bool {
        guard let speed, speed > 0 else { return true }
        let first = first ?? stamp
        self.first = first
        let due = begin + (stamp - first) / speed
        while true {
            let left = due - .now()
            guard left > 0 else { return true }
            WorkerThread.sleep(min(left, 0.05))
            if left > 0.05, !goesOn() { return false }
        }
    }
}
