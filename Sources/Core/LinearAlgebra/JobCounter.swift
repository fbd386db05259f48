import Synchronization

/// Gives out the numbers 0, 1, 2, … to threads that share work.
final class JobCounter: Sendable {
    private let next = Atomic<Int>(0)

    func take() -> Int { next.wrappingAdd(1, ordering: .relaxed).oldValue }
}
