package import Settings

/// A device that a rule in a rig file has found.
package struct FoundDevice: Sendable, Equatable {
    /// As it calls itself; any text.
    package var name: String
    /// What and where it is, in words for people.
    package var text: String
    /// Settings that mean this device alone.
    package var settings: [String: Setting]
}
