public import Protocols
public import Signals

/// A knob of a rig: what its device says of it, and which device and film it belongs to.
public struct RigKnob: Sendable, Equatable, Codable {
    public var device: String
    /// As the device calls it.
    public var name: String
    /// The same for knobs of one sort, as "bias_field".
    public var kind: String
    /// The film that it belongs to, counted over all devices from 0. A knob of a whole device belongs to the device's first film.
    public var film: Int
    public var unit: Unit
    public var lowest: Double
    public var highest: Double
    /// Unit per second; 0 for no limit.
    public var largestRate: Double
    /// Where the device brings it by itself when nobody talks to it.
    public var rest: Double

    /// "DEVICE.NAME".
    public var fullName: String { device + "." + name }
}

/// All knobs of a rig, device after device, with the limits that several keep together.
public struct KnobPanel: Sendable, Equatable, Codable {
    public private(set) var knobs: [RigKnob] = []
    /// Weights are for all knobs of the rig.
    public private(set) var joint: [RigLinkKnobs.JointLimit] = []
    public private(set) var films = 0

    /// The limits that several knobs keep together, for people.
    public var jointLimits: [(name: String, highest: Double)] { joint.map { ($0.name, $0.highest) } }

    /// - Parameter devices: names, and what each device says of its knobs.
    public init(_ devices: [(name: String, knobs: RigLinkKnobs)]) {
        let count = devices.reduce(0) { $0 + $1.knobs.knobs.count }
        for (name, device) in devices {
            let first = knobs.count
            for knob in device.knobs {
                knobs.append(
                    RigKnob(
                        device: name, name: knob.name, kind: knob.kind, film: films + (knob.part ?? 0), unit: knob.unit,
                        lowest: knob.lowest, highest: knob.highest, largestRate: knob.largestRate, rest: knob.rest))
            }
            for limit in device.joint {
                var weights = [Double](repeating: 0, count: count)
                for (place, weight) in limit.weights.enumerated() { weights[first + place] = weight }
                joint.append(.init(name: name + "." + limit.name, highest: limit.highest, weights: weights))
            }
            films += 1 + (device.knobs.compactMap(\.part).max() ?? 0)
        }
    }

    /// Narrows the limits of some knobs: a person's limits are added to the device's, never put in their place.
    /// - Throws: ``TuningError`` where nothing would be left between them, or the device's rest value would be outside.
    public mutating func narrow(_ index: Int, to range: ClosedRange<Double>, rate: Double?) throws(TuningError) {
        let knob = knobs[index]
        let (low, high) = (max(knob.lowest, range.lowerBound), min(knob.highest, range.upperBound))
        guard low <= knob.rest, knob.rest <= high else {
            throw TuningError(
                .restOutside(knob: knob.fullName, rest: knob.rest, lowest: range.lowerBound, highest: range.upperBound))
        }
        (knobs[index].lowest, knobs[index].highest) = (low, high)
        if let rate { knobs[index].largestRate = knob.largestRate > 0 ? min(knob.largestRate, rate) : rate }
    }
}
