import Devices
import Protocols
import Signals
import Transports

/// A driver whose device is a script in virtual time; it is opened once.
final class ScriptedDriver: Driver {
    let longestSilence: Double?
    let readSize: Int
    private let transport: any Transport
    private let configuration: DecoderConfiguration

    init(_ transport: any Transport, _ configuration: DecoderConfiguration, longestSilence: Double?, readSize: Int) {
        self.transport = transport
        self.configuration = configuration
        self.longestSilence = longestSilence
        self.readSize = readSize
    }

    func open(tap: WireTap) throws(TransportError) -> OpenedDevice {
        OpenedDevice(transport: transport, configuration: configuration)
    }

    func start(_ device: OpenedDevice, tap: WireTap) throws(TransportError) {}

    func stop(_ device: OpenedDevice, tap: WireTap) {}
}

/// The line of a board in virtual time. Packets come when the board has made them, a USB frame of a millisecond later on a terminal; the
/// reading thread gets its core up to a jitter after the first of the bytes that wait, and takes what is there then.
final class ScriptedLine: Transport {
    let backend = "script"
    let port = "script"
    let framing: TransportFraming
    private let study: TwoStreamsStudyCase
    private let clock: VirtualClock
    private let epoch: HostTime
    private var board: BoardUnderStudy
    private var random: SplitMix64
    /// Where the host's USB frames begin; nil for lines that are no terminal.
    private let usbPhase: Double?
    /// Packets that were made so far, and when the next one can be read.
    private var packets = 0
    private var nextCame = 0.0
    private var waiting: [UInt8] = []
    /// Bytes at the front of ``waiting`` that are read already.
    private var taken = 0
    /// When the thread gets its core; nil while it runs.
    private var wake: Double?

    /// A terminal's reads take no more (the kernel's line discipline).
    private static let longestRead = 4095

    /// - Parameter epoch: the study's time 0 on the clock.
    init(_ study: TwoStreamsStudyCase, clock: VirtualClock, epoch: HostTime) {
        self.study = study
        self.clock = clock
        self.epoch = epoch
        board = BoardUnderStudy(study.driver)
        random = SplitMix64(seed: study.seed ^ 0xB0A2D)
        framing = study.driver == .emotiv ? .messages : .stream
        let isTerminal = board.kernelBytes != nil
        usbPhase = isTerminal ? 0.001 * random.uniform() : nil
        nextCame = came(0)
    }

    /// When a packet can be read.
    private func came(_ packet: Int) -> Double {
        let made = study.boardCrystal.time(counted: Double(packet + 1) / board.packetRate)
        guard let usbPhase else { return made }
        return ((made - usbPhase) * 1000).rounded(.up) / 1000 + usbPhase
    }

    /// Highest count of a pulse; within a 14-bit converter's range and ThinkGear's 16 bits with a sign.
    private static let height = 4000.0

    /// Lets come what comes until now.
    private func receive(until now: Double) {
        let (study, period) = (study, min(1, board.framesPerPacket) / board.frameRate)
        while nextCame <= now {
            board.append(packets, counter: board.counter, to: &waiting) { sample in
                let time = study.boardCrystal.time(counted: Double(sample + 1) * period)
                return Int((Self.height * study.height(at: time)).rounded())
            }
            board.count()
            packets += 1
            nextCame = came(packets)
        }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, timeout: Double) throws(TransportError) -> TransportRead {
        receive(until: clock.now() - epoch)
        if wake == nil, taken == waiting.count {
            guard timeout > 0 else { return .nothing }
            wake = nextCame + study.boardJitter * random.uniform()
        }
        if let due = wake {
            guard epoch + due <= clock.now() + timeout else {
                clock.sleep(timeout)
                return .nothing
            }
            clock.sleep(until: epoch + due)
            wake = nil
            receive(until: due)
        }
        let longest = framing == .messages ? EmotivReport.size : Self.longestRead
        let count = min(waiting.count - taken, buffer.count, longest)
        waiting.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[taken..<taken + count])) }
        taken += count
        if taken == waiting.count {
            waiting.removeAll(keepingCapacity: true)
            taken = 0
        }
        return .bytes(count)
    }

    func write(_ bytes: UnsafeRawBufferPointer, timeout: Double) throws(TransportError) {}

    func close() {}
}

/// A sound card in virtual time, as ``ALSATransport`` would read it: at each period's end comes an interrupt, at which the driver notes
/// where the card's pointer is and when that was; the reading thread gets its core later and takes all that the card has by then.
final class ScriptedCard: Transport {
    let backend = "script"
    let port = "script"
    let framing = TransportFraming.stamped
    private(set) var arrival: HostTime?
    private let study: TwoStreamsStudyCase
    private let clock: VirtualClock
    private let epoch: HostTime
    private var board = BoardUnderStudy(.alsa)
    private var random: SplitMix64
    private let rate: Double
    private let period = 80
    /// The driver's last note of the pointer, and the interrupt that comes next.
    private var noted: (time: Double, frames: Int) = (0, 0)
    private var interrupt = 0
    private var nextNote = 0.0
    private var taken = 0
    private var wake: Double?
    private var waiting: [UInt8] = []
    private var encoded = 0

    init(_ study: TwoStreamsStudyCase, clock: VirtualClock, epoch: HostTime) {
        self.study = study
        self.clock = clock
        self.epoch = epoch
        random = SplitMix64(seed: study.seed ^ 0xCA2D)
        rate = board.frameRate
        nextNote = note(of: 0)
    }

    /// When the driver hears of a period's end.
    private func note(of interrupt: Int) -> Double {
        study.cardCrystal.time(counted: Double((interrupt + 1) * period) / rate) + study.interruptJitter * random.uniform()
    }

    /// Where the card's pointer is.
    private func pointer(at time: Double) -> Int {
        // A frame that is complete to a billionth is complete.
        let frames = study.cardCrystal.counted(at: time) * rate + 1e-6
        return max(0, Int((frames / study.pointerStep).rounded(.down) * study.pointerStep))
    }

    /// Highest count of a pulse.
    private static let height = 32_000.0

    /// Frames until one, as bytes.
    private func encode(until frame: Int) {
        let (study, rate) = (study, rate)
        while encoded < frame {
            board.append(encoded / period, counter: 0, to: &waiting) { sample in
                let time = study.cardCrystal.time(counted: Double(sample + 1) / rate)
                return Int((Self.height * study.height(at: time)).rounded())
            }
            encoded += period
        }
    }

    /// The interrupts until a moment.
    private func hear(until time: Double) {
        while nextNote <= time {
            noted = (nextNote, pointer(at: nextNote))
            interrupt += 1
            nextNote = note(of: interrupt)
        }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, timeout: Double) throws(TransportError) -> TransportRead {
        hear(until: clock.now() - epoch)
        if wake == nil, noted.frames - taken < period {
            while noted.frames - taken < period { hear(until: nextNote) }
            wake = noted.time + study.cardJitter * random.uniform()
        }
        if let due = wake {
            guard epoch + due <= clock.now() + timeout else {
                clock.sleep(timeout)
                return .nothing
            }
            clock.sleep(until: epoch + due)
            wake = nil
        }
        let time = clock.now() - epoch
        hear(until: time)
        let available = noted.frames - taken
        let frames = min(pointer(at: time) - taken, buffer.count / 2)
        encode(until: taken + frames)
        waiting.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[0..<2 * frames])) }
        waiting.removeFirst(2 * frames)
        let stamp = (epoch + noted.time).nanoseconds
        arrival = AudioTimeStamp.arrival(
            seconds: Int(stamp / 1_000_000_000), nanoseconds: Int(stamp % 1_000_000_000), available: available, taken: frames,
            rate: Int(rate), now: clock.now())
        taken += frames
        return .bytes(2 * frames)
    }

    func write(_ bytes: UnsafeRawBufferPointer, timeout: Double) throws(TransportError) {}

    func close() {}
}
