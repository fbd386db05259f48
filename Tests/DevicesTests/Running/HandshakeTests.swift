import Devices
import Protocols
import Signals
import Simulators
import Testing
import Transports

/// Openings of drivers in virtual time: what a device answers is waited for as long as this program is there to hear it.
@Suite struct HandshakeTests {
    enum Kind: CaseIterable, Sendable { case cyton, rda, riglink, emotiv }

    private let clock = VirtualClock()
    private static let key = EmotivKey(bytes: (1...16).map { UInt8($0) })

    /// What a device sends while it is opened, one piece after the other.
    private func answers(_ kind: Kind) throws -> [[UInt8]] {
        let source = CountingSource(channels: 16, step: 0, period: 16)
        switch kind {
        case .cyton:
            var firmware = CytonFirmware(source: source)
            return ["v", "d", "~6"].map { firmware.receive(Array($0.utf8)) }
        case .rda: return [RDAStart(samplingInterval_us: 1000, resolutions: [0.5, 0.5], names: ["a", "b"]).bytes]
        case .riglink:
            var board = RigLinkBoard()
            var encoder = RigLinkEncoder()
            return [board.receive(encoder.encode(.hello, [RigLinkHeader.version]))]
        case .emotiv:
            var firmware = EmotivFirmware(source: source, key: Self.key)
            return (0..<17).map { _ in firmware.nextPacket() }
        }
    }

    private func open(_ kind: Kind, _ moves: [ScriptedDevice.Move]) throws -> OpenedDevice {
        let clock = clock
        let connect: PortOpening = { _, _ throws(TransportError) in
            ScriptedTransport(ScriptedDevice([], clock: clock), ScriptedDevice.Opening(moves: moves))
        }
        let waker = try Waker()
        let driver: any Driver =
            switch kind {
            case .cyton: CytonDriver(name: "d", port: "script", waker: waker, clock: clock, connect: connect)
            case .rda: RDADriver(name: "d", port: "script", waker: waker, clock: clock, connect: connect)
            case .riglink: RigLinkDriver(name: "d", port: "script", waker: waker, clock: clock, connect: connect)
            case .emotiv:
                EmotivDriver(
                    name: "d", port: "script", key: try #require(Self.key), waker: waker, clock: clock, connect: connect)
            }
        return try driver.open { _, _ in }
    }

    /// A line that is quiet before it is asked.
    private static let quiet = ScriptedDevice.Move.silence(0.1)

    @Test(arguments: Kind.allCases, [1, 3])
    func `a machine that stands still while a device answers takes none of the device's time`(kind: Kind, pauses: Int) throws {
        var moves = [Self.quiet]
        for answer in try answers(kind) {
            moves += (0..<pauses).map { _ in .standstill(3) }
            moves.append(.bytes(answer))
        }
        let device = try open(kind, moves)
        #expect(device.transport.port == "script")
    }

    @Test(arguments: Kind.allCases) func `an answer that takes nearly two seconds is heard`(kind: Kind) throws {
        // A Cyton that says nothing to its default settings is no failure, and is not waited for so long.
        var moves = [Self.quiet]
        for (number, answer) in try answers(kind).enumerated() { moves += [.silence(number == 0 ? 1.8 : 0), .bytes(answer)] }
        _ = try open(kind, moves)
    }

    @Test(arguments: Kind.allCases) func `a mute device is given up after two seconds`(kind: Kind) throws {
        let begin = clock.now()
        let error = #expect(throws: TransportError.self) { _ = try open(kind, []) }
        #expect(error?.code == (kind == .riglink ? .protocolViolation : .timeout))
        let waited = clock.now() - begin
        #expect(waited > 1.99 && waited < 2.2, "\(waited) s")
    }
}
