public import Devices
import Protocols
public import Rigs
import Signals
import Transports

/// Opens every device of a rig, lets it stream for a while and looks at what comes.
///
/// A device that cannot be opened fails the check and does not keep the others from being checked.
public final class RigCheck {
    /// What was learned from one device.
    public struct DeviceResult: Encodable, Sendable {
        public var name: String
        /// How it was reached.
        public var backend: String
        /// What its driver learned from it or agreed on with it when it was opened, by ``DeviceProperty/key``.
        public var properties: [DeviceProperty]
        /// Why it could not be opened; nil when it could.
        public var error: String?
        /// Events by name: garbage_skipped, duplicate_dropped, overrun, lost, … with the sums of their values or their number.
        public var events: [String: UInt64]

        enum CodingKeys: String, CodingKey { case name, backend, properties, error, events }

        private struct PropertyKey: CodingKey {
            var stringValue: String
            var intValue: Int? { nil }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(name, forKey: .name)
            try container.encode(backend, forKey: .backend)
            try container.encodeIfPresent(error, forKey: .error)
            try container.encode(events, forKey: .events)
            var values = container.nestedContainer(keyedBy: PropertyKey.self, forKey: .properties)
            for property in properties {
                let key = PropertyKey(stringValue: property.key)
                switch property.value {
                case .text(let text): try values.encode(text, forKey: key)
                case .number(let number): try values.encode(number, forKey: key)
                case .numbers(let numbers): try values.encode(numbers, forKey: key)
                case .flag(let isSet): try values.encode(isSet, forKey: key)
                }
            }
        }
    }

    /// What a check found.
    public struct Report: Encodable, Sendable {
        /// How long the devices were read.
        public var seconds: Double
        public var devices: [DeviceResult]
        public var streams: [StreamCheckResult]
        /// Whether all is well.
        public var pass: Bool
    }

    private struct Running {
        let device: Rig.Device
        let runner: DeviceRunner
        let ring: SampleRing
        /// As the first opening found them.
        let properties: [DeviceProperty]
        var checks: [StreamCheck]
        var events: [String: UInt64] = [:]
        /// For impedances: channels that are driven, and what they deliver.
        let leadOff: [Int]
        var driven: [Float] = []
    }

    private var running: [Running] = []
    private var failed: [DeviceResult] = []
    private var scratch: UnsafeMutableBufferPointer<Float>
    private var begin = HostTime.now()

    /// Opens the rig's devices.
    /// - Parameter ports: where each device is.
    /// - Throws: ``SettingsError`` for a setting that a driver does not have.
    public init(_ rig: Rig, ports: [String: String]) throws {
        scratch = .allocate(capacity: 0)
        let rig = try rig.matched {
            failed.append(.init(name: $0.name, backend: "", properties: [], error: "\($1)", events: [:]))
        }
        for device in rig.devices {
            let waker = try Waker()
            let driver = try rig.makeDriver(device, port: ports[device.name] ?? "", waker: waker)
            let runner = DeviceRunner(name: device.name, driver: driver, waker: waker)
            do {
                try rig.open(runner, device)
            } catch {
                failed.append(.init(name: device.name, backend: "", properties: [], error: "\(error)", events: [:]))
                continue
            }
            let off = Set(driver.channelsOff.map { "\($0)" })
            running.append(
                Running(
                    device: device, runner: runner, ring: SampleRing(for: runner.streams),
                    properties: runner.configuration?.properties ?? [],
                    checks: runner.streams.map { StreamCheck($0, off: off) }, leadOff: driver.channelsDriven))
        }
        scratch.deallocate()
        scratch = .allocate(capacity: SampleRing.largestItem(running.flatMap { $0.checks.map(\.description) }))
    }

    deinit { scratch.deallocate() }

    public func start() {
        begin = .now()
        for entry in running { entry.runner.start(rings: [entry.ring], wire: nil) }
    }

    /// Takes what has come; to be called at least once a second.
    public func collect() {
        for index in running.indices {
            while let item = running[index].ring.take(into: scratch) {
                if let event = item.event {
                    note(event, index)
                    continue
                }
                guard item.kind != .clockOffset else { continue }
                let values = UnsafeBufferPointer(rebasing: UnsafeBufferPointer(scratch)[0..<item.sampleCount])
                running[index].checks[Int(item.stream)].take(item, values)
                if item.stream == 0, !running[index].leadOff.isEmpty { running[index].driven += values }
            }
        }
    }

    private func note(_ event: DeviceEvent, _ index: Int) {
        switch event.code {
        case .started, .stopped: return
        case .reconnected:
            for stream in running[index].checks.indices { running[index].checks[stream].deviceReturned() }
        default: break
        }
        let isCounted = [.garbageSkipped, .duplicateDropped, .corruptDropped].contains(event.code)
        running[index].events[event.code.name, default: 0] += isCounted ? event.value : 1
    }

    /// Stops the devices and sums up.
    public func stop() -> Report {
        for entry in running { entry.runner.stop() }
        let seconds = HostTime.now() - begin
        collect()
        var devices = failed
        var streams: [StreamCheckResult] = []
        for index in running.indices {
            let entry = running[index]
            devices.append(
                .init(
                    name: entry.device.name, backend: entry.runner.backend, properties: entry.properties,
                    error: entry.runner.isStarted ? nil : entry.runner.failure?.description, events: entry.events))
            for stream in entry.checks.indices {
                var check = entry.checks[stream]
                check.addRefused(entry.ring.refusedFrames(stream: stream))
                var result = check.result()
                if stream == 0 { result.impedanceKohm = impedances(entry, check.description) }
                streams.append(result)
            }
        }
        let isWhole =
            failed.isEmpty
            && running.allSatisfy {
                $0.runner.isStarted && $0.events["lost"] == nil && $0.events["overrun"] == nil
            }
        return Report(
            seconds: seconds, devices: devices, streams: streams, pass: isWhole && streams.allSatisfy(\.pass))
    }

    private func impedances(_ entry: Running, _ description: StreamDescription) -> [StreamCheckResult.Impedance] {
        entry.leadOff.filter { $0 <= description.channelCount }.compactMap { channel in
            let volts = stride(from: channel - 1, to: entry.driven.count, by: description.channelCount).map {
                entry.driven[$0]
            }
            guard let ohms = CytonImpedance.ohms(volts, rate: description.nominalRate) else { return nil }
            return .init(channel: description.channels[channel - 1].label, kohm: ohms / 1000)
        }
    }
}
