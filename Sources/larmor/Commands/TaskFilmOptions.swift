import ArgumentParser
import MagneticFilm
import Reservoirs

/// The film that a task is for: one in this process, or a device of a rig.
struct TaskFilmOptions: ParsableArguments {
    @Option(help: "Cells of the film, a square number. (default: 100)")
    var cells: Int?

    @Option(help: "Films side by side. (default: 1)")
    var films: Int?

    @Option(help: "Material: \(FilmMaterial.known.keys.sorted().joined(separator: ", ")). (default: Co, for spoken words Ni)")
    var material: String?

    @Flag(
        help:
            "Fits readouts by a triangular factor of the states, never by their squares: slower, for states that are nearly dependent."
    )
    var exact = false

    @Flag(help: "The readout also sees the squares of the states.")
    var squares = false

    @Option(help: "The readout also sees the states of so many steps ago: 1,2,5.")
    var delays: String?

    @Option(help: "Frames for which each input is held, each with a mask of its own; the readout sees the states of all.")
    var virtualNodes = 1

    @Option(help: "Input maps that are searched: free, or dale, the founding study's.")
    var input = "free"

    @Option(help: "A rig file: the task is put to its device, not to a film in this process.")
    var rig: String?

    @Option(help: "The rig's device, where it has several that can be driven.")
    var device: String?

    /// Whether one of ``others`` is given.
    var isGiven: Bool { cells != nil || films != nil || material != nil || rig != nil || input != "free" }
    /// Options that say which film it is.
    static let others = "--cells, --films, --material, --input and --rig"

    func validate() throws {
        guard (1...64).contains(virtualNodes) else { throw ValidationError("--virtual-nodes must be 1 to 64") }
        if rig != nil {
            for (name, isGiven) in [("--cells", cells != nil), ("--films", films != nil), ("--material", material != nil)]
            where isGiven { throw ValidationError("\(name) is of a film in this process; with --rig the device has its own") }
        } else if device != nil {
            throw ValidationError("--device names a device of --rig FILE")
        }
        do { try FilmFamily.check(cells: cells ?? 100, films: films ?? 1) } catch { throw ValidationError("--\(error)") }
        _ = try features()
        _ = try searchedInput()
        _ = try knownMaterial()
    }

    func features() throws -> StateFeatures {
        var steps: [Int] = []
        if let delays {
            for word in delays.split(separator: ",", omittingEmptySubsequences: false) {
                guard let step = Int(word), (1...1000).contains(step), !steps.contains(step) else {
                    throw ValidationError("--delays is a list of different steps of 1 to 1000, as 1,2,5; found “\(delays)”")
                }
                steps.append(step)
            }
        }
        return StateFeatures(hasSquares: squares, delays: steps, virtualNodes: virtualNodes)
    }

    func knownMaterial(default usual: String = "Co") throws -> FilmMaterial {
        let name = material ?? usual
        guard let known = FilmMaterial.known[name] else {
            throw ValidationError("--material is \(FilmMaterial.known.keys.sorted().joined(separator: ", ")); found “\(name)”")
        }
        return known
    }

    func family() throws -> FilmFamily {
        var family = try FilmFamily(cells: cells ?? 100, films: films ?? 1, material: try knownMaterial())
        family.input = try searchedInput()
        return family
    }

    func searchedInput() throws -> SearchedInput {
        guard let found = SearchedInput(rawValue: input) else {
            throw ValidationError(
                "--input is \(SearchedInput.allCases.map(\.rawValue).joined(separator: ", ")); found “\(input)”")
        }
        return found
    }

    /// nil without a rig.
    func bench() throws -> TaskBench? { try rig.map { try TaskBench($0, device: device, input: try searchedInput()) } }
}
