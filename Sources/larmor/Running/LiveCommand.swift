import ArgumentParser
import Glibc
import ServiceLifecycle
import Signals
import Synchronization
import UnixSignals

/// A command that runs devices, simulators or steps until it is done or asked to stop.
///
/// Its work is a service in a group. SIGINT, SIGTERM and SIGHUP shut the group down gracefully: the work ends and keeps its data. A
/// second signal ends the process at once.
protocol LiveCommand: AsyncParsableCommand, Sendable {
    /// Whether output that could not be written makes the command fail.
    var outputIsTheProduct: Bool { get }
    /// Replaces the process where it must run in another environment: before threads and the hearing of signals begin.
    func enterEnvironment() throws
    /// Works until done, or until ``StopRequest/isRequested``. May wait and compute as long as it likes.
    func work() throws
}

extension LiveCommand {
    var outputIsTheProduct: Bool { false }

    func enterEnvironment() throws {}

    func run() async throws {
        try reportingFailures { try enterEnvironment() }
        StopRequest.install()
        let signals = SignalService()
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    .init(service: signals),
                    .init(
                        service: WorkService { try reportingFailures { try work() } },
                        successTerminationBehavior: .gracefullyShutdownGroup,
                        failureTerminationBehavior: .gracefullyShutdownGroup),
                ], logger: log))
        signals.tell(group)
        try await group.run()
    }
}

/// The work of a command, which waits and computes on a thread of its own: tasks hear the signals meanwhile.
private struct WorkService: Service, CustomStringConvertible {
    var description: String { "work" }
    let work: @Sendable () throws -> Void

    init(_ work: @escaping @Sendable () throws -> Void) { self.work = work }

    func run() async throws {
        try await withGracefulShutdownHandler {
            try await Self.onThread(work).get()
        } onGracefulShutdown: {
            StopRequest.ask()
        }
    }

    private static func onThread(_ work: @escaping @Sendable () throws -> Void) async -> Result<Void, any Error> {
        await withCheckedContinuation { continuation in
            do {
                // Nobody joins it: it ends with its last line.
                try WorkerThread("work") { continuation.resume(returning: Result { try work() }) }.detach()
            } catch {
                continuation.resume(returning: Result { try reportingFailures { throw error } })
            }
        }
    }
}

/// Hears the signals that ask a group to end: the first shuts it down, the second ends the process.
private final class SignalService: Service, CustomStringConvertible {
    var description: String { "signals" }
    private let group = Mutex<ServiceGroup?>(nil)

    func tell(_ group: ServiceGroup) { self.group.withLock { $0 = group } }

    func run() async throws {
        let trapped = [UnixSignal.sigint, .sigterm, .sighup].filter { StopRequest.signals.contains($0.rawValue) }
        let signals = await UnixSignalsSequence(trapping: trapped)
        // One that came before the sequence listened was counted by the handler.
        if StopRequest.isRequested { await group.withLock { $0 }?.triggerGracefulShutdown() }
        await cancelWhenGracefulShutdown {
            for await signal in signals {
                StopRequest.take(signal.rawValue)
                await self.group.withLock { $0 }?.triggerGracefulShutdown()
            }
        }
    }
}
