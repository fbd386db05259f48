public import Protocols

/// What the decoder of a RigLink device depends on.
public struct RigLinkConfiguration: DeviceConfiguration {
    /// Name of the device in the rig; its streams are called "name.stream".
    public var name: String
    /// What the device said of itself.
    public var descriptor: RigLinkDescriptor
    /// Milliseconds that a level of a digital line must last to count; nil where the lines' changes are no events: the board has none,
    /// or the recording is from before there were any.
    public var debounceMs: Double?

    public init(name: String, descriptor: RigLinkDescriptor, debounceMs: Double? = nil) {
        self.name = name
        self.descriptor = descriptor
        self.debounceMs = debounceMs
    }

    public static let kind = "riglink"

    public func check() throws(InvalidField) {
        try checkName()
        try checkDebounce(debounceMs)
        do throws(InvalidField) { try descriptor.check() } catch { throw error.inside("descriptor") }
    }

    public func makeDecoder() -> any SampleDecoder { RigLinkSampleDecoder(self) }

    public var properties: [DeviceProperty] {
        var properties: [DeviceProperty?] = [
            .init("maker", "maker", text: descriptor.maker), .init("model", "model", text: descriptor.model),
            .init("firmware", "firmware", text: descriptor.firmware),
            .init("serial_number", "serial number", text: descriptor.serialNumber),
            .init("latency_us", "latency", Int(descriptor.latency_us), unit: "µs"),
        ]
        if descriptor.streams.contains(where: { $0.direction == .drive }) {
            properties.append(.init("queue_frames", "queue", Int(descriptor.queueFrames), unit: "frames"))
        }
        if let debounceMs { properties.append(.init("debounce_ms", "debounce", .number(debounceMs), unit: "ms")) }
        if let timing = descriptor.timing {
            properties += [
                .init("reservoir", "reservoir", text: timing.model),
                .init("time_step_s", "step", .number(timing.timeStep_s), unit: "s"),
                .init("steps_per_input", "steps per input", Int(timing.stepsPerInput)),
            ]
        }
        return properties.compactMap(\.self)
    }
}
