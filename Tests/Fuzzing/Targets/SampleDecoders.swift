import Devices
import Protocols
import Signals

extension FuzzTarget {
    /// A device's bytes on their whole way to blocks of samples, with losses between them.
    ///
    /// The first byte chooses the decoder; for RDA and RigLink the next two are the length of the start message's or descriptor's
    /// bytes, and for 16 of a stored configuration's JSON, of any device. Then follow pieces: a length and so many bytes; length 255 is a loss and a return.
    public static let sampleDecoders = FuzzTarget(
        name: "sample-decoders",
        check: { bytes throws(FuzzFinding) in
            guard let first = run(bytes), let second = run(bytes) else { return }
            try require(first == second, "the same bytes give other blocks the second time")
            if let finding = first.finding { throw FuzzFinding(finding) }
        },
        seeds: {
            let cyton = (0..<4).map { CytonPacket(counter: UInt8($0), counts: [Int32](repeating: $0, count: 8)).bytes }
            let start = RDAStart(samplingInterval_us: 1000, resolutions: [0.1, 0.5], names: ["Fp1", "Cz"]).bytes.dropFirst(24)
            let data = RDAData.bytes(block: 0, points: 2, values: [1, -2, 3.5, 4], isFloat: true)
            let later = RDAData.bytes(block: 9, points: 2, values: [1, -2, 3.5, 4], isFloat: true)
            let think = ThinkGearPacket.bytes([.raw(7), .poorSignal(3)])
            let free = FreeEEG32Frame.bytes(counter: 3, counts: [Int](repeating: -5, count: 32))
            let reports = (0..<3).map {
                EmotivReport.bytes(counter: $0 * 50, counts: [Int](repeating: 8000, count: 14), gyroscope: [1, 2])
            }
            let layer = LSLFormat.allCases.map {
                [8 + $0.rawValue] + piece(lslSeed(nil)) + piece(lslSeed($0)) + [255] + piece(lslSeed($0))
            }
            var seeds: [[UInt8]] = [0, 1, 2, 3, 17, 18].map { choice in
                [choice] + piece(cyton[0] + cyton[1]) + [255] + piece(Array(cyton[3][..<10])) + piece(Array(cyton[3][10...]))
            }
            seeds += layer + [[8] + piece(reports[0]) + piece(reports[1]) + [255] + piece(reports[2])]
            seeds.append([4] + piece(think) + piece(think))
            seeds.append([5] + piece(free) + [255] + piece(free))
            seeds.append([6] + length(start.count) + start + piece(data) + [255] + piece(data) + piece(later))
            // An interval that no amplifier has: a rate without end would make an endless hole after a loss.
            let hasty = RDAStart(samplingInterval_us: .leastNonzeroMagnitude, resolutions: [1, 1], names: ["a", "b"]).bytes
                .dropFirst(24)
            seeds.append([6] + length(hasty.count) + hasty + piece(data) + [255] + piece(data))
            for (descriptor, messages) in zip(rigLinkDescriptors(), rigLinkSeeds()) {
                let payload = descriptor.payload
                seeds.append([7] + length(payload.count) + payload + messages.filter { $0.count < 255 }.flatMap { piece($0) })
            }
            seeds += storedConfigurations().map { [16] + length($0.count) + $0 + piece(cyton[0]) + [255] + piece(free) }
            return seeds
        })
}

/// JSON as wire logs have it: each kind's own form, and forms that no device has.
func storedConfigurations() -> [[UInt8]] {
    let header = LSLStreamHeader(name: "s", type: "EEG", format: .int16, channelCount: 2, nominalRate: 250)
    let start = RDAStart(samplingInterval_us: 2000, resolutions: [0.1, 1], names: ["a", "b"])
    let sound: [DecoderConfiguration] = [
        .cyton(CytonConfiguration(name: "d", gains: [Int](repeating: 24, count: 8), firmware: "v3")),
        .cyton(CytonConfiguration(name: "d", gains: [Int](repeating: 24, count: 8), firmware: "v3", readingsOnly: true)),
        .thinkgear(ThinkGearConfiguration(name: "d")), .freeeeg32(FreeEEG32Configuration(name: "d")),
        .emotiv(EmotivConfiguration(name: "d")), .console(ConsoleConfiguration(name: "d")),
        .rda(RDAConfiguration(name: "d", start: start)),
        .lsl(LSLConfiguration(name: "d", header: header)),
    ]
    let boards = rigLinkDescriptors().map { DecoderConfiguration.riglink(RigLinkConfiguration(name: "d", descriptor: $0)) }
    let card = #"{"alsa":{"_0":{"channels":2,"format":"S24_3LE","name":"d","port":"p","rate":48000}}}"#
    let forms = (sound + boards).map(\.json) + [Array(card.utf8)]
    // Each number in turn is nought, negative, and larger than anything.
    return forms
        + forms.flatMap { form in
            ["0", "-1", "9223372036854775807", "1e300"].map { number in
                Array(String(decoding: form, as: UTF8.self).replacing(/[0-9]+/.asciiOnlyDigits(), with: number).utf8)
            }
        }
}

private func piece(_ bytes: [UInt8]) -> [UInt8] { [UInt8(bytes.count)] + bytes }

private func length(_ count: Int) -> [UInt8] { [UInt8(count & 255), UInt8(count >> 8)] }

/// Nil when the bytes choose no decoder.
private func run(_ bytes: UnsafeRawBufferPointer) -> CheckingSink? {
    var rest = bytes[...]
    guard let configuration = configuration(&rest) else { return nil }
    let decoder = configuration.makeDecoder()
    let sink = CheckingSink(decoder.streams)
    if (try? DecoderConfiguration(json: configuration.json)) != configuration {
        sink.finding = "its own JSON gives another one"
    }
    var time = HostTime(nanoseconds: 1_000_000_000)
    while let count = rest.popFirst() {
        time = time + Double(count) * 0.01
        if count == 255 {
            decoder.note(DeviceEvent(code: .lost, value: 0, hostTime: time))
            decoder.note(DeviceEvent(code: .reconnected, value: 1, hostTime: time))
            continue
        }
        let piece = rest.prefix(Int(count))
        rest = rest.dropFirst(Int(count))
        decoder.decode(UnsafeRawBufferPointer(rebasing: piece), at: time, into: sink)
    }
    return sink
}

private func configuration(_ rest: inout Slice<UnsafeRawBufferPointer>) -> DecoderConfiguration? {
    guard let choice = rest.popFirst() else { return nil }
    switch choice {
    case 0, 1, 2, 3:
        let channels = choice & 1 == 0 ? 8 : 16
        return .cyton(
            CytonConfiguration(
                name: "d", gains: [Int](repeating: 24, count: channels), firmware: "", serialNumber: "",
                auxiliary: choice & 2 == 0 ? .accelerometer : .digital, timeStamps: choice & 2 != 0))
    case 17, 18:
        return .cyton(
            CytonConfiguration(
                name: "d", gains: [Int](repeating: 24, count: choice == 17 ? 8 : 16), firmware: "", timeStamps: choice == 18,
                readingsOnly: true))
    case 4: return .thinkgear(ThinkGearConfiguration(name: "d"))
    case 5: return .freeeeg32(FreeEEG32Configuration(name: "d"))
    case 8: return .emotiv(EmotivConfiguration(name: "d"))
    case 9...15:
        guard let format = LSLFormat(rawValue: choice - 8) else { return nil }
        let header = LSLStreamHeader(
            name: "s", type: format == .string ? "Markers" : "EEG", format: format, channelCount: 2,
            nominalRate: format == .string ? 0 : 250)
        return .lsl(LSLConfiguration(name: "d", header: header))
    default:
        guard let low = rest.popFirst(), let high = rest.popFirst() else { return nil }
        let head = rest.prefix(Int(low) | Int(high) << 8)
        rest = rest.dropFirst(head.count)
        let bytes = UnsafeRawBufferPointer(rebasing: head)
        if choice == 16 { return try? DecoderConfiguration(json: Array(bytes)) }
        if choice == 6 { return RDAStart(bytes).map { .rda(RDAConfiguration(name: "d", start: $0)) } }
        return RigLinkDescriptor(bytes).map { .riglink(RigLinkConfiguration(name: "d", descriptor: $0)) }
    }
}

/// Compares each block with what its decoder declared, and keeps a checksum of all of them.
private final class CheckingSink: SampleSink, Equatable {
    private let channels: [Int]
    private var sum = CRC32C()
    var finding: String?

    init(_ streams: [StreamDescription]) { channels = streams.map(\.channelCount) }

    func take(_ item: SampleRingItem, _ values: UnsafeBufferPointer<Float>) {
        if item.kind == .clockOffset {
            // It has neither frames nor values.
            if Int(item.stream) >= channels.count || !values.isEmpty { finding = "a clock offset with \(values.count) values" }
        } else if Int(item.stream) >= channels.count || channels[Int(item.stream)] != Int(item.channels) {
            finding = "a block of stream \(item.stream) with \(item.channels) channels, declared are \(channels)"
        } else if values.count != item.sampleCount || item.frames == 0 {
            finding = "a block of \(item.frames) frames with \(values.count) values"
        }
        sum.update(UnsafeRawBufferPointer(values))
        withUnsafeBytes(of: (item.firstCounter, item.missingBefore)) { sum.update($0) }
    }

    func take(_ event: DeviceEvent) { withUnsafeBytes(of: (UInt64(event.code.rawValue), event.value)) { sum.update($0) } }

    static func == (a: CheckingSink, b: CheckingSink) -> Bool { a.sum.value == b.sum.value && a.finding == b.finding }
}
