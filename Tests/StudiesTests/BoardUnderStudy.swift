import Devices
import Protocols
import Signals
import Transports

/// A board's side of the wire for the clock study: packets that say in their samples which ones they are.
struct BoardUnderStudy {
    enum Driver: String, CaseIterable, Sendable {
        case cyton, cytonDaisy = "cyton with daisy", thinkgear, freeeeg32, emotiv, rda, riglink, alsa
    }

    let driver: Driver
    /// Frames per second of the first stream, and packets, by the data sheet.
    let frameRate: Double
    let packetRate: Double
    /// Frames that one packet completes: half a frame for a Daisy's packet.
    let framesPerPacket: Double
    /// Numbers that the samples can tell apart.
    let identities: Int
    /// Whether a packet's loss shows in a counter.
    let hasCounter: Bool
    /// Bytes that the kernel keeps for a terminal; nil for lines that hold the sender up instead.
    let kernelBytes: Int?

    private var template: [UInt8] = []
    private var encoder = RigLinkEncoder()
    /// The board's own counter of packets, since it was switched on.
    private(set) var counter = 0

    init(_ driver: Driver) {
        self.driver = driver
        // A terminal's flip buffers and the line discipline's.
        let terminal = 64 * 1024 + 4096
        switch driver {
        case .cyton, .cytonDaisy:
            (packetRate, kernelBytes, hasCounter, identities) = (250, terminal, true, 1 << 22)
            framesPerPacket = driver == .cyton ? 1 : 0.5
            template = CytonPacket(counter: 0, counts: [Int32](repeating: 0, count: 8)).bytes
        case .thinkgear:
            (packetRate, kernelBytes, hasCounter, identities, framesPerPacket) = (512, terminal, false, 1 << 16, 1)
        case .freeeeg32:
            (packetRate, kernelBytes, hasCounter, identities, framesPerPacket) = (512, terminal, true, 1 << 22, 1)
            template = FreeEEG32Frame.bytes(counter: 0, counts: [Int](repeating: 0, count: 32))
        case .emotiv:
            (packetRate, kernelBytes, hasCounter, identities, framesPerPacket) = (128, nil, true, 1 << 13, 1)
        case .rda: (packetRate, kernelBytes, hasCounter, identities, framesPerPacket) = (50, nil, true, 100_000, 20)
        case .riglink: (packetRate, kernelBytes, hasCounter, identities, framesPerPacket) = (200, nil, true, 100_000, 5)
        case .alsa: (packetRate, kernelBytes, hasCounter, identities, framesPerPacket) = (100, nil, false, 1 << 15, 80)
        }
        frameRate = packetRate * framesPerPacket
    }

    /// What the board's decoder depends on.
    var configuration: DecoderConfiguration {
        switch driver {
        case .cyton: .cyton(.init(name: "d", gains: [Int](repeating: 24, count: 8), firmware: ""))
        case .cytonDaisy: .cyton(.init(name: "d", gains: [Int](repeating: 24, count: 16), firmware: ""))
        case .thinkgear: .thinkgear(.init(name: "d"))
        case .freeeeg32: .freeeeg32(.init(name: "d"))
        case .emotiv: .emotiv(.init(name: "d"))
        case .rda:
            .rda(.init(name: "d", start: RDAStart(samplingInterval_us: 1000, resolutions: [1], names: ["a"])))
        case .riglink: .riglink(.init(name: "d", descriptor: Self.descriptor))
        case .alsa: .alsa(.init(name: "d", port: "hw:0", format: .s16, rate: 8000, channels: 1))
        }
    }

    func decoder() -> any SampleDecoder { configuration.makeDecoder() }

    private static let descriptor = RigLinkDescriptor(
        maker: "Larmor", model: "board", serialNumber: "1", firmware: "1.0", maximumPayload: 4096, queueFrames: 8,
        latency_us: 100,
        streams: [.init(name: "eeg", direction: .out, kind: .eeg, rate: 1000, channels: 1, labelPrefix: "e", unit: .volt)])

    /// The board was switched on again, or has set its counter back: it counts from zero.
    mutating func resetCounter() { counter = 0 }

    /// A packet is made, whether it gets through or not.
    mutating func count() { counter += 1 }

    /// Appends a packet whose samples say which ones they are.
    /// - Parameters:
    ///   - number: of the packet since the study began.
    ///   - counter: the board's when it made it.
    mutating func append(_ number: Int, counter: Int, to bytes: inout [UInt8]) {
        let turn = identities
        append(number, counter: counter, to: &bytes) { $0 % turn }
    }

    /// Appends a packet.
    /// - Parameters:
    ///   - level: the count of the first channel in each of the packet's samples, by the sample's number since the study began; 0 or
    ///     more, below ``identities`` (half of it for ThinkGear, whose counts have a sign). A Daisy's packets are samples, two a frame.
    mutating func append(_ number: Int, counter: Int, to bytes: inout [UInt8], level: (Int) -> Int) {
        switch driver {
        case .cyton, .cytonDaisy, .freeeeg32:
            let count = level(number)
            template[1] = UInt8(counter & 255)
            (template[2], template[3], template[4]) = (
                UInt8(count >> 16 & 255), UInt8(count >> 8 & 255), UInt8(count & 255)
            )
            bytes.append(contentsOf: template)
        case .thinkgear:
            let count = level(number)
            let (high, low) = (UInt8(count >> 8 & 255), UInt8(count & 255))
            bytes += [0xAA, 0xAA, 4, 0x80, 2, high, low, ~(0x82 &+ high &+ low)]
        case .emotiv:
            var counts = [Int](repeating: 0, count: EmotivReport.electrodes.count)
            counts[0] = level(number)
            bytes += EmotivReport.bytes(counter: counter % 129, counts: counts, gyroscope: [0, 0])
        case .rda:
            let samples = (0..<20).map { Double(level(number * 20 + $0)) }
            bytes += RDAData.bytes(block: UInt32(truncatingIfNeeded: counter), points: 20, values: samples, isFloat: true)
        case .riglink:
            let samples = (0..<5).map { Float(level(number * 5 + $0)) }
            bytes += encoder.encode(
                .samples, RigLinkFrames.payload(stream: 0, firstCounter: UInt64(counter * 5), frames: 5, values: samples))
        case .alsa:
            for frame in number * 80..<number * 80 + 80 {
                let count = level(frame)
                bytes.append(UInt8(count & 255))
                bytes.append(UInt8(count >> 8 & 127))
            }
        }
    }

    /// The first channel's count of a decoded frame: which frame of the study it is, below ``turn``, where its samples say that; of a
    /// Daisy's frame half of it.
    func identity(_ value: Float) -> Int {
        switch driver {
        case .cyton: Int((Double(value) / CytonScale.voltsPerCount(gain: 24)).rounded())
        // The odd packet's samples; its number is twice the frame's and one.
        case .cytonDaisy: Int((Double(value) / CytonScale.voltsPerCount(gain: 24)).rounded()) / 2
        case .freeeeg32: Int((Double(value) / FreeEEG32Frame.voltsPerCount).rounded())
        case .thinkgear: Int((Double(value) / ThinkGearPacket.voltsPerCount).rounded()) & 0xFFFF
        case .emotiv: Int((Double(value) / EmotivReport.voltsPerCount).rounded()) + EmotivReport.zeroCount
        case .rda: Int((Double(value) / 1e-6).rounded())
        case .riglink: Int(value)
        case .alsa: Int((value * 32_768).rounded())
        }
    }

    /// Frames after which ``identity(_:)`` begins again.
    var turn: Int { driver == .cytonDaisy ? identities / 2 : identities }
}
