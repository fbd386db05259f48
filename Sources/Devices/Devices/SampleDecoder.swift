import Foundation
public import Signals

/// Takes what a decoder makes of bytes. On the real-time path it writes to rings; in a replay it collects.
public protocol SampleSink: AnyObject {
    /// A block of frames; the values are lent for the call.
    func take(_ item: SampleRingItem, _ values: UnsafeBufferPointer<Float>)
    func take(_ event: DeviceEvent)
}

/// Turns a device's bytes into blocks: the part of a driver that live acquisition and replay share.
///
/// It is pure: the same bytes and events with the same stamps give the same blocks. It allocates nothing in
/// ``decode(_:at:into:)`` after the first calls, and never traps, whatever the bytes are.
public protocol SampleDecoder: AnyObject {
    var streams: [StreamDescription] { get }
    /// - Parameter time: arrival of the last of the bytes; later calls never have an earlier one.
    func decode(_ bytes: UnsafeRawBufferPointer, at time: HostTime, into sink: any SampleSink)
    /// An event of the device at its place between the bytes: loss, return, overrun.
    func note(_ event: DeviceEvent)
}

/// Everything that a decoder depends on: stored with a recording, so that a replay can build the same decoder.
public enum DecoderConfiguration: Codable, Sendable, Equatable {
    case cyton(CytonConfiguration)
    case alsa(ALSAConfiguration)
    case riglink(RigLinkConfiguration)
    case thinkgear(ThinkGearConfiguration)
    case freeeeg32(FreeEEG32Configuration)
    case rda(RDAConfiguration)
    case console(ConsoleConfiguration)
    case lsl(LSLConfiguration)
    case emotiv(EmotivConfiguration)

    /// - Throws: `DecodingError` for JSON that is no configuration.
    public init(json: [UInt8]) throws {
        self = try JSONDecoder().decode(DecoderConfiguration.self, from: Data(json))
    }

    public var json: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        // Only numbers and strings are in it: encoding cannot fail.
        return (try? encoder.encode(self)).map(Array.init) ?? []
    }

    public func makeDecoder() -> any SampleDecoder {
        switch self {
        case .cyton(let configuration): CytonSampleDecoder(configuration)
        case .alsa(let configuration): ALSASampleDecoder(configuration)
        case .riglink(let configuration): RigLinkSampleDecoder(configuration)
        case .thinkgear(let configuration): ThinkGearSampleDecoder(configuration)
        case .freeeeg32(let configuration): FreeEEG32SampleDecoder(configuration)
        case .rda(let configuration): RDASampleDecoder(configuration)
        case .console(let configuration): ConsoleSampleDecoder(configuration)
        case .lsl(let configuration): LSLSampleDecoder(configuration)
        case .emotiv(let configuration): EmotivSampleDecoder(configuration)
        }
    }
}
