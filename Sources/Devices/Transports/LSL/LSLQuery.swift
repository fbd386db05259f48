public import Protocols

/// Which stream of the Lab Streaming Layer is meant.
public struct LSLQuery: Sendable, Equatable {
    /// The stream's name; nil for any.
    public var name: String?
    /// Its content type, "EEG"; nil for any.
    public var type: String?
    /// The sender's identifier; nil for any.
    public var sourceID: String?
    /// A condition in liblsl's own words, XPath 1.0 on the stream's header: "hostname='lab3' and channel_count=32".
    public var predicate: String?

    public init(name: String? = nil, type: String? = nil, sourceID: String? = nil, predicate: String? = nil) {
        self.name = name
        self.type = type
        self.sourceID = sourceID
        self.predicate = predicate
    }

    /// What a rig file calls a port: a stream's name, or a predicate (which has an equals sign and quotes).
    public init(port: String) {
        let isPredicate = port.contains("=") && (port.contains("'") || port.contains("\""))
        self.init(name: isPredicate || port.isEmpty ? nil : port, predicate: isPredicate ? port : nil)
    }

    /// The query that names a stream in a rig file.
    public init(_ header: LSLStreamHeader) {
        self.init(name: header.name, sourceID: header.sourceID.isEmpty ? nil : header.sourceID)
    }

    /// Whether every stream fits.
    public var isEmpty: Bool { conditions.isEmpty }

    /// All conditions in liblsl's words.
    public var text: String { conditions.joined(separator: " and ") }

    /// The condition that an element of the header has a value.
    package static func condition(_ element: String, _ value: String) -> String { "\(element)=\(quoted(value))" }

    /// The same query for one outlet alone; nil leaves it as it is.
    package func narrowed(toOutlet uid: String?) -> LSLQuery {
        guard let uid else { return self }
        var query = self
        let outlet = Self.condition("uid", uid)
        query.predicate = predicate.map { "(\($0)) and \(outlet)" } ?? outlet
        return query
    }

    private var conditions: [String] {
        var list: [String] = []
        for (key, value) in [("name", name), ("type", type), ("source_id", sourceID)] {
            if let value { list.append(Self.condition(key, value)) }
        }
        if let predicate { list.append(list.isEmpty ? predicate : "(\(predicate))") }
        return list
    }

    /// XPath has no escapes: a text with both kinds of quotes is put together.
    private static func quoted(_ text: String) -> String {
        if !text.contains("'") { return "'\(text)'" }
        if !text.contains("\"") { return "\"\(text)\"" }
        let parts = text.split(separator: "'", omittingEmptySubsequences: false).map { "'\($0)'" }
        return "concat(" + parts.joined(separator: ", \"'\", ") + ")"
    }
}
