public import ArgumentParser
import Foundation
public import Logging
import Synchronization

/// What a command has to say about its own work: devices' simulators that died, what is missing, what was left out. Results and
/// prompts are no messages of it. Nothing on the way of the data logs.
let log = Logger(label: "larmor")

/// How much is said: `larmor --log-level LEVEL`, or the variable LARMOR_LOG_LEVEL; from notices on by default.
enum MessageLevel {
    static let variable = "LARMOR_LOG_LEVEL"
    private static let chosenLevel = Mutex<Logger.Level?>(nil)

    static var chosen: Logger.Level {
        get { chosenLevel.withLock { $0 } ?? .notice }
        set { chosenLevel.withLock { $0 = newValue } }
    }

    /// To be called once, before the first message.
    static func begin() {
        LoggingSystem.bootstrap { _ in MessageHandler() }
        guard let text = ProcessInfo.processInfo.environment[variable], !text.isEmpty else { return }
        if let level = Logger.Level(rawValue: text.lowercased()) {
            chosen = level
        } else {
            log.warning("\(variable) is “\(text)”, expected one of \(names); notice is taken")
        }
    }

    static var names: String { Logger.Level.allCases.map(\.rawValue).joined(separator: ", ") }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}

/// One line on standard error for each message.
private struct MessageHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level {
        get { MessageLevel.chosen }
        set {}
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        let values = all.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        Console.note("larmor: \(event.level): \(event.message)\(values)")
    }
}
