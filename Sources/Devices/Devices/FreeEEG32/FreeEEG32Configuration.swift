public import Protocols

/// What the decoder of a FreeEEG32 depends on.
public struct FreeEEG32Configuration: DeviceConfiguration {
    /// Name of the device in the rig; its stream is called "name.eeg".
    public var name: String
    /// Bytes of a frame; the firmware decides it.
    public var frameSize: Int
    public var serialNumber: String

    public init(name: String, frameSize: Int = FreeEEG32Frame.size, serialNumber: String = "") {
        self.name = name
        self.frameSize = frameSize
        self.serialNumber = serialNumber
    }

    public static let kind = "freeeeg32"

    /// Bytes that a frame may have.
    static let frameSizes = FreeEEG32Frame.smallestSize...512

    /// - Throws: a frame that is too small for its samples, or larger than any firmware's.
    public func check() throws(InvalidField) {
        try checkName()
        guard Self.frameSizes.contains(frameSize) else {
            throw InvalidField(
                "frameSize", found: "\(frameSize)",
                expected: "\(Self.frameSizes.lowerBound) to \(Self.frameSizes.upperBound) bytes")
        }
    }

    public func makeDecoder() -> any SampleDecoder { FreeEEG32SampleDecoder(self) }

    public var properties: [DeviceProperty] {
        [.init("serial_number", "serial number", text: serialNumber)].compactMap(\.self)
            + [.init("frame_bytes", "frame", frameSize, unit: "bytes")]
    }

    public var unaskedLine: UnaskedLine? { UnaskedLine() }
}
