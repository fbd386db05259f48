import Foundation
import MagneticFilm

/// `[initial]` of a ``FilmDescription``: the state that a film begins with.
enum InitialState {
    case uniform(SIMD3<Double>)
    /// Another direction in each cell, evenly over the sphere.
    case random
    /// In the plane around the film's middle, out of it there.
    case vortex
    case file(String)

    static let keys = ["magnetisation", "state", "file"]

    init(_ table: RigTable?) throws(RigError) {
        self = .uniform(SIMD3(1, 0.25, 0.1))
        guard let table else { return }
        try table.allow(Self.keys)
        guard table.settings.count == 1 else {
            throw RigError(
                file: table.file, line: table.line,
                reason: .invalidValue(
                    key: "initial", value: "\(table.settings.count) keys",
                    expected: "one of \(Self.keys.joined(separator: ", "))"))
        }
        if let direction = try table.vector("magnetisation") {
            guard direction != .zero else { throw table.invalid("magnetisation", "0, 0, 0", expected: "a direction") }
            self = .uniform(direction)
        } else if let file = try table.string("file") {
            let folder = URL(fileURLWithPath: table.file).deletingLastPathComponent()
            self = .file(URL(fileURLWithPath: file, relativeTo: folder).path)
        } else {
            switch try table.string("state") {
            case "random": self = .random
            case "vortex": self = .vortex
            case let other: throw table.invalid("state", other ?? "", expected: "“random” or “vortex”")
            }
        }
    }

    func set(_ film: ContinuumFilm, seed: UInt64) throws(OVFError) {
        switch self {
        case .uniform(let direction): film.setMagnetisation { _ in direction }
        case .random: film.setRandomMagnetisation(seed: seed)
        case .vortex: film.setVortex()
        case .file(let file): try film.setMagnetisation(OVFFile(file: file), name: file)
        }
    }
}
