/// What the host may say to a Cyton, as the characters that go over the wire. Channels count from 1; 9–16 are the Daisy's.
///
/// - Source: OpenBCI documentation, "Cyton Board SDK".
public enum CytonCommand: Equatable, Sendable {
    case softReset
    case startStreaming
    case stopStreaming
    case defaultChannelSettings
    case firmwareVersion
    case channel(Int, isOn: Bool)
    /// One of ``CytonScale/gains``; normal electrode input, bias and SRB2 on.
    case gain(channel: Int, gain: Int)
    /// Drives 6 nA at 31.2 Hz through the electrode's P or N side, for a measurement of its impedance.
    case leadOff(channel: Int, p: Bool, n: Bool)
    case testSignal(CytonTestSignal)
    /// What the auxiliary bytes carry.
    case auxiliary(CytonAuxiliary)
    /// Time stamps in the auxiliary bytes on or off.
    case timeStamps(Bool)
    /// 16 channels (with Daisy) or 8.
    case sixteenChannels(Bool)
    /// 250 samples per second, the most that the dongle carries.
    case rate250

    /// nil when a channel or gain is out of range.
    public var bytes: [UInt8]? {
        switch self {
        case .softReset: Array("v".utf8)
        case .startStreaming: Array("b".utf8)
        case .stopStreaming: Array("s".utf8)
        case .defaultChannelSettings: Array("d".utf8)
        case .firmwareVersion: Array("V".utf8)
        case .channel(let channel, let isOn):
            Self.character(channel, in: isOn ? Self.onCharacters : Self.offCharacters).map { [$0] }
        case .gain(let channel, let gain):
            if let name = Self.character(channel, in: Self.names),
                let code = CytonScale.gains.firstIndex(of: gain)
            {
                [UInt8(ascii: "x"), name] + Array("0\(code)0110X".utf8)
            } else {
                nil
            }
        case .leadOff(let channel, let p, let n):
            Self.character(channel, in: Self.names).map {
                [UInt8(ascii: "z"), $0] + Array("\(p ? 1 : 0)\(n ? 1 : 0)Z".utf8)
            }
        case .testSignal(let signal): [signal.character]
        case .auxiliary(let auxiliary): Array(auxiliary.command.utf8)
        case .timeStamps(let isOn): Array((isOn ? "<" : ">").utf8)
        case .sixteenChannels(let isOn): Array((isOn ? "C" : "c").utf8)
        case .rate250: Array("~6".utf8)
        }
    }

    /// Characters of channels 1–16, for switching off, switching on, and in settings.
    public static let offCharacters = Array("12345678qwertyui".utf8)
    /// Switch a channel on.
    public static let onCharacters = Array("!@#$%^&*QWERTYUI".utf8)
    /// Name a channel in settings.
    public static let names = Array("12345678QWERTYUI".utf8)

    private static func character(_ channel: Int, in characters: [UInt8]) -> UInt8? {
        (1...characters.count).contains(channel) ? characters[channel - 1] : nil
    }
}

/// What all inputs can be connected to instead of their electrodes.
///
/// - Source: OpenBCI documentation, "Cyton Board SDK"; amplitudes and frequencies after the ADS1299 data sheet, register
///   CONFIG2: 4.5 V / 2400, clock 2.048 MHz / 2²¹ (slow) or 2²⁰ (fast).
public enum CytonTestSignal: String, Codable, Sendable, CaseIterable {
    case ground
    case slow1x = "1x-slow"
    case fast1x = "1x-fast"
    case dc
    case slow2x = "2x-slow"
    case fast2x = "2x-fast"

    /// The command that connects the inputs so.
    public var character: UInt8 {
        switch self {
        case .ground: UInt8(ascii: "0")
        case .slow1x: UInt8(ascii: "-")
        case .fast1x: UInt8(ascii: "=")
        case .dc: UInt8(ascii: "p")
        case .slow2x: UInt8(ascii: "[")
        case .fast2x: UInt8(ascii: "]")
        }
    }

    /// Half of the peak-to-peak size, in volt.
    public var amplitude: Double {
        switch self {
        case .ground: 0
        case .slow1x, .fast1x: 4.5 / 2400
        case .dc, .slow2x, .fast2x: 2 * 4.5 / 2400
        }
    }

    /// Of the square wave, in hertz; 0 for constant signals.
    public var frequency: Double {
        switch self {
        case .ground, .dc: 0
        case .slow1x, .slow2x: 2_048_000 / 2_097_152
        case .fast1x, .fast2x: 2_048_000 / 1_048_576
        }
    }
}

/// What a Cyton's auxiliary bytes carry.
public enum CytonAuxiliary: String, Codable, Sendable, CaseIterable {
    /// LIS3DH, 25 times a second.
    case accelerometer
    /// Pins A5, A6, A7 as 10-bit numbers.
    case analog
    /// Pins D11, D12, D13, D17, D18.
    case digital

    var command: String {
        switch self {
        case .accelerometer: "/0"
        case .analog: "/2"
        case .digital: "/3"
        }
    }
}
