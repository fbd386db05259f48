/// How a reservoir takes its inputs: an optional block after the streams of a ``RigLinkDescriptor``.
///
/// Whoever compares a film on the wire with another one must know these; the states depend on them.
public struct RigLinkTiming: Equatable, Sendable, Codable {
    /// When drive and state belong to an input.
    public enum Ordering: UInt8, Sendable, Codable {
        /// The drive acts from the first step of its input on, and the answer is the state after the last one.
        case heldThenRead = 0
        /// As the founding study's program: the drive changes one step before its input's last one, and the answer is the
        /// state two steps before the next input's end.
        case study = 1
    }

    /// "macro-cell", "continuum"; "physical" for a film on the bench.
    public var model: String
    /// Seconds per step of the integration; for a film on the bench those during which one input is held.
    public var timeStep_s: Double
    /// Steps during which one input is held.
    public var stepsPerInput: UInt32
    /// The stray field is computed again every so many steps; 0: in every evaluation of the field.
    public var refreshSteps: UInt32
    /// When drive and state belong to an input.
    public var ordering: Ordering

    public init(
        model: String, timeStep_s: Double, stepsPerInput: UInt32, refreshSteps: UInt32, ordering: Ordering = .heldThenRead
    ) {
        (self.model, self.timeStep_s, self.stepsPerInput) = (model, timeStep_s, stepsPerInput)
        (self.refreshSteps, self.ordering) = (refreshSteps, ordering)
    }

    /// The block's number among the extensions of a descriptor.
    static let tag: UInt8 = 1

    var content: [UInt8] {
        var writer = ByteWriter()
        writer.write(model)
        writer.write(timeStep_s)
        writer.write(stepsPerInput)
        writer.write(refreshSteps)
        writer.write(ordering.rawValue)
        return writer.bytes
    }

    /// nil when it is cut, has a step that is not finite or negative, no steps, or an order that is not known.
    init?(_ content: UnsafeRawBufferPointer) {
        var reader = ByteReader(content)
        guard let model = reader.readText(), let step = reader.readDouble(), let steps = reader.read(UInt32.self),
            let refresh = reader.read(UInt32.self), let ordering = reader.read(UInt8.self).flatMap(Ordering.init(rawValue:))
        else { return nil }
        self.init(model: model, timeStep_s: step, stepsPerInput: steps, refreshSteps: refresh, ordering: ordering)
        do throws(InvalidField) { try check("timing") } catch { return nil }
    }

    func check(_ place: String) throws(InvalidField) {
        try InvalidField.check(
            timeStep_s.isFinite && timeStep_s >= 0, place + ".timeStep_s", "\(timeStep_s)", "a finite number from 0 on")
        try InvalidField.check(stepsPerInput > 0, place + ".stepsPerInput", "\(stepsPerInput)", "1 or more")
    }
}
