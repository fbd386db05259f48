public import Protocols

/// What the decoder of a RigLink device depends on.
public struct RigLinkConfiguration: Codable, Sendable, Equatable {
    /// Name of the device in the rig; its streams are called "name.stream".
    public var name: String
    public var descriptor: RigLinkDescriptor

    public init(name: String, descriptor: RigLinkDescriptor) {
        self.name = name
        self.descriptor = descriptor
    }
}
