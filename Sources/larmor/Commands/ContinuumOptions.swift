public import ArgumentParser
public import MagneticFilm
import Foundation
import Outputs

/// Three numbers with commas: x, y, z.
struct Triple: ExpressibleByArgument {
    var value: SIMD3<Double>

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
        guard parts.count == 3, let x = parts[0], let y = parts[1], let z = parts[2], x.isFinite, y.isFinite, z.isFinite
        else { return nil }
        value = SIMD3(x, y, z)
    }

    init(_ value: SIMD3<Double>) { self.value = value }

    var defaultValueDescription: String { "\(value.x),\(value.y),\(value.z)" }
}

extension FieldPulse.Form: ExpressibleByArgument {}
extension OVFFile.Representation: ExpressibleByArgument {}

/// What belongs to the continuum model only.
struct ContinuumOptions: ParsableArguments {
    enum Integrator: String, ExpressibleByArgument, CaseIterable {
        case heun
        case rk4
        case dormandPrince = "dormand-prince"

        var method: ButcherTableau {
            switch self {
            case .heun: .heun
            case .rk4: .rungeKutta4
            case .dormandPrince: .dormandPrince
            }
        }
    }

    enum Outline: String, ExpressibleByArgument, CaseIterable {
        case rectangle
        case ellipse
    }

    @Option(help: "A film file: grid, materials, regions, defects, currents, temperature, start; see films/README.md.")
    var film: String?

    enum Precision: String, ExpressibleByArgument, CaseIterable {
        case double
        case float
    }

    @Option(
        help: """
            Precision of magnetisation and fields: \(Precision.allCases.map(\.rawValue).joined(separator: ", ")); float takes about \
            half the time; problem 4's curves deviate by 1e-5 (field 1) and 1e-3 (field 2).
            """)
    var precision = Precision.double

    @Option(help: "Edges of the film in nanometre: x,y,z. (default: 500,125,3)")
    var sizeNm: Triple?

    @Option(help: "Edges of a cell in nanometre: x,y,z. (default: 5,5,3)")
    var cellNm: Triple?

    @Option(help: "Outline of the film: \(Outline.allCases.map(\.rawValue).joined(separator: ", ")).")
    var shape: Outline?

    @Option(help: "Nanoseconds to compute.")
    var durationNs = 1.0

    @Option(help: "Picoseconds between lines of the output.")
    var samplePs = 1.0

    @Option(help: "Largest error of a component of m per step; it determines the steps.")
    var tolerance = 1e-5

    @Option(
        help:
            "Length of fixed steps in femtoseconds, in place of steps chosen by the tolerance; shorter before a line and an edge."
    )
    var stepFs: Double?

    @Option(help: "Method of fixed steps: \(Integrator.allCases.map(\.rawValue).joined(separator: ", ")).")
    var integrator = Integrator.rk4

    @Option(help: "Constant field in tesla: x,y,z.")
    var fieldT: Triple?

    @Option(help: "A table of field over time: seconds, then x, y, z in tesla.")
    var field: String?

    @Option(help: "Amplitude of a pulse in tesla: x,y,z.")
    var pulseT: Triple?

    @Option(help: "Form of the pulse: \(FieldPulse.Form.allCases.map(\.rawValue).joined(separator: ", ")).")
    var pulseForm = FieldPulse.Form.gauss

    @Option(help: "Centre of the pulse (of a square one: its start) in picoseconds.")
    var pulseStartPs = 50.0

    @Option(help: "Width of the pulse in picoseconds.")
    var pulseWidthPs = 10.0

    @Option(help: "Kelvin; above 0 needs --step-fs. (default: 0)")
    var temperature: Double?

    @Option(help: "Seed of the thermal field. (default: 1)")
    var seed: UInt64?

    @Option(help: "Direction of the magnetisation at the start: x,y,z. (default: 1,0.25,0.1)")
    var magnetisation: Triple?

    @Option(help: "An OVF 2.0 file whose vectors, grid and empty cells the film starts with.")
    var initial: String?

    @Flag(help: "Let the film come to rest before the run, without the run's fields.")
    var relax = false

    @Option(help: "Field in tesla during --relax: x,y,z.")
    var relaxFieldT = Triple(.zero)

    @Option(help: "At rest when no cell has a torque |m × H| above this, A/m.")
    var relaxTorque = 1e-3

    @Option(help: "Write states as SNAPSHOTS-NUMBER.ovf, NUMBER being that of the line, from 0.")
    var snapshots: String?

    @Option(help: "Lines from one snapshot to the next.")
    var snapshotEvery = 100

    @Option(help: "Keep in this file what is needed to go on, also when the run is stopped.")
    var checkpoint: String?

    @Option(help: "Lines after which the checkpoint is written again.")
    var checkpointEvery = 100

    @Flag(help: "Go on from --checkpoint, other options as they were; the files become those of an uninterrupted run.")
    var resume = false

    @Option(help: "Write the last state to this OVF 2.0 file.")
    var ovf: String?

    @Option(help: "Form of the OVF file: \(OVFFile.Representation.allCases.map(\.rawValue).joined(separator: ", ")).")
    var ovfFormat = OVFFile.Representation.binary8

    @Option(help: "Write PLOT-start.png, PLOT-end.png (hue: angle in the plane, brightness: m_z), PLOT.svg (mean over time).")
    var plot: String?

    @Option(help: "Write an animated PNG of the run to this file.")
    var animation: String?

    @Option(help: "Frames of the animation.")
    var frames = 50

    var size_nm: SIMD3<Double> { sizeNm?.value ?? SIMD3(500, 125, 3) }
    var cell_nm: SIMD3<Double> { cellNm?.value ?? SIMD3(5, 5, 3) }
    var start: SIMD3<Double> { magnetisation?.value ?? SIMD3(1, 0.25, 0.1) }

    /// Options that say what a film file says.
    var besideFile: [(name: String, isGiven: Bool)] {
        [
            ("--size-nm", sizeNm != nil), ("--cell-nm", cellNm != nil), ("--shape", shape != nil),
            ("--temperature", temperature != nil), ("--seed", seed != nil), ("--magnetisation", magnetisation != nil),
            ("--initial", initial != nil),
        ]
    }

    /// Options of a run over time; a table of inputs and the other model have no use for them.
    static let ofRun = [
        "--size-nm", "--shape", "--duration-ns", "--sample-ps", "--tolerance", "--step-fs", "--integrator", "--field-t",
        "--field", "--pulse-t", "--pulse-form", "--pulse-start-ps", "--pulse-width-ps", "--temperature", "--seed", "--initial",
        "--relax", "--relax-field-t", "--relax-torque", "--snapshots", "--snapshot-every", "--checkpoint", "--checkpoint-every",
        "--resume", "--ovf", "--ovf-format", "--plot", "--animation", "--frames",
    ]

    /// Refuses what does nothing in a run over time, because what it belongs to was not asked for.
    func refuseIdleOptions() throws {
        if stepFs == nil {
            try GivenOptions.refuse(["--integrator"], "needs --step-fs")
        } else {
            try GivenOptions.refuse(["--tolerance"], "chooses steps, which --step-fs fixes; leave one of them out")
        }
        if pulseT == nil {
            try GivenOptions.refuse(["--pulse-form", "--pulse-start-ps", "--pulse-width-ps"], "needs --pulse-t")
        }
        if !relax { try GivenOptions.refuse(["--relax-field-t", "--relax-torque"], "needs --relax") }
        if snapshots == nil { try GivenOptions.refuse(["--snapshot-every"], "needs --snapshots") }
        if checkpoint == nil { try GivenOptions.refuse(["--checkpoint-every"], "needs --checkpoint") }
        if ovf == nil, snapshots == nil { try GivenOptions.refuse(["--ovf-format"], "needs --ovf or --snapshots") }
        if animation == nil { try GivenOptions.refuse(["--frames"], "needs --animation") }
        if film == nil, (temperature ?? 0) == 0 { try GivenOptions.refuse(["--seed"], "needs --temperature") }
    }

    /// Finds out before the run whether its pictures and states can be written.
    /// - Parameter table: the run's own output.
    func checkOutputs(inputs: [String], beside table: String) throws {
        let plots = plot.map { [$0 + "-start.png", $0 + "-end.png", $0 + ".svg"] } ?? []
        let others = plots + [ovf, animation, checkpoint].compactMap(\.self)
        var names: Set = [Self.standard(table)]
        for path in others {
            guard names.insert(Self.standard(path)).inserted else {
                throw ValidationError("\(path) is named for two outputs: one would replace the other")
            }
            try OutputFile.check(path, inputs: inputs)
        }
    }

    private static func standard(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }

    func validate() throws {
        for ending in [".png", ".svg"] where plot?.lowercased().hasSuffix(ending) == true {
            throw ValidationError("--plot is a name without an ending: it writes NAME-start.png, NAME-end.png and NAME.svg")
        }
        if initial != nil {
            let doubled = [
                ("--size-nm", sizeNm != nil), ("--cell-nm", cellNm != nil), ("--magnetisation", magnetisation != nil),
            ]
            if let (option, _) = doubled.first(where: \.1) {
                throw ValidationError("\(option) is in the file of --initial already; remove one of the two")
            }
        }
        let fields = [("--field-t", fieldT?.value), ("--pulse-t", pulseT?.value), ("--relax-field-t", relaxFieldT.value)]
        for (option, field) in fields {
            if let field, max(field.max(), -field.min()) > 1e4 {
                throw ValidationError("\(option) must be from -10000 to 10000 T")
            }
        }
        guard size_nm.min() > 0, cell_nm.min() > 0 else {
            throw ValidationError("--size-nm and --cell-nm need edges above 0")
        }
        let cells = size_nm / cell_nm
        for axis in 0..<3 where abs(cells[axis] - cells[axis].rounded()) > 1e-6 * cells[axis] || cells[axis] < 0.5 {
            throw ValidationError("--size-nm is not a whole number of cells along \(["x", "y", "z"][axis])")
        }
        guard (temperature ?? 0) == 0 || stepFs != nil else {
            throw ValidationError("a temperature needs fixed steps: add --step-fs")
        }
        if let stepFs {
            // The steps of an interval are counted.
            guard stepFs > 0, samplePs * 1e3 / stepFs <= 1e9 else {
                throw ValidationError("--step-fs must be above 0, and at most a billion steps fit in --sample-ps")
            }
        }
        guard relaxTorque > 0, relaxTorque.isFinite else { throw ValidationError("--relax-torque must be above 0") }
        for (option, value) in [("--snapshot-every", snapshotEvery), ("--checkpoint-every", checkpointEvery)] {
            guard (1...10_000_000).contains(value) else { throw ValidationError("\(option) must be from 1 to 10000000") }
        }
        guard !resume || checkpoint != nil else { throw ValidationError("--resume needs --checkpoint") }
        guard !resume || animation == nil else {
            throw ValidationError("--resume has no frames of the first part for --animation; take --snapshots")
        }
        guard (2...1000).contains(frames) else { throw ValidationError("--frames must be from 2 to 1000") }
        guard start != .zero else { throw ValidationError("--magnetisation must not be 0,0,0") }
    }

    /// The grid that the edges ask for.
    func mesh() throws -> FilmMesh {
        let cells = size_nm / cell_nm
        guard cells.max() < 1e6 else {
            throw FilmError(.outOfRange(name: "cells along one edge", value: cells.max(), expected: "below 1000000"))
        }
        return try FilmMesh(
            nx: Int(cells.x.rounded()), ny: Int(cells.y.rounded()), nz: Int(cells.z.rounded()),
            cellSize_m: cell_nm * 1e-9)
    }
}
