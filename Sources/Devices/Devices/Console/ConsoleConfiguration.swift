public import Protocols

/// What a console's decoder depends on.
public struct ConsoleConfiguration: DeviceConfiguration {
    public var name: String

    public init(name: String) { self.name = name }

    public static let kind = ConsoleDriver.driver

    public func check() throws(InvalidField) { try checkName() }

    public func makeDecoder() -> any SampleDecoder { ConsoleSampleDecoder(self) }
}
