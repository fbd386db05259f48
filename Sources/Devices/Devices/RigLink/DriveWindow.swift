package import Signals

/// Drive frames on their way: how many more the device has room for. Pure: time and counts come in as arguments.
///
/// The rules are those of section 6 of `firmware-protocols/riglink/README.md`. No frame is waited for for ever: an answer to
/// a later frame, a status that names it dropped, or a second without any news settles it. Allocates nothing after creation.
package struct DriveWindow {
    /// Without news for so long, what is on its way counts as lost, in seconds.
    package static let patience = 1.0

    /// Counters of the frames on their way, oldest at `first`, wrapping.
    private var counters: [UInt64]
    private var first = 0
    package private(set) var underWay = 0
    private var lastNews = HostTime(nanoseconds: 0)
    private var answeredBefore: UInt64?
    private var droppedBefore: UInt64 = 0
    /// Frames that are no longer waited for, answered or not, since creation.
    package private(set) var settled: UInt64 = 0

    /// - Parameter capacity: frames that fit in the device's queue; a device that names none takes one at a time.
    package init(capacity: Int) { counters = [UInt64](repeating: 0, count: max(1, capacity)) }

    /// The device was opened: nothing is on its way.
    package mutating func opened(lastAnswered: UInt64?) {
        settleAll()
        answeredBefore = lastAnswered
        droppedBefore = 0
    }

    package mutating func sent(counter: UInt64, at now: HostTime) {
        precondition(underWay < counters.count, "a frame was sent without room for it")
        if underWay == 0 { lastNews = now }
        counters[(first + underWay) % counters.count] = counter
        underWay += 1
    }

    /// What the decoder knows by now.
    /// - Parameters:
    ///   - lastAnswered: counter of the latest answer, nil before the first.
    ///   - dropped: frames that the device said it dropped since it was opened.
    package mutating func heard(lastAnswered: UInt64?, dropped: UInt64, at now: HostTime) {
        if let lastAnswered, lastAnswered != answeredBefore {
            answeredBefore = lastAnswered
            lastNews = now
            while underWay > 0, counters[first] <= lastAnswered { settle() }
        }
        if dropped > droppedBefore {
            let count = min(dropped - droppedBefore, UInt64(underWay))
            droppedBefore = dropped
            lastNews = now
            for _ in 0..<count { settle() }
        }
    }

    /// Whether another frame may be sent.
    package mutating func hasRoom(at now: HostTime) -> Bool {
        if underWay < counters.count { return true }
        guard now - lastNews > Self.patience else { return false }
        settleAll()
        return true
    }

    private mutating func settle() {
        first = (first + 1) % counters.count
        underWay -= 1
        settled += 1
    }

    private mutating func settleAll() {
        settled += UInt64(underWay)
        underWay = 0
    }
}
