import Foundation

/// The texts in a session's event log: recognised words and prompts.
struct EventTexts {
    private(set) var words: [String] = []
    private(set) var prompts: [String] = []

    private struct Line: Decodable {
        var event: String
        var text: String?
        var stream: String?
        var texts: [String]?
    }

    /// Lines that are cut or are no JSON are passed over: verification tells them.
    init(_ log: Data) {
        let decoder = JSONDecoder()
        let mark = Data("\"text".utf8)
        for line in log.split(separator: 0x0A) where line.range(of: mark) != nil {
            guard let event = try? decoder.decode(Line.self, from: line) else { continue }
            switch event.event {
            case "word", "film_word": words += [event.text].compactMap(\.self)
            case "marker" where event.stream?.hasSuffix(".prompts") == true: prompts += event.texts ?? []
            default: break
            }
        }
    }
}
