import Foundation
import Signals
import Testing

/// The formula's places beside the coordinates that makers of caps print, which are whole degrees.
@Suite struct ElectrodeMontageTests {
    private let montage = ElectrodeMontage(named: "standard_1020")

    /// Angle from the vertex, negative on the left, and angle in the plane of the ring, as BrainVision files of caps by the 10-10 system
    /// have them. `ElectrodePlacesOfOthersTests` compares them with mne's.
    static let printed: [(String, Double, Double)] = [
        ("Fp1", -90, -72), ("Fp2", 90, 72), ("F7", -90, -36), ("F3", -60, -51), ("Fz", 45, 90), ("F4", 60, 51), ("F8", 90, 36),
        ("FC5", -69, -21), ("FC1", -31, -46), ("FC2", 31, 46), ("FC6", 69, 21), ("T7", -90, 0), ("C3", -45, 0), ("Cz", 0, 0),
        ("C4", 45, 0), ("T8", 90, 0), ("TP9", -113, 18), ("CP5", -69, 21), ("CP1", -31, 46), ("CP2", 31, -46), ("CP6", 69, -21),
        ("TP10", 113, -18), ("P7", -90, 36), ("P3", -60, 51), ("Pz", 45, -90), ("P4", 60, -51), ("P8", 90, -36),
        ("O1", -90, 72),
        ("Oz", 90, -90), ("O2", 90, -72), ("AF7", -90, -54), ("AF3", -74, -68), ("F5", -74, -41), ("F1", -49, -68),
        ("C5", -68, 0), ("C1", -23, 0), ("PO8", 90, -54), ("PO4", 74, -68), ("FT10", 113, 18),
    ]

    @Test func `each electrode is within a degree of where makers of caps put it`() throws {
        let montage = try #require(montage)
        for (label, inclination, azimuth) in Self.printed {
            let (theta, phi) = (inclination * .pi / 180, azimuth * .pi / 180)
            let expected = (sin(theta) * cos(phi), sin(theta) * sin(phi), cos(theta))
            let found = try #require(montage.positionOverEquator(of: label))
            let cosine = (found.x * expected.0 + found.y * expected.1 + found.z * expected.2) / ElectrodeMontage.radius_mm
            #expect(acos(min(1, cosine)) * 180 / .pi < 1, "\(label)")
        }
    }

    @Test func `the ring lies 72° from the vertex, steps on the midline are 18°, and all places are on the sphere`() throws {
        let montage = try #require(montage)
        for label in ElectrodeMontage.electrodes {
            let place = try #require(montage.position(of: label))
            let radius = (place.x * place.x + place.y * place.y + place.z * place.z).squareRoot()
            #expect(abs(radius - ElectrodeMontage.radius_mm) < 1e-9, "\(label)")
        }
        func inclination(_ label: String) -> Double {
            montage.position(of: label).map { acos($0.z / ElectrodeMontage.radius_mm) * 180 / .pi } ?? .nan
        }
        for (label, degrees) in [
            ("Fpz", 72.0), ("AFz", 54), ("Fz", 36), ("FCz", 18), ("Pz", 36), ("T7", 72), ("O2", 72), ("F9", 90),
        ] {
            #expect(abs(inclination(label) - degrees) < 1e-9, "\(label)")
        }
    }

    @Test func `an electrode between two is as far from one as from the other, and sides mirror each other`() throws {
        let montage = try #require(montage)
        func place(_ label: String) throws -> ElectrodeMontage.Position { try #require(montage.position(of: label)) }
        func distance(_ a: String, _ b: String) throws -> Double {
            let (p, q) = (try place(a), try place(b))
            return ((p.x - q.x) * (p.x - q.x) + (p.y - q.y) * (p.y - q.y) + (p.z - q.z) * (p.z - q.z)).squareRoot()
        }
        for (left, middle, right) in [
            ("F7", "F3", "Fz"), ("AF7", "AF3", "AFz"), ("P7", "P3", "Pz"), ("F3", "F1", "Fz"), ("FT7", "FC5", "FC3"),
        ] {
            #expect(abs(try distance(left, middle) - distance(middle, right)) < 1e-9, "\(middle)")
        }
        for (left, right) in [("F3", "F4"), ("TP9", "TP10"), ("O1", "O2"), ("CP5", "CP6")] {
            let (p, q) = (try place(left), try place(right))
            #expect(p.x == -q.x && p.y == q.y && p.z == q.z && p.x < 0)
        }
        #expect(try place("Fpz").y > 0 && place("Oz").y < 0 && place("Cz").z == ElectrodeMontage.radius_mm)
    }

    @Test func `names are known in any case of letters, in their first version and at the ears, and others are not`() {
        #expect(montage?.has("FP1") == true && montage?.position(of: "fpZ") != nil)
        for (other, name) in [("T3", "T7"), ("T4", "T8"), ("T5", "P7"), ("T6", "P8"), ("A1", "T9"), ("M2", "TP10")] {
            #expect(montage?.has(other) == true && montage?.position(of: other) == montage?.position(of: name))
        }
        for label in ["", "1", "Fp3", "T1", "EOG", "Cz "] { #expect(montage?.has(label) == false) }
        #expect(ElectrodeMontage(named: "standard_10000") == nil)
        #expect(Set(ElectrodeMontage.electrodes).count == ElectrodeMontage.electrodes.count)
    }
}
