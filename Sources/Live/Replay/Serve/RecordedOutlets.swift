import LiveGraph
import Sessions
import Signals
import Transports

/// A recorded device's streams, published on the Lab Streaming Layer at the recorded pace, from the moment at which somebody first
/// listens. Works for imported recordings, too: they need no wire log.
///
/// Streams of text are left out. Stamps are moments of the present: the recorded distance from the first sample, laid onto the moment of the start.
final class RecordedOutlets {
    /// One for each stream of the device; nil for text.
    private let outlets: [LSLOutlet?]
    private let makeSource: () throws -> any ReplaySource
    private let range: Range<HostTime>
    private let options: ReplayOptions

    /// - Throws: `SessionError` for a device that is not there, `TransportError` when liblsl is not installed.
    init(folder: String, device: String, manifest: SessionManifest, options: ReplayOptions) throws {
        let files = try ReplayFiles(folder: folder, manifest: manifest, usesXDF: options.usesXDF)
        guard let index = files.names.firstIndex(of: device) else {
            throw SessionError(
                path: folder,
                reason: .unsupported("it has no device “\(device)”; its devices are \(files.names.joined(separator: ", "))"))
        }
        outlets = try files.devices[index].streams.map { $0.isText ? nil : try LSLOutlet($0) }
        makeSource = { try files.makeSources()[index] }
        self.options = options
        let start = manifest.anchor.host
        let low = options.from.map { start + $0 } ?? HostTime(nanoseconds: .min)
        range = low..<max(low, options.to.map { start + $0 } ?? HostTime(nanoseconds: .max))
    }

    var names: String { outlets.compactMap(\.?.stream.name).joined(separator: ", ") }

    func serve(until isDone: () -> Bool) throws {
        while !isDone(), !outlets.contains(where: { $0?.hasConsumers == true }) { WorkerThread.sleep(0.05) }
        repeat {
            let source = try makeSource()
            var first: HostTime?
            let begin = HostTime.now()
            var count = 0
            while let head = try source.peek() {
                let isWanted = head.kind == .samples && range.contains(head.hostTime)
                if isWanted { first = first ?? head.hostTime }
                let due = begin + (head.hostTime - (first ?? head.hostTime)) / (options.speed ?? 1)
                if isWanted {
                    while due > .now() {
                        if isDone() { return }
                        WorkerThread.sleep(min(0.02, due - .now()))
                    }
                    count += 1
                }
                source.take { item, values in
                    if isWanted { outlets[Int(item.stream)]?.push(item, values, lastAt: due) }
                }
                if isDone() { return }
            }
            if count == 0 { break }
        } while options.loops
        while !isDone() { WorkerThread.sleep(0.05) }
    }
}
