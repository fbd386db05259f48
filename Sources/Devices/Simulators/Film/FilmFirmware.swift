public import MagneticFilm
public import Protocols
import Signals

/// An array of films behind RigLink: a pure state machine from messages to messages.
///
/// Drive frames have one field per film and cell (tesla, out of plane), shape `[films, cells]`; each is answered by one state
/// frame with the same counter, the unit vectors of all cells, shape `[films, 3, cells]`.
public final class FilmFirmware {
    public let descriptor: RigLinkDescriptor
    private let film: any DrivenFilm
    private var decoder = RigLinkDecoder()
    private var encoder = RigLinkEncoder()
    private var state: [Float]
    private var drive: [Float]
    private var dropped: UInt32 = 0
    /// The knobs as they are now; nil for films alone.
    public private(set) var knobs: KnobBank?
    private var bench: BenchState?
    /// Drive frames that were answered so far.
    public private(set) var answered: UInt64 = 0

    static let queueFrames: UInt32 = 256

    /// Macro-cell films side by side.
    /// - Parameters:
    ///   - configurations: one per film, of equal rows and columns, at 0 K.
    ///   - ordering: when drive and state belong to an input.
    ///   - refreshSteps: of the dipole field; nil is once per input.
    /// - Throws: `FilmError`.
    public convenience init(
        _ configurations: [MacroCellFilmConfiguration], ordering: InputOrdering = .heldThenRead, refreshSteps: Int? = nil,
        bench: FilmBench? = nil
    ) throws(FilmError) {
        let film = try MacroCellFilm<Float>(array: configurations)
        self.init(try ScheduledMacroCellFilm(film, ordering: ordering, refreshSteps: refreshSteps), bench: bench)
    }

    /// Any film, in its initial state. The drive's channels must fit in one message.
    /// - Parameter bench: knobs, heat and drift around the films; nil for films alone.
    public init(_ film: any DrivenFilm, bench: FilmBench? = nil) {
        self.film = film
        let description = bench?.knobs(films: film.films)
        knobs = description.map { KnobBank($0) }
        self.bench = bench.map { BenchState($0, films: film.films) }
        let channels = film.channels
        drive = [Float](repeating: 0, count: channels)
        state = [Float](repeating: 0, count: 3 * channels)
        // A continuum film takes about 5e6 cell-steps a second, each macro-cell film some hundred times as many.
        let cellSteps = Double(channels) * Double(film.timing.stepsPerInput)
        let latency = film.timing.refreshSteps == 0 ? cellSteps / 5 : cellSteps / 500
        descriptor = RigLinkDescriptor(
            maker: "Larmor", model: film.name, serialNumber: "simulated", firmware: "1.1",
            maximumPayload: UInt32(RigLinkDecoder.maximumPayload), queueFrames: Self.queueFrames,
            latency_us: UInt32(min(max(latency, 1000), 1e9)),
            streams: [
                .init(
                    name: "drive", direction: .drive, kind: .drive, rate: 0, channels: channels, labelPrefix: "cell",
                    unit: .tesla),
                .init(
                    name: "state", direction: .out, kind: .magnetisation, rate: 0, answers: 0, channels: 3 * channels,
                    labelPrefix: "m", unit: .dimensionless),
            ], timing: film.timing, knobs: description)
    }

    /// Feeds bytes from the host; `reply` gets whole frames to send back, in order.
    /// - Parameter time: the device's clock in nanoseconds.
    public func receive(_ bytes: UnsafeRawBufferPointer, time: UInt64, reply: ([UInt8]) -> Void) {
        knobs?.move(to: time)
        decoder.feed(bytes) { header, payload in
            switch header.type {
            case .hello:
                knobs?.rest()
                reply(encoder.encode(.descriptor, deviceTime: time, descriptor.payload))
            case .stop: knobs?.rest()
            case .setKnobs: setKnobs(payload, time: time, reply: reply)
            case .start: reply(status(time))
            case .reset:
                guard payload.count == 8 else {
                    return reply(
                        encoder.encode(
                            .error, deviceTime: time, RigLinkFault(code: 1, text: "a reset has a seed of 8 bytes").payload))
                }
                film.reset(seed: UInt64(littleEndian: payload.loadUnaligned(as: UInt64.self)))
                bench?.forgetReadings()
            case .drive: answer(payload, time: time, reply: reply)
            case .ping: reply(encoder.encode(.pong, deviceTime: time, Array(payload)))
            default: break
            }
        }
    }

    private func answer(_ payload: UnsafeRawBufferPointer, time: UInt64, reply: ([UInt8]) -> Void) {
        guard let frames = RigLinkFrames(payload), frames.stream == 0,
            frames.values.count == frames.frames * drive.count * 4
        else {
            dropped += 1
            return reply(status(time))
        }
        for index in 0..<frames.frames {
            for k in drive.indices {
                let bits = frames.values.loadUnaligned(fromByteOffset: 4 * (index * drive.count + k), as: UInt32.self)
                let value = Float(bitPattern: UInt32(littleEndian: bits))
                // A field that is no number would spoil the film for good.
                drive[k] = value.isFinite ? max(-10, min(10, value)) : 0
            }
            do throws(FilmError) {
                try answer()
            } catch {
                // A drive too strong for the film's step: said, counted, and the film goes on.
                dropped += 1
                reply(encoder.encode(.error, deviceTime: time, RigLinkFault(code: 5, text: "\(error)").payload))
                reply(status(time))
                continue
            }
            let counter = frames.firstCounter &+ UInt64(index)
            answered += 1
            let answer = RigLinkFrames.payload(stream: 1, firstCounter: counter, frames: 1, values: state)
            reply(encoder.encode(.samples, deviceTime: time, answer))
        }
    }

    private func setKnobs(_ payload: UnsafeRawBufferPointer, time: UInt64, reply: ([UInt8]) -> Void) {
        guard let state = RigLinkKnobSetting(payload).flatMap({ knobs?.set($0) }) else {
            if knobs != nil {
                let fault = RigLinkFault(code: 1, text: "set knobs has 5 bytes, and 9 for each knob")
                reply(encoder.encode(.error, deviceTime: time, fault.payload))
            }
            return
        }
        reply(encoder.encode(.knobs, deviceTime: time, state.payload))
    }

    /// The link is lost: the knobs go back to rest.
    public func linkLost() { knobs?.rest() }

    private func answer() throws(FilmError) {
        if let values = knobs?.values { bench?.fields(&drive, knobs: values) }
        try drive.withUnsafeBufferPointer { drive throws(FilmError) in
            try state.withUnsafeMutableBufferPointer { state throws(FilmError) in try film.answer(drive, into: state) }
        }
        if let values = knobs?.values { bench?.readings(&state, knobs: values) }
    }

    private func status(_ time: UInt64) -> [UInt8] {
        let status = RigLinkStatus(freeFrames: Self.queueFrames, droppedFrames: dropped)
        return encoder.encode(.status, deviceTime: time, status.payload)
    }
}

extension SimulatorKind {
    public static let film = SimulatorKind(
        "film", .network, hasSeed: false,
        settings: [
            SimulatorSetting("films", .whole(edges)), SimulatorSetting("rows", .whole(edges)),
            SimulatorSetting("columns", .whole(edges)),
            SimulatorSetting(
                "material", .choice(Set(FilmMaterial.known.keys).union(ContinuumMaterial.known.keys).sorted())),
            SimulatorSetting("damping", .number(0...1000)), SimulatorSetting("model", .choice(["macro-cell", "continuum"])),
            SimulatorSetting("time_step", .number(1e-21...1e-6)), SimulatorSetting("steps_per_input", .whole(1...1_000_000)),
            SimulatorSetting("ordering", .choice(InputOrdering.allCases.map(\.rawValue))),
            SimulatorSetting("refresh_steps", .whole(1...1_000_000)), SimulatorSetting("cell_nm", .number(1e-6...1e9)),
            SimulatorSetting("thickness_nm", .number(1e-6...1e9)), SimulatorSetting("film", .file),
            SimulatorSetting("knobs", .flag), SimulatorSetting("drift_mt", .number(0...1000)),
            SimulatorSetting("heat_coupling", .number(0...1)),
        ])

    /// Films, rows, columns: their product is limited by the size of an answer.
    private static let edges = 1...5000
}
