public import Signals

/// The knobs of a device: named settings that a host may change, with their limits. An optional block after the streams of a
/// ``RigLinkDescriptor``.
public struct RigLinkKnobs: Equatable, Sendable, Codable {
    /// One setting.
    public struct Knob: Equatable, Sendable, Codable {
        /// Unique within the device.
        public var name: String
        /// What it is, the same for all knobs of a sort: "drive_scale", "bias_field", "leak", "input_gain".
        public var kind: String
        /// The film or channel that it belongs to, from 0; nil for one of the whole device.
        public var part: Int?
        public var unit: Unit
        public var lowest: Double
        public var highest: Double
        /// Largest change in a second; 0 for no limit.
        public var largestRate: Double
        /// What the device goes back to by itself: after power-up, hello, stop and a lost link.
        public var rest: Double

        public init(
            name: String, kind: String, part: Int? = nil, unit: Unit, lowest: Double, highest: Double, largestRate: Double,
            rest: Double
        ) {
            (self.name, self.kind, self.part, self.unit) = (name, kind, part, unit)
            (self.lowest, self.highest, self.largestRate, self.rest) = (lowest, highest, largestRate, rest)
        }
    }

    /// A limit of several knobs together: Σ weight · |value| ≤ highest.
    public struct JointLimit: Equatable, Sendable, Codable {
        public var name: String
        public var highest: Double
        /// One for each knob, 0 or more.
        public var weights: [Double]

        public init(name: String, highest: Double, weights: [Double]) {
            (self.name, self.highest, self.weights) = (name, highest, weights)
        }

        /// - Parameter values: of all knobs.
        public func load(_ values: [Double]) -> Double {
            zip(weights, values).reduce(0) { $0 + $1.0 * abs($1.1) }
        }
    }

    public var knobs: [Knob]
    public var joint: [JointLimit]

    public init(_ knobs: [Knob], joint: [JointLimit] = []) { (self.knobs, self.joint) = (knobs, joint) }

    /// The block's number among the extensions of a descriptor.
    static let tag: UInt8 = 2

    var content: [UInt8] {
        var writer = ByteWriter()
        writer.write(UInt8(knobs.count))
        for knob in knobs {
            writer.write(knob.name)
            writer.write(knob.kind)
            writer.write(knob.part.map { UInt8($0) } ?? 0xFF)
            writer.write(knob.unit.rawValue)
            for value in [knob.lowest, knob.highest, knob.largestRate, knob.rest] { writer.write(value) }
        }
        writer.write(UInt8(joint.count))
        for limit in joint {
            writer.write(limit.name)
            writer.write(limit.highest)
            for weight in limit.weights { writer.write(weight) }
        }
        return writer.bytes
    }

    /// nil when it is cut or ``check(_:)`` refuses it: a device whose knobs mean nothing has none.
    init?(_ content: UnsafeRawBufferPointer) {
        var reader = ByteReader(content)
        guard let count = reader.read(UInt8.self) else { return nil }
        var knobs: [Knob] = []
        for _ in 0..<count {
            guard let name = reader.readText(), let kind = reader.readText(), let part = reader.read(UInt8.self),
                let unit = reader.readText().flatMap(Unit.init(rawValue:)), let lowest = reader.readDouble(),
                let highest = reader.readDouble(), let rate = reader.readDouble(), let rest = reader.readDouble()
            else { return nil }
            knobs.append(
                Knob(
                    name: name, kind: kind, part: part == 0xFF ? nil : Int(part), unit: unit, lowest: lowest, highest: highest,
                    largestRate: rate, rest: rest))
        }
        guard let limits = reader.read(UInt8.self) else { return nil }
        var joint: [JointLimit] = []
        for _ in 0..<limits {
            guard let name = reader.readText(), let highest = reader.readDouble() else { return nil }
            var weights: [Double] = []
            for _ in knobs {
                guard let weight = reader.readDouble() else { return nil }
                weights.append(weight)
            }
            joint.append(JointLimit(name: name, highest: highest, weights: weights))
        }
        self.init(knobs, joint: joint)
        do throws(InvalidField) { try check("knobs") } catch { return nil }
    }

    /// - Throws: a field that no device can have: no knobs or more than 255, two of one name, limits that are no finite range, a rest value
    ///   outside, a rate below 0, weights that are not one for each knob, or rest values that a joint limit does not allow.
    func check(_ place: String) throws(InvalidField) {
        try InvalidField.check((1...255).contains(knobs.count), place, "\(knobs.count)", "1 to 255 knobs")
        try InvalidField.check(joint.count <= 255, place + ".joint", "\(joint.count)", "255 limits at most")
        var names: Set<String> = []
        for (index, knob) in knobs.enumerated() {
            let place = "\(place)[\(index)]"
            try InvalidField.check(
                !knob.name.isEmpty && knob.name.utf8.count <= 255 && names.insert(knob.name).inserted, place + ".name",
                InvalidField.quoted(knob.name), "a name that no other knob of the device has")
            try InvalidField.check(knob.kind.utf8.count <= 255, place + ".kind", "\(knob.kind.utf8.count) bytes", "255 at most")
            try InvalidField.check(
                knob.lowest.isFinite && knob.highest.isFinite && knob.lowest <= knob.highest, place + ".lowest",
                "\(knob.lowest) to \(knob.highest)", "a finite range")
            try InvalidField.check(
                knob.rest >= knob.lowest && knob.rest <= knob.highest, place + ".rest", "\(knob.rest)",
                "\(knob.lowest) to \(knob.highest)")
            try InvalidField.check(
                knob.largestRate.isFinite && knob.largestRate >= 0, place + ".largestRate", "\(knob.largestRate)",
                "a finite number from 0 on")
            try InvalidField.check((0...254).contains(knob.part ?? 0), place + ".part", "\(knob.part ?? 0)", "0 to 254")
        }
        let rest = knobs.map(\.rest)
        for (index, limit) in joint.enumerated() {
            let place = "\(place).joint[\(index)]"
            try InvalidField.check(
                limit.name.utf8.count <= 255, place + ".name", "\(limit.name.utf8.count) bytes", "255 at most")
            try InvalidField.check(
                limit.weights.count == knobs.count && limit.weights.allSatisfy { $0.isFinite && $0 >= 0 }, place + ".weights",
                "\(limit.weights)", "a finite number from 0 on for each knob")
            try InvalidField.check(limit.highest.isFinite, place + ".highest", "\(limit.highest)", "a finite number")
            try InvalidField.check(
                limit.load(rest) <= limit.highest, place + ".highest", "\(limit.highest)",
                "at least \(limit.load(rest)), which the rest values make")
        }
    }
}

/// Payload of a message that sets knobs; one without entries only asks.
public struct RigLinkKnobSetting: Equatable, Sendable {
    /// One knob's new value.
    public struct Entry: Equatable, Sendable {
        /// Place in the descriptor's list.
        public var knob: Int
        public var value: Double

        public init(knob: Int, value: Double) { (self.knob, self.value) = (knob, value) }
    }

    /// Comes back in the answer.
    public var request: UInt32
    /// At most 255. All are taken, or none.
    public var entries: [Entry]

    public init(request: UInt32, entries: [Entry] = []) { (self.request, self.entries) = (request, entries) }

    public var payload: [UInt8] {
        var writer = ByteWriter()
        writer.write(request)
        writer.write(UInt8(entries.count))
        for entry in entries {
            writer.write(UInt8(entry.knob))
            writer.write(entry.value)
        }
        return writer.bytes
    }

    /// nil when it is cut.
    public init?(_ payload: UnsafeRawBufferPointer) {
        var reader = ByteReader(payload)
        guard let request = reader.read(UInt32.self), let count = reader.read(UInt8.self) else { return nil }
        var entries: [Entry] = []
        for _ in 0..<count {
            guard let knob = reader.read(UInt8.self), let value = reader.readDouble() else { return nil }
            entries.append(Entry(knob: Int(knob), value: value))
        }
        self.init(request: request, entries: entries)
    }
}

/// Payload of a device's answer to ``RigLinkKnobSetting``: what became of it, and where all knobs are.
public struct RigLinkKnobState: Equatable, Sendable {
    public enum Outcome: UInt8, Sendable {
        /// Taken as asked, or nothing was asked for.
        case taken = 0
        /// Taken, with values that were brought within their limits.
        case limited = 1
        /// Nothing was taken: a knob that is not there, a value that is no number, or a joint limit.
        case refused = 2
    }

    /// One knob, in the order of the descriptor.
    public struct Value: Equatable, Sendable {
        /// What it heads for, no faster than its rate.
        public var target: Double
        /// What is read back now.
        public var now: Double

        public init(target: Double, now: Double) { (self.target, self.now) = (target, now) }
    }

    public var request: UInt32
    public var outcome: Outcome
    public var values: [Value]

    public init(request: UInt32, outcome: Outcome, values: [Value]) {
        (self.request, self.outcome, self.values) = (request, outcome, values)
    }

    public var payload: [UInt8] {
        var writer = ByteWriter()
        writer.write(request)
        writer.write(outcome.rawValue)
        writer.write(UInt8(values.count))
        for value in values {
            writer.write(value.target)
            writer.write(value.now)
        }
        return writer.bytes
    }

    /// nil when it is cut, or its outcome is not known.
    public init?(_ payload: UnsafeRawBufferPointer) {
        var reader = ByteReader(payload)
        guard let request = reader.read(UInt32.self), let outcome = reader.read(UInt8.self).flatMap(Outcome.init(rawValue:)),
            let count = reader.read(UInt8.self)
        else { return nil }
        var values: [Value] = []
        for _ in 0..<count {
            guard let target = reader.readDouble(), let now = reader.readDouble() else { return nil }
            values.append(Value(target: target, now: now))
        }
        self.init(request: request, outcome: outcome, values: values)
    }
}
