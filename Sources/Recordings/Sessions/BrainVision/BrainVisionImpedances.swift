import Foundation

/// The impedances that a header's comment lists behind "Impedance [kOhm] at 16:12:27 :", one line for each electrode.
///
/// - Source: the files that Brain Products' Recorder writes; mne reads the same lines.
struct BrainVisionImpedances {
    /// Texts of numbers in kΩ by electrodes; electrodes out of range or not measured ("???") have none.
    private(set) var kiloohms: [String: String] = [:]

    init(_ comment: String) {
        var isList = false
        for line in comment.split(whereSeparator: \.isNewline) {
            if line.hasPrefix("Impedance [") {
                isList = true
                continue
            }
            guard isList, let colon = line.lastIndex(of: ":") else { continue }
            let name = line[..<colon].trimmingCharacters(in: .whitespaces)
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            if Double(value) != nil, kiloohms[name] == nil { kiloohms[name] = value }
        }
    }
}
