public import Protocols

/// What a Cyton's firmware 3 does with the bytes it gets and what it sends: a pure state machine, without port and clock.
///
/// With a Daisy it samples 16 channels 250 times a second and sends the boards in turn, packets with an even counter for
/// channels 9–16 and with an odd one for 1–8, each the mean of the last two samples.
public struct CytonFirmware: SimulatedFirmware {
    public let packetRate = 250.0
    public let counterPlace: (offset: Int, bytes: Int)? = (1, 1)
    public private(set) var isStreaming = false
    public private(set) var gains: [Int]
    public private(set) var isOn: [Bool]
    /// Channels whose N side is driven.
    public private(set) var isDriven: [Bool]
    public private(set) var testSignal: CytonTestSignal?
    public private(set) var auxiliary = CytonAuxiliary.accelerometer
    public private(set) var hasTimeStamps = false
    /// A Daisy is plugged in, and its channels are in use.
    public let isDaisyThere: Bool
    public private(set) var usesDaisy: Bool

    private var source: any EEGSource
    private let impedances_ohm: [Double]
    private var counter: UInt8 = 0
    private var sample = 0
    private var lastCounts = [Int](repeating: 0, count: 16)
    /// The next stamped packet tells that time stamps were just set.
    private var setsTime = false
    /// Characters of a setting that has begun, with x, z, / or ~.
    private var setting: [UInt8] = []

    /// - Parameters:
    ///   - source: microvolts; channels that it lacks repeat from its first.
    ///   - hasDaisy: whether a Daisy is plugged in.
    ///   - impedances_ohm: of the electrodes, in order; the last one counts for the rest.
    public init(source: any EEGSource, hasDaisy: Bool = false, impedances_ohm: [Double] = [5000]) {
        self.source = source
        isDaisyThere = hasDaisy
        usesDaisy = hasDaisy
        self.impedances_ohm = impedances_ohm.isEmpty ? [5000] : impedances_ohm
        gains = [Int](repeating: 24, count: 16)
        isOn = [Bool](repeating: true, count: 16)
        isDriven = [Bool](repeating: false, count: 16)
    }

    /// - Returns: what the board answers.
    public mutating func receive(_ bytes: [UInt8]) -> [UInt8] { bytes.flatMap { receive($0) } }

    private mutating func receive(_ byte: UInt8) -> [UInt8] {
        if !setting.isEmpty {
            setting.append(byte)
            return finishSetting()
        }
        switch byte {
        case UInt8(ascii: "v"):
            self = CytonFirmware(source: source, hasDaisy: isDaisyThere, impedances_ohm: impedances_ohm)
            return Array(CytonStartUp.text(hasDaisy: isDaisyThere).utf8)
        case UInt8(ascii: "b"):
            isStreaming = true
            counter = 0
            return []
        case UInt8(ascii: "s"):
            isStreaming = false
            return []
        case UInt8(ascii: "d"):
            gains = [Int](repeating: 24, count: 16)
            isOn = [Bool](repeating: true, count: 16)
            testSignal = nil
            return answer("updating channel settings to default")
        case UInt8(ascii: "V"): return answer("v3.1.2")
        case UInt8(ascii: "C"):
            let text = isDaisyThere ? (usesDaisy ? "16" : "daisy attached16") : "no daisy to attach!8"
            usesDaisy = isDaisyThere
            return answer(text)
        case UInt8(ascii: "c"):
            guard usesDaisy else { return [] }
            usesDaisy = false
            return answer("daisy removed")
        case UInt8(ascii: "<"):
            hasTimeStamps = true
            setsTime = true
            return answer("Time stamp ON")
        case UInt8(ascii: ">"):
            hasTimeStamps = false
            return answer("Time stamp OFF")
        case UInt8(ascii: "x"), UInt8(ascii: "z"), UInt8(ascii: "/"), UInt8(ascii: "~"):
            setting = [byte]
            return []
        default: return receiveOther(byte)
        }
    }

    private mutating func receiveOther(_ byte: UInt8) -> [UInt8] {
        if let signal = CytonTestSignal.allCases.first(where: { $0.character == byte }) {
            testSignal = signal
            return answer("Success: Configured internal test signal.")
        }
        if let index = CytonCommand.offCharacters.firstIndex(of: byte) { isOn[index] = false }
        if let index = CytonCommand.onCharacters.firstIndex(of: byte) { isOn[index] = true }
        return []
    }

    /// Applies a setting once it is whole: its last character, or as many as it can have.
    private mutating func finishSetting() -> [UInt8] {
        let text = setting
        let last = text[text.count - 1]
        switch text[0] {
        case UInt8(ascii: "x"):
            guard last == UInt8(ascii: "X") || text.count > 9 else { return [] }
            setting = []
            return applyChannel(text)
        case UInt8(ascii: "z"):
            guard last == UInt8(ascii: "Z") || text.count > 5 else { return [] }
            setting = []
            return applyLeadOff(text)
        case UInt8(ascii: "/"):
            setting = []
            let modes: [UInt8: CytonAuxiliary] = [0x30: .accelerometer, 0x32: .analog, 0x33: .digital]
            guard let mode = modes[last] else { return answer("Failure: board mode value out of bounds.") }
            auxiliary = mode
            return answer("Success: \(mode == .accelerometer ? "default" : mode.rawValue)")
        default:
            setting = []
            guard last == UInt8(ascii: "6") else { return answer("Failure: the serial dongle carries 250Hz") }
            return answer("Success: Sample rate is 250Hz")
        }
    }

    /// "x CHANNEL POWER GAIN INPUT BIAS SRB2 SRB1 X".
    private mutating func applyChannel(_ text: [UInt8]) -> [UInt8] {
        let digits = text.dropFirst(2).dropLast().map { Int($0) - 48 }
        guard text.count == 9, let channel = CytonCommand.names.firstIndex(of: text[1]),
            channel < (usesDaisy ? 16 : 8), digits.allSatisfy({ (0...9).contains($0) }),
            CytonScale.gains.indices.contains(digits[1])
        else { return answer("Failure: too few chars") }
        isOn[channel] = digits[0] == 0
        gains[channel] = CytonScale.gains[digits[1]]
        return answer("Success: Channel set for \(channel + 1)")
    }

    /// "z CHANNEL P N Z".
    private mutating func applyLeadOff(_ text: [UInt8]) -> [UInt8] {
        guard text.count == 5, let channel = CytonCommand.names.firstIndex(of: text[1]),
            channel < (usesDaisy ? 16 : 8), text[2] == 0x30 || text[2] == 0x31,
            text[3] == 0x30 || text[3] == 0x31
        else { return answer("Failure: too few chars") }
        isDriven[channel] = text[3] == 0x31 || text[2] == 0x31
        return answer("Success: Lead off set for \(channel + 1)")
    }

    /// The board answers in words only while it does not stream.
    private func answer(_ text: String) -> [UInt8] { isStreaming ? [] : Array((text + "$$$").utf8) }

    public mutating func nextPacket() -> [UInt8] {
        let microvolts = source.next()
        let counts = (0..<16).map { count(channel: $0, microvolts[$0 % microvolts.count]) }
        var sent = counts
        if usesDaisy {
            // Whole numbers are divided as in C: towards zero.
            sent = (0..<16).map { sample == 0 ? counts[$0] : (lastCounts[$0] + counts[$0]) / 2 }
        }
        lastCounts = counts
        let first = usesDaisy && counter % 2 == 0 ? 8 : 0
        let (auxiliaryBytes, footer) = nextAuxiliary()
        let packet = CytonPacket(
            counter: counter, counts: sent[first..<first + 8].map { Int32($0) }, auxiliary: auxiliaryBytes,
            footer: footer)
        counter &+= 1
        sample += 1
        return packet.bytes
    }

    /// What one converter gives for the present sample; clipped at its range.
    private func count(channel: Int, _ microvolts: Double) -> Int {
        guard isOn[channel] else { return 0 }
        let time = Double(sample) / packetRate
        var volts = microvolts * 1e-6
        if let testSignal {
            let phase = time * testSignal.frequency
            volts = phase - phase.rounded(.down) < 0.5 ? testSignal.amplitude : -testSignal.amplitude
        }
        if isDriven[channel] {
            let impedance = impedances_ohm[min(channel, impedances_ohm.count - 1)]
            // 31.25 Hz at 250 samples a second: eight samples a turn.
            volts += 6e-9 * (impedance + 2200) * Self.eighths[sample % 8]
        }
        let count = (volts / CytonScale.voltsPerCount(gain: gains[channel])).rounded()
        return Int(max(-8_388_608, min(8_388_607, count)))
    }

    private static let eighths: [Double] = [
        0, 0.5.squareRoot(), 1, 0.5.squareRoot(), 0, -0.5.squareRoot(), -1, -0.5.squareRoot(),
    ]

    private mutating func nextAuxiliary() -> ([UInt8], CytonPacket.Footer) {
        let isAcceleration = auxiliary == .accelerometer
        guard hasTimeStamps else {
            switch auxiliary {
            // 25 times a second; the board lies flat: 1 g along z is 8,000 counts of 0.125 mg.
            case .accelerometer:
                return (sample % 10 == 0 ? [0, 0, 0, 0, 0x1F, 0x40] : [0, 0, 0, 0, 0, 0], .accelerometer)
            case .analog: return ([0x01, 0x00, 0x02, 0x00, 0x03, 0x00], .rawAuxiliary)
            // D18 turns once a second.
            case .digital: return ([1, 0, 1, 0, 0, sample / 250 % 2 == 0 ? 1 : 0], .rawAuxiliary)
            }
        }
        var word: [UInt8] = isAcceleration ? [0, 0] : [1, 0]
        if isAcceleration, CytonPacket.stampedAxis(counter: counter) == 2 { word = [0x1F, 0x40] }
        // The board's clock began 10 s before its first sample.
        let time = UInt32(10_000 + sample * 4)
        let bytes = word + (0..<4).map { UInt8(truncatingIfNeeded: time >> (24 - 8 * $0)) }
        defer { setsTime = false }
        if setsTime { return (bytes, isAcceleration ? .accelerometerTimeSet : .rawAuxiliaryTimeSet) }
        return (bytes, isAcceleration ? .accelerometerTimeSynced : .rawAuxiliaryTimeSynced)
    }
}

extension SimulatorKind {
    public static let cyton = SimulatorKind(
        "cyton", .link, hasSeed: true,
        settings: headsetSettings + [
            SimulatorSetting("daisy", .flag), SimulatorSetting("impedance_kohm", .number(0...1_000_000)),
        ])
}
