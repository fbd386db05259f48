/// Which of the six forms a file has: EDF (16 bits) or BDF (24 bits); plain, or "plus" with annotations, continuous or discontinuous.
///
/// - Source: B. Kemp et al., "A simple format for exchange of digitized polygraphic recordings", Electroenceph. Clin. Neurophysiol. 82
///   (1992) 391; B. Kemp and J. Olivan, "European data format 'plus' (EDF+)", Clin. Neurophysiol. 114 (2003) 1755; BioSemi's BDF has
///   24 bits instead of 16.
struct EDFFormat: Equatable {
    enum Kind: Equatable {
        case plain
        /// Annotations; record follows record without a pause.
        case continuous
        /// Annotations; each record tells when it begins.
        case discontinuous
    }

    var is24Bit: Bool
    var kind: Kind

    var name: String {
        let base = is24Bit ? "BDF" : "EDF"
        return switch kind {
        case .plain: base
        case .continuous: base + "+C"
        case .discontinuous: base + "+D"
        }
    }

    /// Bytes of one number.
    var sampleSize: Int { is24Bit ? 3 : 2 }
    /// The least number that a file can hold.
    var least: Int32 { is24Bit ? -8_388_608 : -32_768 }
    /// The greatest number that a file can hold.
    var greatest: Int32 { is24Bit ? 8_388_607 : 32_767 }
    /// Label of signals that hold annotations.
    var annotationLabel: String { is24Bit ? "BDF Annotations" : "EDF Annotations" }
    static let annotationLabels = ["EDF Annotations", "BDF Annotations"]

    /// The first eight bytes of a file.
    var version: [UInt8] { is24Bit ? Self.bdfVersion : Array("0       ".utf8) }
    private static let bdfVersion: [UInt8] = [0xFF] + Array("BIOSEMI".utf8)

    init(is24Bit: Bool, kind: Kind) {
        self.is24Bit = is24Bit
        self.kind = kind
    }

    /// - Parameters:
    ///   - head: the first bytes of a file.
    ///   - reserved: text of the field that tells plain from "plus".
    init(head: some Collection<UInt8>, reserved: String) {
        is24Bit = head.first == 0xFF
        let mark = reserved.uppercased()
        kind =
            if mark.hasPrefix("EDF+D") || mark.hasPrefix("BDF+D") {
                .discontinuous
            } else if mark.hasPrefix("EDF+") || mark.hasPrefix("BDF+") {
                .continuous
            } else {
                .plain
            }
    }

    /// Whether a file may be EDF or BDF by its first eight bytes; a version that is not left-aligned counts.
    static func begins(_ head: [UInt8]) -> Bool {
        guard head.count >= 8 else { return false }
        let version = head[..<8]
        return version.elementsEqual(bdfVersion) || version.filter { $0 != 0x20 } == [0x30]
    }
}
