import Dispatch
import Synchronization

/// Answers of several individuals at once, on threads of their own.
public enum SearchWorkers {
    /// - Parameters:
    ///   - isStopped: asked before each item.
    ///   - answer: called from several threads.
    /// - Returns: an answer for each item, in their order; nil for those that were not begun.
    /// - Throws: the first error that `answer` threw; the others are ended, and no more are begun.
    public static func answers<Item: Sendable, Answer: Sendable, Fault: Error>(
        to items: [Item], threads: Int, isStopped: @Sendable () -> Bool = { false },
        _ answer: @Sendable (Item) throws(Fault) -> Answer
    ) throws(Fault) -> [Answer?] {
        let answers = Mutex([Answer?](repeating: nil, count: items.count))
        let next = Mutex(0)
        let fault = Mutex<Fault?>(nil)
        DispatchQueue.concurrentPerform(iterations: max(1, min(threads, items.count))) { _ in
            while true {
                let place = next.withLock { place in
                    defer { place += 1 }
                    return place
                }
                guard place < items.count, fault.withLock({ $0 == nil }), !isStopped() else { return }
                do throws(Fault) {
                    let found = try answer(items[place])
                    answers.withLock { $0[place] = found }
                } catch {
                    fault.withLock { $0 = $0 ?? error }
                }
            }
        }
        if let fault = fault.withLock(\.self) { throw fault }
        return answers.withLock(\.self)
    }
}
