import Protocols
import Transports

/// One thing that a driver learned from its device or agreed on with it while it opened it: firmware, gains, a sound card's buffer.
public struct DeviceProperty: Sendable, Equatable {
    public enum Value: Sendable, Equatable {
        case text(String)
        case number(Double)
        case numbers([Double])
        case flag(Bool)
    }

    /// For programs: in snake_case, with the unit at its end where there is one.
    public var key: String
    /// For people.
    public var label: String
    public var value: Value
    public var unit: String

    init(_ key: String, _ label: String, _ value: Value, unit: String = "") {
        self.key = key
        self.label = label
        self.value = value
        self.unit = unit
    }

    /// nil for a text that the device leaves empty.
    init?(_ key: String, _ label: String, text: String) {
        if text.isEmpty { return nil }
        self.init(key, label, .text(text))
    }

    init(_ key: String, _ label: String, _ number: Int, unit: String = "") {
        self.init(key, label, .number(Double(number)), unit: unit)
    }
}

extension DeviceProperty: CustomStringConvertible {
    /// "rate 16000 Hz"
    public var description: String {
        let words =
            switch value {
            case .text(let text): text
            case .number(let number): Self.text(number)
            case .numbers(let numbers): Self.text(numbers)
            case .flag(let isSet): isSet ? "yes" : "no"
            }
        return "\(label) \(words)" + (unit.isEmpty ? "" : " \(unit)")
    }

    private static func text(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? "\(Int64(number))" : "\(number)"
    }

    /// One word for a list of equal numbers.
    private static func text(_ numbers: [Double]) -> String {
        guard let first = numbers.first, numbers.allSatisfy({ $0 == first }) else {
            return numbers.map(text).joined(separator: " ")
        }
        return text(first)
    }
}

extension DecoderConfiguration {
    /// What was learned from the device or agreed on with it, in a fixed order.
    public var properties: [DeviceProperty] {
        switch self {
        case .cyton(let cyton): cyton.properties
        case .alsa(let sound): sound.properties
        case .riglink(let device): device.descriptor.properties
        case .thinkgear(let module): [.init("serial_number", "serial number", text: module.serialNumber)].compactMap(\.self)
        case .freeeeg32(let board):
            [.init("serial_number", "serial number", text: board.serialNumber)].compactMap(\.self)
                + [.init("frame_bytes", "frame", board.frameSize, unit: "bytes")]
        case .rda(let amplifier): amplifier.start.properties
        case .lsl(let stream): stream.header.properties
        case .console, .emotiv: []
        }
    }
}

extension CytonConfiguration {
    fileprivate var properties: [DeviceProperty] {
        [
            .init("firmware", "firmware", text: firmware), .init("serial_number", "serial number", text: serialNumber),
            .init("channels", "channels", gains.count), .init("gains", "gain", .numbers(gains.map(Double.init))),
            .init("auxiliary", "auxiliary", text: (auxiliary ?? .accelerometer).rawValue),
            .init("time_stamps", "time stamps of the board", .flag(timeStamps ?? false)),
        ].compactMap(\.self)
    }
}

extension ALSAConfiguration {
    fileprivate var properties: [DeviceProperty] {
        [
            .init("format", "format", text: format.rawValue), .init("rate_hz", "rate", rate, unit: "Hz"),
            .init("channels", "channels", channels), .init("access", "access", text: access?.rawValue ?? ""),
            periodFrames.map { .init("period_frames", "period", $0, unit: "frames") },
            bufferFrames.map { .init("buffer_frames", "buffer", $0, unit: "frames") },
            .init("time_stamps", "time stamps of the", text: timeStamps?.rawValue ?? ""),
        ].compactMap(\.self)
    }
}

extension RigLinkDescriptor {
    fileprivate var properties: [DeviceProperty] {
        var properties: [DeviceProperty?] = [
            .init("maker", "maker", text: maker), .init("model", "model", text: model),
            .init("firmware", "firmware", text: firmware), .init("serial_number", "serial number", text: serialNumber),
            .init("latency_us", "latency", Int(latency_us), unit: "µs"),
        ]
        if streams.contains(where: { $0.direction == .drive }) {
            properties.append(.init("queue_frames", "queue", Int(queueFrames), unit: "frames"))
        }
        if let timing {
            properties += [
                .init("reservoir", "reservoir", text: timing.model),
                .init("time_step_s", "step", .number(timing.timeStep_s), unit: "s"),
                .init("steps_per_input", "steps per input", Int(timing.stepsPerInput)),
            ]
        }
        return properties.compactMap(\.self)
    }
}

extension RDAStart {
    fileprivate var properties: [DeviceProperty] {
        [
            .init("channels", "channels", names.count), .init("rate_hz", "rate", .number(rate), unit: "Hz"),
            .init("resolutions_uv", "resolution", .numbers(resolutions), unit: "µV"),
        ]
    }
}

extension LSLStreamHeader {
    fileprivate var properties: [DeviceProperty] {
        [
            .init("stream", "stream", text: name), .init("type", "type", text: type), .init("host", "host", text: host),
            .init("maker", "maker", text: maker), .init("serial_number", "serial number", text: serialNumber),
            .init("source_id", "source", text: sourceID), .init("format", "format", text: format.name),
            .init("channels", "channels", channelCount), .init("rate_hz", "rate", .number(nominalRate), unit: "Hz"),
        ].compactMap(\.self)
    }
}
