public import Protocols

/// What the decoder of a RigLink device depends on.
public struct RigLinkConfiguration: DeviceConfiguration {
    /// Name of the device in the rig; its streams are called "name.stream".
    public var name: String
    public var descriptor: RigLinkDescriptor

    public init(name: String, descriptor: RigLinkDescriptor) {
        self.name = name
        self.descriptor = descriptor
    }

    public static let kind = "riglink"

    public func check() throws(InvalidField) {
        try checkName()
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
