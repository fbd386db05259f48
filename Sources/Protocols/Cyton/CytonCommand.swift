/// What the host may say to a Cyton, as the characters that go over the wire.
///
/// - Source: OpenBCI documentation, "Cyton Board SDK".
public enum CytonCommand: Equatable, Sendable {
    case softReset
    case startStreaming
    case stopStreaming
    case defaultChannelSettings
    case firmwareVersion
    /// Channel 1…8 on or off.
    case channel(Int, isOn: Bool)
    /// Gain of channel 1…8, one of ``CytonScale/gains``; normal electrode input, bias and SRB2 on.
    case gain(channel: Int, gain: Int)

    /// nil when a channel or gain is out of range.
    public var bytes: [UInt8]? {
        switch self {
        case .softReset: Array("v".utf8)
        case .startStreaming: Array("b".utf8)
        case .stopStreaming: Array("s".utf8)
        case .defaultChannelSettings: Array("d".utf8)
        case .firmwareVersion: Array("V".utf8)
        case .channel(let channel, let isOn):
            (1...8).contains(channel) ? [Array((isOn ? "!@#$%^&*" : "12345678").utf8)[channel - 1]] : nil
        case .gain(let channel, let gain):
            if (1...8).contains(channel), let code = CytonScale.gains.firstIndex(of: gain) {
                Array("x\(channel)0\(code)0110X".utf8)
            } else {
                nil
            }
        }
    }
}
