import Foundation

/// Whom and what a file tells of in its header: the fields "patient" and "recording" of EDF+ and BDF+.
///
/// Those of a file that was imported stay, the codes and words of a plain file as one word; a subject that was named anew takes the
/// code's place. What strict readers would refuse becomes "X".
///
/// - Source: B. Kemp and J. Olivan, "European data format 'plus' (EDF+)", section 2.1.3.
struct EDFIdentity {
    let patient: String
    let recording: String
    /// The recording is no other program's.
    let isOwn: Bool
    /// What there was no room for.
    private(set) var remarks: [String] = []
    private static let width = 80

    init(_ source: Recording, start: Date?) {
        let subject = EDFText.word(source.subject)
        let words = { (key: String) in
            EDFText.ascii(source.metadata[key] ?? "").split(separator: " ").map(String.init)
        }
        let isPlus = source.metadata["edf_kind"] == "plus"
        isOwn = source.metadata["edf_kind"] == nil
        let told = words("edf_patient")
        if isPlus, told.count >= 4, ["M", "F", "X"].contains(told[1]), Self.isBirthday(told[2]) {
            patient = Self.fitting([subject] + told.dropFirst(), &remarks)
        } else {
            // The name is one word; a code that is told twice is told once.
            let name = told.filter { $0 != "X" && $0 != subject }.joined(separator: "_")
            patient = Self.fitting([subject, "X", "X", name.isEmpty ? "X" : name], &remarks)
        }
        let day = EDFStart.texts(start).long
        let recorded = words("edf_recording")
        if isPlus, recorded.count >= 5, recorded[0] == "Startdate" {
            recording = Self.fitting(["Startdate", day] + recorded.dropFirst(2), &remarks)
        } else if !recorded.isEmpty {
            let equipment = recorded.filter { $0 != "X" && $0 != "Startdate" }.joined(separator: "_")
            recording = Self.fitting(["Startdate", day, "X", "X", equipment.isEmpty ? "X" : equipment], &remarks)
        } else {
            recording = "Startdate \(day) X X \(isOwn ? "Larmor" : "X")"
        }
    }

    private static func isBirthday(_ text: String) -> Bool { text == "X" || EDFStart.isLongDay(text) }

    /// As much as there is room for.
    private static func fitting(_ words: [String], _ remarks: inout [String]) -> String {
        let text = words.joined(separator: " ")
        if text.count > width { remarks.append("“\(text.dropFirst(width))” of “\(text)” has no room in the header") }
        return String(text.prefix(width))
    }
}
