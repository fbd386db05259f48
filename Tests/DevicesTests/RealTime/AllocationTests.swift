import CountingDriver
import Devices
import Foundation
import LSLStand
import MagneticFilm
import Protocols
import Signals
import Simulators
import Synchronization
import Testing
import Transports

/// What ARCHITECTURE promises of a device's thread: once it streams, it claims nothing from the heap and gives nothing back. Real
/// drivers on real lines, under faults where the simulators make them, counted from the first blocks to the stop, while every ring
/// turns over at least twice.
@Suite(.enabled(if: CountingDriver.isPossible, "a sanitizer has the heap"))
struct AllocationTests {
    /// Small rings, so that they turn over soon.
    struct Rings {
        var items = 64
        var samples = 2048
        var wireBytes = 8192
    }

    /// What was carried so far.
    private struct Carried {
        var items = 0
        var samples = 0
        var bytes = 0

        init(_ bench: Bench) {
            items = bench.sink.blocks.count + bench.sink.texts.count + bench.sink.clockOffsets.count + bench.sink.events.count
            samples = bench.sink.blocks.reduce(0) { $0 + $1.samples.count }
            samples += bench.sink.texts.reduce(0) { $0 + $1.item.sampleCount }
            bytes = bench.records.reduce(0) { $0 + $1.bytes.count }
        }
    }

    /// - Parameters:
    ///   - libraries: see ``CountingDriver``; what they claim in their own calls is theirs.
    ///   - feed: called while it runs.
    ///   - isWarm: whether everything that the stream holds has come once.
    static func check(
        _ name: String, libraries: [String] = [], rings: Rings = Rings(), _ makeDriver: (Waker) -> any Driver,
        feed: () -> Void = {}, isWarm: (Bench) -> Bool
    ) throws {
        let waker = try Waker()
        let driver = CountingDriver(makeDriver(waker), libraries: libraries)
        let bench = Bench(
            driver, waker: waker, name: name, items: rings.items, samples: rings.samples, wireBytes: rings.wireBytes)
        try bench.runner.open()
        bench.start()
        #expect(
            bench.wait {
                feed()
                return isWarm(bench)
            }, "not all that is to be counted came")
        let before = Carried(bench)
        driver.startCounting()
        #expect(
            bench.wait {
                feed()
                let now = Carried(bench)
                return now.items - before.items > 2 * rings.items && now.samples - before.samples > 2 * rings.samples
                    && now.bytes - before.bytes > 2 * rings.wireBytes
            }, "the rings did not turn over")
        bench.runner.stop()
        let counts = driver.counts
        #expect(counts.reads >= 20)
        let own = driver.own
        #expect(own.claimed == 0 && own.released == 0, "\(counts)")
    }

    /// Adds to a list in every read, as a careless driver would.
    private final class Careless: Driver {
        private let driver: ConsoleDriver
        private var list: [[UInt8]] = []

        init(_ driver: ConsoleDriver) { self.driver = driver }

        var longestSilence: Double? { nil }
        var readSize: Int { driver.readSize }
        func open(tap: WireTap) throws(TransportError) -> OpenedDevice { try driver.open(tap: tap) }
        func start(_ device: OpenedDevice, tap: WireTap) throws(TransportError) {}
        func serve(_ device: OpenedDevice, tap: WireTap) throws(TransportError) {
            list.append([UInt8](repeating: 1, count: 100))
            if list.count == 8 { list = [] }
        }
        func stop(_ device: OpenedDevice, tap: WireTap) {}
    }

    @Test func `what a careless driver claims and releases is seen`() throws {
        let feed = try ConsoleFeed()
        let waker = try Waker()
        let driver = CountingDriver(Careless(ConsoleDriver(feed, waker: waker)))
        let bench = Bench(driver, waker: waker, name: "hcareless")
        try bench.runner.open()
        driver.startCounting()
        bench.start()
        #expect(
            bench.wait {
                feed.marker("x")
                return bench.sink.texts.count > 100
            })
        bench.runner.stop()
        let counts = driver.counts
        // One list a read and one for the lists in eight; all but the last eight are given back.
        #expect(counts.claimed >= UInt64(counts.reads) && counts.released >= UInt64(counts.reads) - 8, "\(counts)")
    }

    private final class Flag: Sendable { let isSet = Atomic<Bool>(false) }

    /// Takes a simulator to its thread.
    private final class Moved<Simulator>: @unchecked Sendable {
        // Sendable because only the simulator's thread uses it after it was made.
        var simulator: Simulator
        init(_ simulator: Simulator) { self.simulator = simulator }
    }

    /// Each kind of damage again and again; nothing that takes the device away.
    private static let plan = FaultPlan(
        seed: 4,
        [
            .init(.drop, every: 50), .init(.duplicate, every: 31), .init(.corrupt, every: 47, byte: 0),
            .init(.cut, every: 83, count: 6),
            .init(.noise, every: 71, count: 40), .init(.counter, every: 90, count: 5), .init(.burst, every: 64, count: 8),
        ])

    /// Whether blocks and the events of all kinds of damage have come.
    private static func isDamaged(_ bench: Bench) -> Bool { bench.sink.blocks.count > 100 && bench.sink.events.count > 12 }

    private func serial(_ name: String, _ firmware: some SimulatedFirmware, _ makeDriver: (String, Waker) -> any Driver) throws
    {
        let link = NSTemporaryDirectory() + "larmor-heap-\(ProcessInfo.processInfo.processIdentifier)-\(name)"
        let done = Flag()
        let moved = Moved(try SerialSimulator(firmware, link: link, plan: Self.plan))
        let thread = try WorkerThread("simulator") { try? moved.simulator.serve { done.isSet.load(ordering: .acquiring) } }
        defer {
            done.isSet.store(true, ordering: .releasing)
            thread.join()
            unlink(link)
        }
        try Self.check(name, { makeDriver(link, $0) }, isWarm: Self.isDamaged)
    }

    private let source = CountingSource(channels: 32, step: 0, period: 16)

    @Test(arguments: [false, true]) func `Cyton on a pseudo-terminal`(hasDaisy: Bool) throws {
        try serial("hcyton\(hasDaisy ? 2 : 1)", CytonFirmware(source: source, hasDaisy: hasDaisy)) {
            CytonDriver(name: "d", port: $0, waker: $1)
        }
    }

    @Test func `ThinkGear on a pseudo-terminal`() throws {
        try serial("hgear", ThinkGearFirmware(source: source)) { ThinkGearDriver(name: "d", port: $0, waker: $1) }
    }

    @Test func `FreeEEG32 on a pseudo-terminal`() throws {
        try serial("hfree", FreeEEG32Firmware(source: source)) { FreeEEG32Driver(name: "d", port: $0, waker: $1) }
    }

    private func tcp(
        _ name: String, _ firmware: some SimulatedFirmware, _ makeDriver: (String, Waker) -> any Driver,
        isWarm: (Bench) -> Bool
    ) throws {
        let done = Flag()
        let moved = Moved(try TCPSimulator(firmware, plan: Self.plan))
        let thread = try WorkerThread("simulator") { moved.simulator.serve { done.isSet.load(ordering: .acquiring) } }
        defer {
            done.isSet.store(true, ordering: .releasing)
            thread.join()
        }
        let address = moved.simulator.address
        try Self.check(name, { makeDriver(address, $0) }, isWarm: isWarm)
    }

    @Test(arguments: [false, true]) func `RDA with markers over TCP`(isFloat: Bool) throws {
        let firmware = RDAFirmware(
            source: source, names: ["a", "b", "c", "d"], points: 5, isFloat: isFloat, markerEvery: 3)
        try tcp("hrda\(isFloat)", firmware, { RDADriver(name: "d", port: $0, waker: $1) }) {
            Self.isDamaged($0) && $0.sink.texts.count > 10
        }
    }

    @Test func `RigLink sensor board over TCP`() throws {
        try tcp("hboard", RigLinkBoard(), { RigLinkDriver(name: "d", port: $0, waker: $1) }, isWarm: Self.isDamaged)
    }

    @Test func `RigLink film over TCP: drive frames and resets go out, states come back`() throws {
        let done = Flag()
        let server = Moved(
            try FilmServer(port: 0) {
                try FilmFirmware([
                    MacroCellFilmConfiguration(rows: 2, columns: 2, material: .nickel, damping: 0.4, stepsPerInput: 5)
                ])
            })
        let address = server.simulator.address
        let thread = try WorkerThread("film") { try? server.simulator.serve { done.isSet.load(ordering: .acquiring) } }
        defer {
            done.isSet.store(true, ordering: .releasing)
            thread.join()
        }
        var film: RigLinkDriver?
        var counter: UInt64 = 0
        try Self.check("hfilm") { waker in
            let driver = RigLinkDriver(name: "d", port: address, waker: waker)
            film = driver
            return driver
        } feed: {
            guard let queue = film?.driveQueue else { return }
            if counter % 100 == 0 { _ = queue.reset(seed: counter) }
            let fields = (0..<4).map { 0.02 * Float(counter % 7) + 0.001 * Float($0) }
            if fields.withUnsafeBufferPointer({ queue.send(counter: counter, $0) }) { counter += 1 }
        } isWarm: {
            $0.sink.frames(0) > 100
        }
    }

    @Test func `console: prompts and markers`() throws {
        let feed = try ConsoleFeed()
        var number = 0
        try Self.check("hconsole") {
            ConsoleDriver(feed, waker: $0)
        } feed: {
            feed.prompt("Say the word number \(number) after the tone, please.")
            feed.marker("müde")
            number += 1
        } isWarm: {
            $0.sink.texts.count > 10
        }
    }

    @Test(.enabled(if: LSLStand.isThere, "needs pylsl in the interpreter that LARMOR_PYTHON names"))
    func `LSL numbers: nothing at all, nor in liblsl`() throws {
        let stand = DeviceStand(.lsl)
        stand.plug()
        try Self.check("hlsl") {
            stand.makeDriver(waker: $0)
        } isWarm: {
            $0.sink.frames(0) > 50 && $0.sink.clockOffsets.count > 0
        }
    }

    /// liblsl hands each text over in memory that it claims; what is asserted is this side of its functions.
    @Test(.enabled(if: LSLStand.hasLibrary, "needs liblsl: LARMOR_LIBLSL, or LARMOR_PYTHON with pylsl"))
    func `LSL markers: nothing on this side of liblsl`() throws {
        let name = LSLStand.name("heap-markers")
        let outlet = try LSLOutlet(
            StreamDescription(
                name: name, kind: .markers, channels: ["a", "b"].map { .init(label: $0, unit: .unspecified) }, nominalRate: 0,
                device: "stand", isText: true))
        try Self.check("hlsltext", libraries: Self.ofLSL) {
            LSLDriver(name: "d", query: LSLQuery(name: name), waker: $0)
        } feed: {
            outlet.push(["Stimulus, and a text that is longer than a short string", "S  1"], at: .now())
        } isWarm: {
            $0.sink.texts.count > 50
        }
    }

    /// Also of a liblsl that is linked against the system's C++ library.
    private static let ofLSL = ["liblsl", "libstdc++"]
}

extension SoundCardTests {
    /// libasound with its file plug-in, and with a sound server behind it.
    @Suite(.enabled(if: CountingDriver.isPossible, "a sanitizer has the heap"))
    struct ALSAAllocationTests {
        @Test(
            .enabled(if: ALSAFilePlugin.isThere, "needs alsa.conf of libasound2-data"), arguments: ALSATransport.Access.allCases
        )
        func `ALSA's file plug-in: nothing at all, nor in libasound`(access: ALSATransport.Access) throws {
            ALSAFilePlugin.use()
            try AllocationTests.check(
                "halsa\(access)", rings: .init(items: 64, samples: 1 << 16, wireBytes: 1 << 17)
            ) {
                ALSADriver(name: "d", port: ALSAFilePlugin.device, rate: 48_000, channels: 2, access: access, waker: $0)
            } isWarm: {
                $0.sink.blocks.count > 20
            }
        }

        @Test(.enabled(if: ALSAConformanceTests.hasPulseAudio, "needs pulseaudio"))
        func `ALSA with a sound server: nothing on this side of libasound`() throws {
            let server = try PulseAudioServer()
            defer { server.stop() }
            setenv("ALSA_CONFIG_PATH", server.alsaConfiguration, 1)
            try AllocationTests.check("hpulse", libraries: ["libasound", "libpulse"]) {
                ALSADriver(name: "d", port: PulseAudioServer.device, rate: 16_000, channels: 1, waker: $0)
            } isWarm: {
                $0.sink.blocks.count > 20
            }
        }
    }
}
