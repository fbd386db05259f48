import Protocols
public import Signals
public import Transports

/// A change of knobs: what was asked, what was set, what was read back.
public struct KnobChange: Sendable, Equatable, Codable {
    public var asked: [Double]
    /// Within all limits.
    public var set: [Double]
    /// From the devices, when they had settled.
    public var read: [Double]
    public var clipped: Int
    public var refused: Int
    public var isJointLimited: Bool
    /// Messages in which the knobs went there.
    public var steps: Int
    /// Rig time that it took.
    public var seconds: Double

    package init(
        asked: [Double], set: [Double], read: [Double], clipped: Int, refused: Int, isJointLimited: Bool, steps: Int,
        seconds: Double
    ) {
        (self.asked, self.set, self.read, self.clipped, self.refused) = (asked, set, read, clipped, refused)
        (self.isJointLimited, self.steps, self.seconds) = (isJointLimited, steps, seconds)
    }
}

/// The only way to a rig's knobs: limits, joint limits and rates are kept here, below whoever tunes, at every step of a change.
///
/// The start values are what the devices read back when the doors open. They are in the journal, on the disk, before the first change, and
/// ``restore()`` brings the knobs back to them.
public final class KnobDoors {
    public let devices: [KnobbedDevice]
    public let panel: KnobPanel
    public let start: [Double]
    /// What was sent last.
    public private(set) var sent: [Double]
    /// Wishes beyond limits, that were no numbers, and that a joint limit cut short, since the opening.
    public private(set) var clipped = 0
    public private(set) var refused = 0
    public private(set) var jointLimited = 0

    private let guardian: KnobGuard
    private let clock: any HostClock
    private let first: [Int]
    private var lastSent: HostTime
    private var journal: (path: String, plan: String)?
    private var isJournalled = false

    /// Seconds between two steps of a change.
    public static let tick = 0.05
    /// How far a knob that is read back may be from its target, as a share of its range.
    public static let tolerance = 0.005
    /// Seconds that a device may need beyond what its rates say.
    private static let grace = 2.0

    /// - Parameters:
    ///   - devices: with knobs, open.
    ///   - narrowed: the devices' panel, where a person has narrowed its limits.
    /// - Throws: `TransportError`.
    public init(
        _ devices: [KnobbedDevice], narrowed: KnobPanel? = nil, clock: any HostClock = MonotonicClock()
    ) throws(TransportError) {
        self.devices = devices
        panel = narrowed ?? KnobPanel(devices.map { ($0.name, $0.knobs) })
        guardian = KnobGuard(panel)
        self.clock = clock
        var (first, count) = ([Int](), 0)
        for device in devices {
            first.append(count)
            count += device.knobs.knobs.count
        }
        self.first = first
        // Opening has sent the knobs to rest; where they were on the way, the start is where they end.
        var targets: [Double] = []
        for device in devices { targets += try device.ask().values.map(\.target) }
        (start, sent, lastSent) = (targets, targets, clock.now())
    }

    /// Where the start values are kept from the first change on.
    public func keepJournal(at path: String, plan: String) { journal = (path, plan) }

    /// Where all knobs are. Changes nothing.
    public func read() throws(TransportError) -> [Double] {
        var values: [Double] = []
        for device in devices { values += try device.ask().values.map(\.now) }
        return values
    }

    /// Sends the knobs on their way by one step, as far as the time since the last step allows. For whoever is in a hurry.
    /// - Returns: what was sent.
    @discardableResult
    public func nudge(_ asked: [Double]) throws -> [Double] {
        let admission = admit(asked)
        try step(to: admission.values)
        return sent
    }

    /// Brings the knobs to what is asked, within all limits, step by step, and reads them back.
    /// - Throws: `TransportError` when a device is lost, ``TuningError`` when it refuses or does not get there.
    public func apply(_ asked: [Double]) throws -> KnobChange {
        let begin = clock.now()
        let admission = admit(asked)
        var steps = 0
        while sent != admission.values {
            // The first step after a long rest shall not be a leap: a change begins with its first tick.
            lastSent = max(lastSent, clock.now() + -Self.tick)
            try step(to: admission.values)
            steps += 1
            if sent != admission.values { clock.sleep(Self.tick) }
        }
        let read = try settled()
        return KnobChange(
            asked: asked, set: admission.values, read: read, clipped: admission.clipped, refused: admission.refused,
            isJointLimited: admission.isJointLimited, steps: steps, seconds: clock.now() - begin)
    }

    private func admit(_ asked: [Double]) -> KnobGuard.Admission {
        let admission = guardian.admit(asked, from: sent)
        clipped += admission.clipped
        refused += admission.refused
        if admission.isJointLimited { jointLimited += 1 }
        return admission
    }

    private func step(to goal: [Double]) throws {
        if !isJournalled, let journal {
            try KnobJournal(panel, start: start, plan: journal.plan).write(to: journal.path)
            isJournalled = true
        }
        let now = clock.now()
        let next = guardian.step(from: sent, to: goal, seconds: now - lastSent)
        for (device, first) in zip(devices, first) {
            let entries = device.knobs.knobs.indices.compactMap { index -> RigLinkKnobSetting.Entry? in
                next[first + index] == sent[first + index] ? nil : .init(knob: index, value: next[first + index])
            }
            guard !entries.isEmpty else { continue }
            guard try device.set(entries).outcome == .taken else { throw TuningError(.refused(device: device.name)) }
        }
        (sent, lastSent) = (next, now)
    }

    /// Waits until every knob is read back where it was sent.
    private func settled() throws -> [Double] {
        var waited = 0.0
        // A device's knobs may still come from where they were before.
        let most = Self.grace + guardian.seconds(from: try read(), to: sent)
        while true {
            let found = try read()
            let far = panel.knobs.indices.first { index in
                let range = panel.knobs[index].highest - panel.knobs[index].lowest
                return !(abs(found[index] - sent[index]) <= Self.tolerance * range)
            }
            guard let far else { return found }
            guard waited < most else {
                throw TuningError(.notReached(knob: panel.knobs[far].fullName, asked: sent[far], read: found[far]))
            }
            clock.sleep(Self.tick)
            waited += Self.tick
        }
    }

    /// Brings the knobs back to their start and reads them back; opens a device again that was lost. Then the journal goes.
    /// - Throws: ``TuningError`` that says what could not be done; the journal stays.
    @discardableResult
    public func restore() throws -> KnobChange {
        do {
            return try restored()
        } catch is TransportError {
            do {
                // Who opens sends the knobs to rest.
                for device in devices { try device.reopen() }
                var targets: [Double] = []
                for device in devices { targets += try device.ask().values.map(\.target) }
                sent = targets
                return try restored()
            } catch {
                throw TuningError(.notRestored(cause: "\(error)", journal: journal?.path ?? "no journal"))
            }
        } catch {
            throw TuningError(.notRestored(cause: "\(error)", journal: journal?.path ?? "no journal"))
        }
    }

    private func restored() throws -> KnobChange {
        let change = try apply(start)
        if isJournalled, let journal {
            KnobJournal.remove(journal.path)
            isJournalled = false
        }
        return change
    }

    /// Brings the knobs to the start values of a journal that was left behind, and removes it.
    public func undo(_ journal: KnobJournal, file: String) throws -> KnobChange {
        let change = try apply(journal.values(for: panel, file: file))
        KnobJournal.remove(file)
        return change
    }

    public func close() { for device in devices { device.close() } }
}
