import Foundation
import MagneticFilm

/// The part of space that a region or a hole of a ``FilmDescription`` takes.
extension FilmShape {
    static let keys = [
        "shape", "centre_nm", "radii_nm", "from_nm", "to_nm", "corners_nm", "layer_nm", "turned_deg", "period_nm",
    ]

    init(_ table: RigTable) throws(RigError) {
        let kind = try table.string("shape") ?? "all"
        let own: [String: [String]] = [
            "all": [], "ellipse": ["centre_nm", "radii_nm"], "rectangle": ["from_nm", "to_nm"], "polygon": ["corners_nm"],
        ]
        guard let needed = own[kind] else {
            throw table.invalid("shape", kind, expected: "one of \(own.keys.sorted().joined(separator: ", "))")
        }
        for key in own.values.joined() where table.settings[key] != nil && !needed.contains(key) {
            throw table.invalid(key, "given", expected: "no such key with the shape “\(kind)”")
        }
        for key in needed where table.settings[key] == nil {
            throw RigError(file: table.file, line: table.line, reason: .missingKey(key, inTable: table.path))
        }
        let (centre, radii) = (try table.pair("centre_nm") ?? .zero, try table.pair("radii_nm") ?? .zero)
        let (from, to) = (try table.pair("from_nm") ?? .zero, try table.pair("to_nm") ?? .zero)
        let corners = try table.pairs("corners_nm") ?? []
        let layer = try table.pair("layer_nm")
        let period = try table.pair("period_nm")
        let turn = try table.number("turned_deg")
        self = try table.within("shape") { () throws(FilmError) in
            var shape: FilmShape =
                switch kind {
                case "ellipse": try .ellipse(centre_m: centre * 1e-9, radii_m: radii * 1e-9)
                case "rectangle": try .rectangle(from_m: from * 1e-9, to_m: to * 1e-9)
                case "polygon": try .polygon(corners.map { $0 * 1e-9 })
                default: .all
                }
            if let turn {
                let middle = Self.middle(kind, centre, from, to, corners)
                shape = try shape.turned(by_rad: turn * .pi / 180, around_m: middle)
            }
            if let period { shape = try shape.repeated(period_m: period * 1e-9) }
            if let layer { shape = shape.intersection(try .layer(from_m: layer.x * 1e-9, to_m: layer.y * 1e-9)) }
            return shape
        }
    }

    /// What a shape turns around, metre.
    private static func middle(
        _ kind: String, _ centre: SIMD2<Double>, _ from: SIMD2<Double>, _ to: SIMD2<Double>, _ corners: [SIMD2<Double>]
    ) -> SIMD2<Double> {
        switch kind {
        case "rectangle": (from + to) / 2 * 1e-9
        case "polygon": corners.reduce(.zero, +) / Double(corners.count) * 1e-9
        default: centre * 1e-9
        }
    }
}
