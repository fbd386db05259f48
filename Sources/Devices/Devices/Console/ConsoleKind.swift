extension DeviceKind {
    /// Prompts and markers; every run may have it, so no rig names it.
    public static let console = DeviceKind(
        ConsoleConfiguration.self, driver: nil)
}

extension DecoderConfiguration {
    public static func console(_ configuration: ConsoleConfiguration) -> Self { .init(configuration) }
}
