import ArgumentParser
import MagneticFilm
import Simulators

struct SimulateFilm: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "film", abstract: "An array of macro-cell films behind RigLink on a loopback port.",
        discussion: "Example: larmor simulate film --films 4 --material Ni --damping 0.4 --port 7373")

    @Option(help: "TCP port on 127.0.0.1; 0 takes a free one.")
    var port: UInt16 = 0

    @Option(help: "Number of films.")
    var films = 4

    @Option(help: "Rows of cells of each film.")
    var rows = 10

    @Option(help: "Columns of cells of each film.")
    var columns = 10

    @Option(help: "Material: Co or Ni.")
    var material = "Ni"

    @Option(help: "Gilbert damping.")
    var damping = 0.4

    @OptionGroup var serving: ServingOptions

    func validate() throws {
        guard FilmMaterial.known[material] != nil else {
            throw ValidationError("--material is one of \(FilmMaterial.known.keys.sorted().joined(separator: ", "))")
        }
        // The answer to one drive frame must fit in one message.
        guard films > 0, rows > 0, columns > 0, films * rows * columns <= 5000 else {
            throw ValidationError("films × rows × columns must be from 1 to 5000")
        }
    }

    func run() throws {
        StopRequest.install()
        try reportingFailures {
            guard let material = FilmMaterial.known[material] else { return }
            let configuration = MacroCellFilmConfiguration(
                rows: rows, columns: columns, material: material, damping: damping)
            let configurations = [MacroCellFilmConfiguration](repeating: configuration, count: films)
            _ = try FilmFirmware(configurations)
            let server = try FilmServer(port: port) { try FilmFirmware(configurations) }
            let serving = try Serving(.init(device: "film", address: server.address), serving)
            try server.serve(until: serving.isDone)
        }
    }
}
