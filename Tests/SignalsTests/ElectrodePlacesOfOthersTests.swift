import Foundation
import Signals
import Testing

private let python = ProcessInfo.processInfo.environment["LARMOR_PYTHON"]

/// Places of electrodes beside those that mne has, which come from makers of caps and from a template of a head.
@Suite(.enabled(if: python != nil, "needs LARMOR_PYTHON with mne")) struct ElectrodePlacesOfOthersTests {
    private typealias Vector = SIMD3<Double>

    /// Directions of a montage of mne's, of length 1.
    private func places(_ montage: String) throws -> [String: Vector] {
        let script = """
            import json, sys, mne
            places = mne.channels.make_standard_montage(sys.argv[1]).get_positions()["ch_pos"]
            print(json.dumps({name: [float(x) for x in place] for name, place in places.items()}))
            """
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python ?? "python3")
        process.arguments = ["-W", "ignore", "-c", script, montage]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return try JSONDecoder().decode([String: [Double]].self, from: data).mapValues { place in
            try #require(place.count == 3)
            let vector = Vector(place[0], place[1], place[2])
            return vector / (vector * vector).sum().squareRoot()
        }
    }

    private func degrees(_ a: Vector, _ b: Vector) -> Double { acos(max(-1, min(1, (a * b).sum()))) * 180 / .pi }

    private func vector(_ place: ElectrodeMontage.Position) -> Vector {
        Vector(place.x, place.y, place.z) / ElectrodeMontage.radius_mm
    }

    /// The caps of Brain Products are by the 10-10 system in whole degrees; Easycap's M1 and BioSemi's cap round to coarser
    /// steps and put the rows between ring and midline a few degrees elsewhere; the template of a head is no sphere.
    @Test(arguments: [
        ("brainproducts-RNP-BA-128", 72, 0.6), ("easycap-M1", 74, 5.3), ("biosemi64", 64, 3.2), ("standard_1005", 84, 12.6),
    ])
    func `each electrode that others have, too, is where they have it`(montage: String, shared: Int, tolerance: Double) throws {
        let own = try #require(ElectrodeMontage(named: "standard_1020"))
        var compared = 0
        for (label, expected) in try places(montage) {
            // The ears have no place of their own here.
            guard !["A1", "A2", "M1", "M2", "T3", "T4", "T5", "T6"].contains(label),
                let found = own.positionOverEquator(of: label)
            else { continue }
            compared += 1
            #expect(degrees(vector(found), expected) < tolerance, "\(label)")
        }
        #expect(compared == shared)
    }

    @Test func `on the sphere whose equator is nasion, ears and inion, steps are 18° in place of 22.5°`() throws {
        let own = try #require(ElectrodeMontage(named: "standard_1020"))
        var compared = 0
        for (label, place) in try places("brainproducts-RNP-BA-128") {
            guard let found = own.position(of: label) else { continue }
            compared += 1
            let (inclination, azimuth) = (acos(place.z) * 0.8, atan2(place.y, place.x))
            let expected = Vector(sin(inclination) * cos(azimuth), sin(inclination) * sin(azimuth), cos(inclination))
            #expect(degrees(vector(found), expected) < 0.75, "\(label)")
        }
        #expect(compared == 72)
    }

    @Test func `the whole degrees in our own tests are those of the caps`() throws {
        let places = try places("brainproducts-RNP-BA-128")
        #expect(ElectrodeMontageTests.printed.count == 39)
        for (label, inclination, azimuth) in ElectrodeMontageTests.printed {
            let (theta, phi) = (inclination * .pi / 180, azimuth * .pi / 180)
            let own = Vector(sin(theta) * cos(phi), sin(theta) * sin(phi), cos(theta))
            #expect(try degrees(own, #require(places[label])) < 0.01, "\(label)")
        }
    }
}
