import Devices
import Protocols
import Simulators

/// A recorded device that can be connected to again: commands are answered as the device's firmware does, and the stream is the
/// recorded one, byte by byte at the recorded pace, from its beginning each time it is started.
///
/// What was recorded cannot be changed by commands: a host that asks for another gain gets the samples of the recording.
struct RecordedFirmware: SimulatedFirmware {
    private enum Control: Sendable {
        case cyton(CytonFirmware)
        /// The device streams to whoever connects, after these bytes.
        case unasked(greeting: [UInt8])
        case riglink(RecordedRigLink)
    }

    let packetRate = 1.0
    let counterPlace: (offset: Int, bytes: Int)? = nil
    private(set) var isStreaming = false
    private var control: Control
    private var timeline: RecordedTimeline
    private var waiting: RecordedTimeline.Piece?

    /// Nil for devices that are not reached through bytes on a line (sound cards, LSL streams, dongles with USB reports, the
    /// console).
    init?(_ configuration: DecoderConfiguration, timeline: RecordedTimeline) {
        self.timeline = timeline
        if let line = configuration.value.unaskedLine {
            control = .unasked(greeting: line.greeting)
        } else if let board = configuration.as(CytonConfiguration.self) {
            control = .cyton(CytonFirmware(source: SyntheticEEG(seed: 1), hasDaisy: board.hasDaisy))
        } else if let device = configuration.as(RigLinkConfiguration.self) {
            control = .riglink(RecordedRigLink(device.descriptor, timeline: timeline))
        } else {
            return nil
        }
    }

    mutating func connect() -> [UInt8] {
        if case .cyton = control {
            // Like the dongle, which goes on whoever comes and goes.
            return []
        }
        guard case .unasked(let greeting) = control else { return [] }
        begin()
        isStreaming = true
        return greeting
    }

    mutating func receive(_ bytes: [UInt8]) -> [UInt8] {
        switch control {
        case .unasked: return []
        case .cyton(var firmware):
            let answer = firmware.receive(bytes)
            control = .cyton(firmware)
            streams(firmware.isStreaming)
            return answer
        case .riglink(var device):
            let answer = device.receive(bytes)
            control = .riglink(device)
            streams(device.isStreaming && !device.isDriven)
            return answer
        }
    }

    mutating func due(packet: Int) -> Double? {
        if waiting == nil { waiting = timeline.next() }
        return waiting?.time
    }

    mutating func nextPacket() -> [UInt8] {
        let bytes = waiting?.bytes ?? []
        waiting = nil
        return bytes
    }

    private mutating func streams(_ streams: Bool) {
        if streams, !isStreaming { begin() }
        isStreaming = streams
    }

    private mutating func begin() {
        timeline.rewind()
        waiting = nil
    }
}
