public import Failures
import Foundation
public import Protocols
import Signals

/// What the decoder of one kind of device depends on. It is stored with every recording, so that a replay builds the same decoder.
///
/// Its JSON form outlives this program: a new key is optional, and none changes its meaning.
public protocol DeviceConfiguration: Codable, Equatable, Sendable {
    /// The kind's name, under which it is stored.
    static var kind: String { get }
    /// Name of the device in the rig; its streams are called "name.stream".
    var name: String { get }
    /// Everything that the decoder takes for granted. Stored bytes come from outside, so a decoder is made only after this.
    /// - Throws: the first field that no device has.
    func check() throws(InvalidField)
    /// - Precondition: ``check()`` passes.
    func makeDecoder() -> any SampleDecoder
    /// What was learned from the device or agreed on with it, in a fixed order.
    var properties: [DeviceProperty] { get }
    /// How a recording of the device is served again, for those that stream unasked; nil for all others.
    var unaskedLine: UnaskedLine? { get }
}

extension DeviceConfiguration {
    public var properties: [DeviceProperty] { [] }
    public var unaskedLine: UnaskedLine? { nil }

    fileprivate func isEqual(to other: any DeviceConfiguration) -> Bool { other as? Self == self }

    /// The part of ``check()`` that kinds with digital lines share.
    func checkDebounce(_ milliseconds: Double?) throws(InvalidField) {
        guard let milliseconds, !DecoderConfiguration.debounces.contains(milliseconds) else { return }
        throw InvalidField("debounceMs", found: "\(milliseconds)", expected: "0 to 1000")
    }

    /// The part of ``check()`` that all kinds share.
    func checkName() throws(InvalidField) {
        guard !(1...255).contains(name.utf8.count) else { return }
        throw InvalidField("name", found: "\(name.utf8.count) bytes", expected: "1 to 255 bytes")
    }
}

/// A line on which a device streams to whoever connects.
public struct UnaskedLine: Equatable, Sendable {
    /// What comes first.
    public var greeting: [UInt8] = []
    /// TCP instead of a serial line.
    public var isOnNetwork = false
}

/// The configuration of a device of any kind.
public struct DecoderConfiguration: Sendable, Equatable {
    /// The configuration of its kind.
    public let value: any DeviceConfiguration

    /// More bytes of JSON are refused: the largest that a device can make has about two million.
    static let largestJSON = 1 << 23
    /// Milliseconds that a level of a digital line may have to last.
    static let debounces = 0...LineDebouncer.longest * 1e3

    public init(_ value: any DeviceConfiguration) { self.value = value }

    /// Reads a stored configuration: `{"kind":{"_0":{…}}}`. Whatever the bytes are, it does not trap, and a decoder can be made of what
    /// it gives.
    public init(json: [UInt8]) throws(ConfigurationError) {
        guard json.count <= Self.largestJSON else {
            throw .notJSON("\(json.count) bytes, expected \(Self.largestJSON) at most")
        }
        let stored: Stored
        do {
            stored = try JSONDecoder().decode(Stored.self, from: Data(json))
        } catch let error as ConfigurationError {
            throw error
        } catch let error as DecodingError {
            throw ConfigurationError(error)
        } catch {
            throw .notJSON(DecodingFault(error).description)
        }
        do throws(InvalidField) {
            try stored.value.check()
        } catch {
            throw .invalid(kind: type(of: stored.value).kind, error)
        }
        value = stored.value
    }

    /// As it is stored: `{"kind":{"_0":{…}}}`, keys sorted.
    public var json: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        // Only finite numbers and strings are in it: encoding cannot fail.
        return (try? encoder.encode(Stored(value: value))).map(Array.init) ?? []
    }

    /// The configuration, if it is of this kind.
    public func `as`<Configuration: DeviceConfiguration>(_ type: Configuration.Type) -> Configuration? {
        value as? Configuration
    }

    /// - Precondition: ``DeviceConfiguration/check()`` passes, as it does for what was read from JSON and for what drivers make.
    public func makeDecoder() -> any SampleDecoder { value.makeDecoder() }

    public var properties: [DeviceProperty] { value.properties }

    public static func == (a: DecoderConfiguration, b: DecoderConfiguration) -> Bool { a.value.isEqual(to: b.value) }
}

/// A stored configuration that no decoder can be made of.
public enum ConfigurationError: Failure, Equatable {
    case notJSON(String)
    /// None of the kinds of devices that are known, or not exactly one.
    case unknownKind([String], known: [String])
    case invalid(kind: String, InvalidField)

    public var kind: FailureKind { .badInput }

    public var description: String {
        switch self {
        case .notJSON(let cause): "a device's configuration cannot be read: \(cause)"
        case .unknownKind(let found, let known):
            "a device's configuration is for “\(found.map { String($0.prefix(60)) }.joined(separator: "”, “"))”, "
                + "expected one of \(known.joined(separator: ", "))"
        case .invalid(let kind, let field): "the configuration of a device of the kind “\(kind)”: \(field)"
        }
    }

    /// A field that is absent or of another type.
    fileprivate init(_ error: DecodingError) {
        func path(_ keys: [any CodingKey]) -> String {
            keys.dropFirst(2).reduce(into: "") { text, key in
                text += key.intValue.map { "[\($0)]" } ?? (text.isEmpty ? key.stringValue : "." + key.stringValue)
            }
        }
        func field(_ context: DecodingError.Context, _ last: (any CodingKey)?, found: String, expected: String) -> Self {
            let keys = context.codingPath + (last.map { [$0] } ?? [])
            guard let kind = keys.first?.stringValue, keys.count > 1 else { return .notJSON(DecodingFault(error).description) }
            let place = path(keys)
            return .invalid(kind: kind, InvalidField(place.isEmpty ? "_0" : place, found: found, expected: expected))
        }
        switch error {
        case .keyNotFound(let key, let context):
            self = field(context, key, found: "absent", expected: "a value")
        case .valueNotFound(let type, let context):
            self = field(context, nil, found: "null", expected: DecodingFault.words(type))
        case .typeMismatch(let type, let context):
            self = field(context, nil, found: "of another type", expected: DecodingFault.words(type))
        case .dataCorrupted(let context):
            self = field(context, nil, found: DecodingFault(error).found, expected: "a value that this version knows")
        @unknown default: self = .notJSON(DecodingFault(error).description)
        }
    }
}

/// The form in which configurations were always stored: that of an enumeration whose cases hold one value without a label.
private struct Stored: Codable {
    let value: any DeviceConfiguration

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }

        static let payload = Key(stringValue: "_0")
    }

    init(value: any DeviceConfiguration) { self.value = value }

    init(from decoder: any Decoder) throws {
        let kinds = try decoder.container(keyedBy: Key.self)
        let names = kinds.allKeys.map(\.stringValue).sorted()
        guard names.count == 1, let kind = DeviceKind.named(names[0]) else {
            throw ConfigurationError.unknownKind(names, known: DeviceKind.all.map(\.name))
        }
        let inner = try kinds.nestedContainer(keyedBy: Key.self, forKey: Key(stringValue: names[0]))
        func value<Configuration: DeviceConfiguration>(_ type: Configuration.Type) throws -> any DeviceConfiguration {
            try inner.decode(type, forKey: .payload)
        }
        self.value = try value(kind.configuration)
    }

    func encode(to encoder: any Encoder) throws {
        var kinds = encoder.container(keyedBy: Key.self)
        var inner = kinds.nestedContainer(keyedBy: Key.self, forKey: Key(stringValue: type(of: value).kind))
        try inner.encode(value, forKey: .payload)
    }
}
