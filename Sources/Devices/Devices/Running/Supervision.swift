public import Signals

/// When a device is opened, given up for a while and tried again. Pure: time comes in as an argument.
///
/// The wait grows from 0.1 s to 0.5 s, so that a device is back within a second of its return plus the time that
/// opening takes.
public struct Supervision: Sendable {
    /// What the device's thread is to do now.
    public enum Action: Equatable, Sendable {
        /// Open the device.
        case open
        /// Wait; the next attempt is due then.
        case wait(until: HostTime)
        /// Read.
        case stream
        /// End.
        case finish
    }

    private enum State: Equatable, Sendable {
        /// The first opening is due.
        case closed
        case streaming
        /// Lost; the next attempt is due at a time.
        case waiting(until: HostTime, attempt: Int)
        case stopped
    }

    private var state = State.closed
    /// How often the device was opened.
    public private(set) var openings: UInt64 = 0

    public init() {}

    /// What is to be done now.
    public func action(at now: HostTime) -> Action {
        switch state {
        case .closed: .open
        case .streaming: .stream
        case .waiting(let until, _): now >= until ? .open : .wait(until: until)
        case .stopped: .finish
        }
    }

    /// The device streams.
    /// - Returns: the event to report: started the first time, reconnected (with the number of attempts) later.
    public mutating func deviceOpened(at now: HostTime) -> DeviceEvent? {
        var attempts: UInt64 = 1
        switch state {
        case .stopped, .streaming: return nil
        case .closed: break
        case .waiting(_, let attempt): attempts = UInt64(attempt)
        }
        state = .streaming
        openings += 1
        return openings == 1
            ? DeviceEvent(code: .started, value: openings, hostTime: now)
            : DeviceEvent(code: .reconnected, value: attempts, hostTime: now)
    }

    /// An attempt to open failed.
    public mutating func openingFailed(at now: HostTime) {
        guard case .waiting(_, let attempt) = state else { return }
        state = .waiting(until: now + Self.pause(after: attempt), attempt: attempt + 1)
    }

    /// The transport failed while streaming.
    public mutating func deviceLost(at now: HostTime, errorNumber: Int32) -> DeviceEvent? {
        guard state == .streaming else { return nil }
        state = .waiting(until: now + Self.pause(after: 0), attempt: 1)
        return DeviceEvent(code: .lost, value: UInt64(max(0, errorNumber)), hostTime: now)
    }

    /// The owner wants no more. Legal in every state; the second time nothing is reported.
    public mutating func stopRequested(at now: HostTime) -> DeviceEvent? {
        guard state != .stopped else { return nil }
        state = .stopped
        return DeviceEvent(code: .stopped, value: 0, hostTime: now)
    }

    private static func pause(after attempt: Int) -> Double { min(0.5, 0.1 * Double(attempt + 1)) }
}
