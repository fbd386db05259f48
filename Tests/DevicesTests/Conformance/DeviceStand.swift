import CLinux
import Devices
import Foundation
import Glibc
import LSLStand
import Protocols
import Signals
import Simulators
import Synchronization
import Transports

/// The far side of a driver on a real pseudo-terminal, TCP connection or Lab Streaming Layer: it can be unplugged and plugged in
/// again at any moment, by the test or by what it is about to do.
final class DeviceStand: @unchecked Sendable {
    // Sendable because `thread` is the test's, and `listener` and `sender` are touched by the stand's thread only, from the end of
    // `plug()` to the join in the next one or in `unplug()`.
    enum Kind: String, CaseIterable, Sendable {
        case cyton, cytonDaisy, thinkgear, freeeeg32, rda, riglink, lsl

        /// Those that need no library which may be missing.
        static let always = allCases.filter { $0 != .lsl }

        /// For names of threads, which are short.
        var number: Int { Self.allCases.firstIndex(of: self) ?? 0 }
        var isSerial: Bool { self != .rda && self != .riglink && self != .lsl }
        var isTCP: Bool { self == .rda || self == .riglink }
        /// The character or message type with which the host starts and stops the device.
        var startCommand: [UInt8]? { isCyton ? [0x62] : nil }
        var stopCommand: [UInt8]? { isCyton ? [0x73] : nil }
        private var isCyton: Bool { self == .cyton || self == .cytonDaisy }
    }

    /// When the device goes by itself.
    enum Trigger: Equatable, Sendable {
        case never
        case afterPackets(Int)
        /// Half of this packet is sent.
        case inPacket(Int)
        case onCommand([UInt8])
        /// As soon as somebody listens: for outlets.
        case onListener
    }

    let kind: Kind
    /// What a driver opens; stays the same from plug to plug.
    let port: String
    private let trigger: Trigger
    private let isMute = Atomic<Bool>(false)
    private let isLeaving = Atomic<Bool>(false)
    private let isPlugged = Atomic<Bool>(false)
    private var thread: WorkerThread?
    private var listener: Int32 = -1
    private var sender: PythonPeer?
    private static let numbers = Atomic<Int>(0)

    init(_ kind: Kind, trigger: Trigger = .never) {
        self.kind = kind
        self.trigger = trigger
        let number = Self.numbers.wrappingAdd(1, ordering: .relaxed).newValue
        if kind.isSerial {
            port = NSTemporaryDirectory() + "larmor-stand-\(getpid())-\(number)"
        } else if kind == .lsl {
            port = LSLStand.name("stand-\(number)")
        } else {
            listener = Self.listen(0)
            port = "127.0.0.1:\(Self.portNumber(listener))"
        }
    }

    deinit {
        unplug()
        if kind.isSerial { unlink(port) }
    }

    func makeDriver(waker: Waker) -> any Driver {
        switch kind {
        case .cyton, .cytonDaisy: CytonDriver(name: "d", port: port, waker: waker)
        case .thinkgear: ThinkGearDriver(name: "d", port: port, waker: waker)
        case .freeeeg32: FreeEEG32Driver(name: "d", port: port, waker: waker)
        case .rda: RDADriver(name: "d", port: port, waker: waker)
        case .riglink: RigLinkDriver(name: "d", port: port, waker: waker)
        case .lsl: LSLDriver(name: "d", query: LSLQuery(name: port), waker: waker)
        }
    }

    /// - Returns: nil for a stream of the Lab Streaming Layer, which has none.
    private func makeFirmware() -> (any SimulatedFirmware)? {
        let source = CountingSource(channels: 16, step: 0, period: 16)
        switch kind {
        case .lsl: return nil
        case .cyton: return CytonFirmware(source: source)
        case .cytonDaisy: return CytonFirmware(source: source, hasDaisy: true)
        case .thinkgear: return ThinkGearFirmware(source: source)
        case .freeeeg32: return FreeEEG32Firmware(source: source)
        case .rda: return RDAFirmware(source: source, names: ["a", "b"], markerEvery: 0)
        case .riglink: return RigLinkBoard()
        }
    }

    var isThere: Bool { isPlugged.load(ordering: .acquiring) }

    /// - Parameters:
    ///   - isTriggered: whether the stand's trigger counts this time.
    ///   - isMute: answers nothing and sends nothing.
    func plug(isTriggered: Bool = true, isMute: Bool = false) {
        thread?.join()
        isLeaving.store(false, ordering: .releasing)
        self.isMute.store(isMute, ordering: .releasing)
        var ends: (near: Int32, far: Int32) = (-1, -1)
        if kind.isSerial {
            // Never open without O_CLOEXEC: a program that another test starts meanwhile would keep the line up.
            var name = [CChar](repeating: 0, count: 128)
            ends.near = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)
            precondition(
                ends.near >= 0 && unlockpt(ends.near) == 0 && ptsname_r(ends.near, &name, name.count) == 0,
                "the system gives no pseudo-terminal")
            ends.far = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC)
            precondition(ends.far >= 0, "the far end opens")
            var settings = termios()
            tcgetattr(ends.far, &settings)
            cfmakeraw(&settings)
            tcsetattr(ends.far, TCSANOW, &settings)
            unlink(port)
            symlink(String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self), port)
        } else if kind.isTCP, listener < 0 {
            listener = Self.listen(UInt16(port.split(separator: ":")[1]) ?? 0)
        }
        let near = ends.near
        let far = ends.far
        isPlugged.store(true, ordering: .releasing)
        let trigger = isTriggered ? trigger : .never
        sender = kind == .lsl ? makeSender(trigger) : nil
        thread = try? WorkerThread("stand") { [self] in
            if let sender { keep(sender) } else { serve(near, trigger) }
            // Closing both ends hangs the terminal up.
            if near >= 0 {
                // The link goes first: the next terminal of another test may have this one's number.
                unlink(port)
                close(near)
                close(far)
            }
            if listener >= 0 { close(listener) }
            listener = -1
            isPlugged.store(false, ordering: .releasing)
        }
    }

    func unplug() {
        isLeaving.store(true, ordering: .releasing)
        thread?.join()
        thread = nil
    }

    // MARK: The stand's thread

    private func serve(_ terminal: Int32, _ trigger: Trigger) {
        guard var firmware = makeFirmware() else { return }
        var line = terminal
        defer { if !kind.isSerial, line >= 0 { Self.reset(line) } }
        var sent = 0
        var begin = HostTime.now()
        var since = 0
        if kind.isSerial { _ = firmware.connect() }
        while !isLeaving.load(ordering: .acquiring) {
            if line < 0 {
                guard Self.isReadable(listener, milliseconds: 2) else { continue }
                line = accept(listener, nil, nil)
                send(line, firmware.connect())
                begin = .now()
                since = sent
            }
            if Self.isReadable(line, milliseconds: 1) {
                var buffer = [UInt8](repeating: 0, count: 4096)
                let count = read(line, &buffer, buffer.count)
                if count <= 0, !kind.isSerial {
                    close(line)
                    line = -1
                    continue
                }
                let bytes = Array(buffer.prefix(max(0, count)))
                if case .onCommand(let command) = trigger, bytes.contains(command[0]) { return }
                let wasStreaming = firmware.isStreaming
                let answer = firmware.receive(bytes)
                if !isMute.load(ordering: .acquiring) { send(line, answer) }
                if firmware.isStreaming, !wasStreaming {
                    begin = .now()
                    since = sent
                }
            }
            guard firmware.isStreaming, !isMute.load(ordering: .acquiring) else { continue }
            while Double(sent - since + 1) <= (HostTime.now() - begin) * firmware.packetRate {
                let packet = firmware.nextPacket()
                if trigger == .inPacket(sent) {
                    send(line, Array(packet.prefix(packet.count / 2)))
                    WorkerThread.sleep(0.01)
                    return
                }
                send(line, packet)
                sent += 1
                if trigger == .afterPackets(sent) {
                    WorkerThread.sleep(0.01)
                    return
                }
            }
        }
    }

    /// Keeps the sender until it ends by itself or is to leave.
    private func keep(_ sender: PythonPeer) {
        while !isLeaving.load(ordering: .acquiring), sender.isRunning { WorkerThread.sleep(0.002) }
        sender.stop()
    }

    /// Sends two channels of 0 … 15 µV, 250 samples a second, while somebody listens, and is gone like a program that crashes.
    /// It is a process of its own, because liblsl may crash when an outlet ends in a process that goes on.
    private static let sender = """
        import os, sys, threading, time, pylsl
        def end_with_the_tests():
            sys.stdin.read()
            os._exit(0)
        threading.Thread(target=end_with_the_tests, daemon=True).start()
        name, event, mute = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "true"
        info = pylsl.StreamInfo(name, "EEG", 2, 250, "float32", name)
        channels = info.desc().append_child("channels")
        for label in "ab":
            channel = channels.append_child("channel")
            channel.append_child_value("label", label)
            channel.append_child_value("unit", "V")
        outlet = pylsl.StreamOutlet(info)
        print("ready")
        sent, since, begin = 0, 0, pylsl.local_clock()
        while True:
            time.sleep(0.002)
            if mute or not outlet.have_consumers():
                begin, since = pylsl.local_clock(), sent
                continue
            if event == 0:
                os._exit(0)
            while sent - since + 1 <= (pylsl.local_clock() - begin) * 250:
                outlet.push_sample([sent % 16 * 1e-6] * 2, begin + (sent - since + 1) / 250)
                sent += 1
                if sent == event:
                    # What was pushed is on its way.
                    time.sleep(0.05)
                    os._exit(0)
        """

    /// - Returns: the sender, there to be found.
    private func makeSender(_ trigger: Trigger) -> PythonPeer? {
        let event =
            switch trigger {
            case .onListener: 0
            case .afterPackets(let count): count
            default: -1
            }
        let isMute = isMute.load(ordering: .acquiring)
        let sender = try? PythonPeer(Self.sender, port, "\(event)", "\(isMute)")
        return sender?.line() == "ready" ? sender : nil
    }

    private func send(_ line: Int32, _ bytes: [UInt8]) {
        guard line >= 0, !bytes.isEmpty else { return }
        if kind.isSerial {
            _ = write(line, bytes, bytes.count)
        } else {
            _ = Glibc.send(line, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        }
    }

    private static func isReadable(_ descriptor: Int32, milliseconds: Int32) -> Bool {
        var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return Glibc.poll(&poll, 1, milliseconds) > 0
    }

    private static func reset(_ line: Int32) {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(line, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
        close(line)
    }

    private static func listen(_ port: UInt16) -> Int32 {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var one: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, 4)
        var inet = sockaddr_in()
        inet.sin_family = sa_family_t(AF_INET)
        inet.sin_port = port.bigEndian
        inet.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &inet) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(listener, $0, size) + Glibc.listen(listener, 4) }
        }
        precondition(result == 0, "the loopback port cannot be served")
        return listener
    }

    private static func portNumber(_ listener: Int32) -> UInt16 {
        var inet = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &inet) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = getsockname(listener, $0, &size) }
        }
        return UInt16(bigEndian: inet.sin_port)
    }
}
