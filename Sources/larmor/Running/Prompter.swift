import Devices
import Foundation
import Logging
import Recording

/// Shows prompts, by time or at Enter, and takes markers that are typed. To be asked again and again while a rig runs.
final class Prompter {
    let feed: ConsoleFeed
    private let prompts: [String]
    /// Seconds between two prompts; nil for Enter.
    private let interval: Double?
    private var begin = ContinuousClock.now
    private var next = 0
    private var input = InputLines()
    private var isOver = false
    private var toldEnd = false

    /// The first prompt by time comes so many seconds after the start: the devices have settled by then.
    private static let lead = 1.0

    /// - Parameter list: nil for typed markers only.
    init(_ list: PromptList?, interval: Double?) throws {
        feed = try ConsoleFeed()
        prompts = list?.prompts ?? []
        self.interval = interval
    }

    /// The rig runs from now on.
    func start() {
        begin = .now
        if !prompts.isEmpty, interval == nil {
            Console.note("Enter shows the next of \(prompts.count) sentences; a word and Enter sets a marker.")
        } else {
            Console.note("A word and Enter sets a marker.")
        }
    }

    /// Does what is due.
    /// - Returns: true when the last prompt is over.
    func isDone() -> Bool {
        for line in input.take() {
            if !line.isEmpty {
                put(line) { feed.marker($0) }
            } else if interval == nil, !prompts.isEmpty {
                advance()
            }
        }
        if let interval, !prompts.isEmpty {
            let elapsed = (ContinuousClock.now - begin) / .seconds(1)
            if !isOver, elapsed >= Self.lead + Double(next) * interval { advance() }
        } else if input.hasEnded, !toldEnd, !isOver, !prompts.isEmpty {
            toldEnd = true
            log.notice("standard input has ended, so nothing asks for the next sentence; Ctrl-C ends the recording")
        }
        return isOver
    }

    private func advance() {
        guard next < prompts.count else {
            isOver = true
            return
        }
        let prompt = prompts[next]
        next += 1
        // The sentence is on the terminal first, then it is stamped.
        Console.terminal("\r\u{1B}[K")
        Console.note("  ▶ \(next)/\(prompts.count)  \(prompt)")
        put(prompt) { feed.prompt($0) }
    }

    private func put(_ text: String, _ send: (String) -> Bool) {
        if !send(text) { log.warning("“\(text)” was not recorded: the console's thread does not keep up") }
    }
}
