import Foundation

/// Places of electrodes by their names: the 10-20 system with its 10-10 extension, on a sphere.
///
/// Nothing is measured or copied: each place follows from the system's rule. Arcs over the head are divided in steps of 10 %, which are
/// 18° on a sphere. The line from nasion to inion through the vertex holds Fpz, AFz, … Oz; a ring through Fpz, T7, Oz and T8, 72° from the
/// vertex, holds the outermost names (Fp1, AF7, F7, …); a second one, 90° from it, those with 9 and 10. Between the ring and the midline
/// the electrodes divide the circle through both ends of their row and its middle (F7, Fz, F8) in four equal parts on each side. Ear lobes
/// and mastoids, to which the system gives no place, have the nearest ones: A1 and A2 those of T9 and T10, M1 and M2 those of TP9 and TP10.
///
/// - Source: G. H. Klem et al., "The ten-twenty electrode system of the International Federation", EEG Suppl. 52 (1999) 3; G. E. Chatrian,
///   E. Lettich, P. L. Nelson, "Ten percent electrode system for topographic studies of spontaneous and evoked EEG activities",
///   Am. J. EEG Technol. 25 (1985) 83.
public struct ElectrodeMontage: Sendable, Equatable {
    /// A place in millimetres from the sphere's centre: x to the right, y to the front, z to the top.
    public struct Position: Sendable, Equatable {
        public var x: Double
        public var y: Double
        public var z: Double
    }

    /// Names of all montages.
    public static let names = ["standard_1020"]
    /// Of the sphere, in millimetres: a usual head.
    public static let radius_mm = 95.0
    /// As XDF's `labelscheme` has it.
    public static let labelScheme = "10-20"

    public let name: String

    /// - Returns: nil for a name that no montage has.
    public init?(named name: String) {
        guard Self.names.contains(name) else { return nil }
        self.name = name
    }

    /// Whether an electrode is one of the montage's, in capitals or small letters.
    public func has(_ label: String) -> Bool { Self.places[label.uppercased()] != nil }

    /// Where an electrode sits; nil for a name of none.
    public func position(of label: String) -> Position? { Self.places[label.uppercased()] }

    /// Where it sits on the sphere of programs whose equator is the ring of the outermost names: a step is 22.5° there.
    public func positionOverEquator(of label: String) -> Position? { Self.placesOverEquator[label.uppercased()] }

    /// Names of all electrodes, by the alphabet.
    public static var electrodes: [String] { labels.sorted() }

    /// Rows from front to back: name at the ring, name between ring and midline where it has electrodes there.
    private static let rows: [(ring: String, inner: String?)] = [
        ("Fp", nil), ("AF", "AF"), ("F", "F"), ("FT", "FC"), ("T", "C"), ("TP", "CP"), ("P", "P"), ("PO", "PO"), ("O", nil),
    ]
    private static let midline = ["Nz", "Fpz", "AFz", "Fz", "FCz", "Cz", "CPz", "Pz", "POz", "Oz", "Iz"]
    /// Names of the system's first version, and of what is near an electrode.
    private static let otherNames = [
        ("T3", "T7"), ("T4", "T8"), ("T5", "P7"), ("T6", "P8"), ("A1", "T9"), ("A2", "T10"), ("M1", "TP9"), ("M2", "TP10"),
    ]

    private static let (places, labels) = make(step: .pi / 10)
    private static let placesOverEquator = make(step: .pi / 8).places

    /// - Parameter step: angle of 10 % of the midline.
    private static func make(step: Double) -> (places: [String: Position], labels: [String]) {
        var places: [String: Position] = [:]
        var labels: [String] = []
        func put(_ label: String, _ x: Double, _ y: Double, _ z: Double) {
            places[label.uppercased()] = Position(x: radius_mm * x, y: radius_mm * y, z: radius_mm * z)
            labels.append(label)
        }
        for (index, label) in midline.enumerated() {
            // From the nasion, 90° before the vertex.
            let angle = Double(5 - index) * step
            put(label, 0, sin(angle), cos(angle))
        }
        for (index, row) in rows.enumerated() {
            let azimuth = Double(index + 1) * .pi / 10
            // (Row, number on the left side, angle from the vertex.)
            var rings = [(row.inner == nil ? 1 : 7, 4 * step)]
            if row.ring != "Fp" { rings.append((9, 5 * step)) }
            for (number, angle) in rings {
                let (x, y, z) = (sin(angle) * sin(azimuth), sin(angle) * cos(azimuth), cos(angle))
                put("\(row.ring)\(number)", -x, y, z)
                put("\(row.ring)\(number + 1)", x, y, z)
            }
            guard let inner = row.inner else { continue }
            // The circle through both ends and the middle, in its own plane: x to the right, h from the ends' midpoint to the middle.
            let end = (x: sin(4 * step) * sin(azimuth), y: sin(4 * step) * cos(azimuth), z: cos(4 * step))
            let angle = Double(4 - index) * step
            let middle = (y: sin(angle), z: cos(angle))
            let (dy, dz) = (middle.y - end.y, middle.z - end.z)
            let height = (dy * dy + dz * dz).squareRoot()
            let radius = (end.x * end.x + height * height) / (2 * height)
            let arc = atan2(end.x, radius - height)
            for number in [1, 3, 5] {
                let part = arc * Double(number + 1) / 8
                let (x, h) = (radius * sin(part), height - radius + radius * cos(part))
                let (y, z) = (end.y + dy * h / height, end.z + dz * h / height)
                put("\(inner)\(number)", -x, y, z)
                put("\(inner)\(number + 1)", x, y, z)
            }
        }
        for (other, name) in otherNames {
            places[other] = places[name]
            labels.append(other)
        }
        return (places, labels)
    }
}
