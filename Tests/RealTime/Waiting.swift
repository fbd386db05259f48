import Signals

/// Seconds that a test waits for what must come. On a crowded machine a thread may wait for the processor for a second, many times in
/// a row; a wait that succeeds costs nothing. What must *not* come is waited for with a short time of the test's own.
public let patience = 120.0

/// Waits until something is so.
/// - Parameters:
///   - seconds: at most.
///   - pause: between two looks, in seconds.
/// - Returns: whether it is so.
@discardableResult
public func waitUntil(seconds: Double = patience, every pause: Double = 0.02, _ isSo: () throws -> Bool) rethrows -> Bool {
    let end = HostTime.now() + seconds
    while true {
        // The last look is after the end: the time may have passed while this thread did not run.
        let isOver = HostTime.now() >= end
        if try isSo() { return true }
        if isOver { return false }
        WorkerThread.sleep(pause)
    }
}
