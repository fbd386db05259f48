public import Protocols
public import Signals
public import Transports

/// Opens and runs an OpenBCI Cyton, with or without Daisy, on a serial port (its dongle shows as an FTDI port, 115200 baud).
public final class CytonDriver: Driver {
    public let longestSilence: Double? = 1.0
    public let readSize = SerialTransport.longestBacklog
    private let name: String
    private let port: String
    private let setup: CytonSetup
    private let debounceMs: Double
    private let waker: Waker
    private let clock: any HostClock
    private let connect: PortOpening
    /// Channels of the first opening: a board that comes back must have as many.
    private var channels: Int?

    public var channelsOff: [Int] { setup.off }
    public var channelsDriven: [Int] { setup.leadOff }

    /// - Parameters:
    ///   - name: of the device in the rig; its streams are called “name.stream”.
    ///   - port: the serial port, "/dev/ttyUSB0".
    ///   - setup: gains, channels, sampling rate and what the auxiliary bytes carry.
    ///   - debounceMs: milliseconds that a level of a digital pin must last to count.
    ///   - waker: ends a wait when the device is to stop.
    public convenience init(
        name: String, port: String, setup: CytonSetup = CytonSetup(), debounceMs: Double = LineDebouncer.usual * 1e3,
        waker: Waker
    ) {
        self.init(name: name, port: port, setup: setup, debounceMs: debounceMs, waker: waker, clock: MonotonicClock()) {
            port, waker throws(TransportError) in try SerialTransport.open(port, baudRate: 115_200, waker: waker)
        }
    }

    package init(
        name: String, port: String, setup: CytonSetup = CytonSetup(), debounceMs: Double = LineDebouncer.usual * 1e3,
        waker: Waker, clock: any HostClock, connect: @escaping PortOpening
    ) {
        self.name = name
        self.port = port
        self.setup = setup
        self.debounceMs = debounceMs
        self.waker = waker
        self.clock = clock
        self.connect = connect
    }

    public func open(tap: WireTap) throws(TransportError) -> OpenedDevice {
        let transport = try connect(port, waker)
        do throws(TransportError) {
            // The board may still stream from an earlier owner: stop it and let its packets run out.
            try transport.send(CytonCommand.stopStreaming.bytes ?? [], tap: tap)
            try drain(transport, tap: tap)
            let startUp = try reset(transport, tap: tap)
            let hasDaisy = try chooseBoards(startUp, transport, tap: tap)
            let count = hasDaisy ? 16 : CytonPacket.channels
            if let channels, channels != count {
                throw TransportError(
                    .protocolViolation, port: port,
                    detail: "a board with \(count) channels answers, expected \(channels)",
                    remedy: "put the first board back or start the run again")
            }
            channels = count
            try tell(.defaultChannelSettings, transport, tap: tap)
            // Firmware from 3.0 has other rates, too; an older one has this one only.
            if startUp.majorVersion >= 3 { try expect("250", .rate250, transport, tap: tap) }
            for command in setup.commands(channels: count) { try set(command, transport, tap: tap) }
            let serial = SerialPortListing.all().first { $0.port == port }?.serialNumber ?? ""
            return OpenedDevice(
                transport: transport,
                configuration: .cyton(
                    CytonConfiguration(
                        name: name, gains: setup.gains(channels: count), firmware: startUp.firmware ?? "",
                        serialNumber: serial, auxiliary: setup.auxiliary, timeStamps: setup.timeStamps,
                        debounceMs: setup.auxiliary == .digital ? debounceMs : nil,
                        readingsOnly: setup.auxiliary == .accelerometer ? true : nil)))
        } catch {
            transport.close()
            throw error
        }
    }

    public func start(_ device: OpenedDevice, tap: WireTap) throws(TransportError) {
        try device.transport.send(CytonCommand.startStreaming.bytes ?? [], tap: tap)
    }

    public func stop(_ device: OpenedDevice, tap: WireTap) {
        // A board that is gone needs no stop.
        try? device.transport.send(CytonCommand.stopStreaming.bytes ?? [], tap: tap)
    }

    private func reset(_ transport: any Transport, tap: WireTap) throws(TransportError) -> CytonStartUp {
        let text = try ask(.softReset, transport, tap: tap)
        guard let startUp = CytonStartUp(text) else {
            throw TransportError(
                .protocolViolation, port: port,
                detail: "expected a Cyton's start-up text that ends with $$$, got “\(text.prefix(60))”",
                remedy: "check that the board is switched to PC and its dongle to GPIO 6")
        }
        return startUp
    }

    /// - Returns: whether the Daisy's channels are used.
    private func chooseBoards(
        _ startUp: CytonStartUp, _ transport: any Transport, tap: WireTap
    ) throws(TransportError) -> Bool {
        switch setup.daisy {
        case .automatic: return startUp.hasDaisy
        case .unused:
            if startUp.hasDaisy { _ = try ask(.sixteenChannels(false), transport, tap: tap) }
            return false
        case .required:
            let answer = try ask(.sixteenChannels(true), transport, tap: tap)
            guard answer.contains("16") else {
                throw TransportError(
                    .unsupported, port: port,
                    detail: "expected a Daisy, the board says “\(answer.prefix(40))”",
                    remedy: "plug the Daisy in with the board switched off, or set daisy = \"automatic\"")
            }
            return true
        }
    }

    /// Sends a setting and checks that the board took it. A board older than firmware 3 answers some of them with silence.
    private func set(_ command: CytonCommand, _ transport: any Transport, tap: WireTap) throws(TransportError) {
        switch command {
        case .channel, .testSignal, .timeStamps:
            try transport.send(try bytes(command), tap: tap)
            try drain(transport, tap: tap)
        default: try expect(nil, command, transport, tap: tap)
        }
    }

    private func expect(
        _ word: String?, _ command: CytonCommand, _ transport: any Transport, tap: WireTap
    ) throws(TransportError) {
        let answer = try ask(command, transport, tap: tap)
        guard !answer.hasPrefix("Failure"), word.map(answer.contains) ?? true else {
            throw TransportError(
                .unsupported, port: port, detail: "the board refuses \(command): “\(answer.prefix(60))”",
                remedy: "check the setting and the board's firmware")
        }
    }

    private func bytes(_ command: CytonCommand) throws(TransportError) -> [UInt8] {
        if let bytes = command.bytes { return bytes }
        throw TransportError(
            .unsupported, port: port, detail: "a Cyton has no \(command)",
            remedy: "use channels 1–16 and gains 1, 2, 4, 6, 8, 12 or 24")
    }

    private func ask(
        _ command: CytonCommand, _ transport: any Transport, tap: WireTap
    ) throws(TransportError) -> String {
        try transport.send(try bytes(command), tap: tap)
        return try readText(transport, tap: tap)
    }

    /// Sends a command whose answer says nothing new: a board that gives none (BrainFlow's emulator) is no failure.
    private func tell(_ command: CytonCommand, _ transport: any Transport, tap: WireTap) throws(TransportError) {
        try transport.send(try bytes(command), tap: tap)
        var bytes: [UInt8] = []
        var attended = AttendedTime()
        while attended.seconds < 0.5, Array(bytes.suffix(3)) != CytonStartUp.end {
            bytes += try readPiece(transport, &attended, tap: tap)
        }
    }

    /// Reads until `$$$`, at most two seconds.
    private func readText(_ transport: any Transport, tap: WireTap) throws(TransportError) -> String {
        var bytes: [UInt8] = []
        var attended = AttendedTime()
        while attended.seconds < 2 {
            bytes += try readPiece(transport, &attended, tap: tap)
            if bytes.count >= 3, Array(bytes.suffix(3)) == CytonStartUp.end {
                return String(decoding: bytes, as: UTF8.self)
            }
            if bytes.count > 8192 { break }
        }
        if bytes.isEmpty {
            throw TransportError(
                .timeout, port: port, detail: "expected the board's answer, nothing came in 2 s",
                remedy: "switch the board on and off again")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Throws away what comes until 60 ms of silence, at most half a second.
    private func drain(_ transport: any Transport, tap: WireTap) throws(TransportError) {
        var attended = AttendedTime()
        var lastByte = 0.0
        while attended.seconds < 0.5, attended.seconds - lastByte < 0.06 {
            if try !readPiece(transport, &attended, tap: tap).isEmpty { lastByte = attended.seconds }
        }
    }

    private func readPiece(
        _ transport: any Transport, _ attended: inout AttendedTime, tap: WireTap
    ) throws(TransportError) -> [UInt8] {
        let piece = try transport.readPiece(1024, &attended, by: clock)
        if !piece.isEmpty { piece.withUnsafeBytes { tap(.handshake, $0) } }
        return piece
    }
}
