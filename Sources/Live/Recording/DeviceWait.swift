import Devices
public import Failures
public import Rigs
public import Transports

/// Looks for the devices of a rig that are not there yet, before it is opened: a device that was seen once is not opened again by it.
public struct DeviceWait {
    private let rig: Rig
    private let ports: [String: String]
    private var unseen: [Rig.Device]

    /// - Parameter ports: where each device is.
    public init(_ rig: Rig, ports: [String: String]) {
        self.rig = rig
        self.ports = ports
        unseen = rig.devices
    }

    /// Whether time may mend it: a device that may still be plugged in, switched on or let go by another program.
    public static func isWorthIt(_ error: TransportError) -> Bool {
        [.absent, .gone, .timeout, .busy, .permission, .failed].contains(error.code)
    }

    /// Tries each device that was not seen yet: opens it and closes it again.
    /// - Parameter goesOn: asked between two devices.
    /// - Returns: those that are missing, with the reasons; empty once every device was seen.
    /// - Throws: an error that no time mends.
    public mutating func look(_ goesOn: () -> Bool = { true }) throws -> [MissingDevices.Device] {
        var missing: [MissingDevices.Device] = []
        var left: [Rig.Device] = []
        for device in unseen {
            guard goesOn() else {
                left.append(device)
                continue
            }
            do {
                try open(device)
            } catch let error as TransportError where Self.isWorthIt(error) {
                left.append(device)
                missing.append(.init(name: device.name, cause: "\(error)"))
            }
        }
        unseen = left
        return missing
    }

    private func open(_ device: Rig.Device) throws {
        if try rig.matches(of: device, beside: []) != nil { return }
        let waker = try Waker()
        let driver = try rig.makeDriver(device, port: ports[device.name] ?? "", waker: waker)
        let runner = DeviceRunner(name: device.name, driver: driver, waker: waker)
        defer { runner.stop() }
        try rig.open(runner, device)
    }
}

/// Devices that were waited for and did not come.
public struct MissingDevices: Failure, Equatable {
    public struct Device: Sendable, Equatable {
        /// In the rig.
        public var name: String
        /// Why it cannot be opened.
        public var cause: String

        public init(name: String, cause: String) {
            self.name = name
            self.cause = cause
        }
    }

    public var devices: [Device]
    /// How long they were waited for.
    public var seconds: Double

    public init(devices: [Device], seconds: Double) {
        self.devices = devices
        self.seconds = seconds
    }

    public var kind: FailureKind { .unavailable }

    public var description: String {
        let names = devices.map(\.name).joined(separator: ", ")
        let causes = devices.map { "\($0.name): \($0.cause)" }.joined(separator: "\n  ")
        let time = seconds == seconds.rounded() && seconds < 1e9 ? "\(Int(seconds))" : "\(seconds)"
        return "still missing after \(time) s: \(names)\n  \(causes)"
    }
}
