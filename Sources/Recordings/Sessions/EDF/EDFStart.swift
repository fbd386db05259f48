import Foundation

/// When a recording began, as the headers of EDF tell it: two fields of eight characters, and in EDF+ the date once more.
enum EDFStart {
    private static let months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
    private static let utc = {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(secondsFromGMT: 0) ?? .gmt
        return calendar
    }()

    struct Day: Equatable {
        var year: Int
        var month: Int
        var day: Int

        /// Nil for a day that no calendar has.
        var date: Date? {
            let parts = DateComponents(calendar: EDFStart.utc, year: year, month: month, day: day)
            return parts.isValidDate ? parts.date : nil
        }
    }

    /// The start; nil when the header names no date. Liberties that had to be taken are told.
    /// - Parameters:
    ///   - date: "dd.mm.yy"; 85 to 99 are years of the last century.
    ///   - time: "hh.mm.ss".
    ///   - recording: of EDF+, "Startdate dd-MMM-yyyy …"; "Startdate X" beside 01.01.85 and midnight says that nobody knows.
    static func read(date: String, time: String, recording: String) -> (start: Date?, remarks: [String]) {
        var remarks: [String] = []
        let words = recording.split(separator: " ")
        let isAnonymous = words.first == "Startdate" && words.dropFirst().first == "X"
        let told = words.first == "Startdate" ? words.dropFirst().first.flatMap { longDay($0) } : nil
        let short = shortDay(date)
        let place = "\(EDFField.date.name) (byte \(EDFField.date.bytes.lowerBound))"
        if short == nil || short?.date == nil {
            remarks.append(
                "\(place): “\(date)” is no date" + (told == nil ? "; the recording has none" : "; “Startdate” has one"))
        } else if isOdd(date) {
            remarks.append("\(place): “\(date)” is not written as dd.mm.yy")
        }
        if let told, let short, short.date != nil, told.date != nil, (told.month, told.day) != (short.month, short.day) {
            remarks.append("\(place): “\(date)” is another day than “\(words[1])”, which was taken")
        }
        guard let day = told?.date ?? short?.date else { return (nil, remarks) }
        let clock = clock(time)
        let field = "\(EDFField.time.name) (byte \(EDFField.time.bytes.lowerBound))"
        if clock == nil {
            remarks.append("\(field): “\(time)” is no time of day; midnight was taken")
        } else if isOdd(time) {
            remarks.append("\(field): “\(time)” is not written as hh.mm.ss")
        }
        let seconds = clock ?? 0
        if isAnonymous, told == nil, short == Day(year: 1985, month: 1, day: 1), seconds == 0 { return (nil, remarks) }
        return (day.addingTimeInterval(seconds), remarks)
    }

    private static func isOdd(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count != 3 || parts.contains { $0.count != 2 }
    }

    private static func parts(_ text: String) -> [Int]? {
        let parts = text.split { ".:-/ ,".contains($0) }.map { Int($0) }
        return parts.count == 3 ? parts.compactMap(\.self) : nil
    }

    private static func shortDay(_ text: String) -> Day? {
        guard let parts = parts(text), parts.count == 3, (0...9999).contains(parts[2]) else { return nil }
        let year = parts[2] > 99 ? parts[2] : parts[2] + (parts[2] < 85 ? 2000 : 1900)
        return Day(year: year, month: parts[1], day: parts[0])
    }

    private static func longDay(_ text: Substring) -> Day? {
        let parts = text.split(separator: "-")
        guard parts.count == 3, let day = Int(parts[0]), let month = months.firstIndex(of: parts[1].uppercased()),
            let year = Int(parts[2]), (1...9999).contains(year)
        else { return nil }
        return Day(year: year, month: month + 1, day: day)
    }

    /// "02-MAR-1951", of a day that there was.
    static func isLongDay(_ text: String) -> Bool { longDay(text[...])?.date != nil }

    /// Seconds of the day.
    private static func clock(_ text: String) -> Double? {
        guard let parts = parts(text), parts.count == 3, (0..<24).contains(parts[0]), (0..<60).contains(parts[1]),
            (0...60).contains(parts[2])
        else { return nil }
        return Double(parts[0] * 3600 + parts[1] * 60 + parts[2])
    }

    /// The texts of the header's fields, and the part of a second by which the first sample is later than they say.
    /// - Parameter start: nil when nobody knows: then they say so.
    static func texts(_ start: Date?) -> (date: String, time: String, long: String, fraction: Double) {
        guard let start else { return ("01.01.85", "00.00.00", "X", 0) }
        let micro = (start.timeIntervalSince1970 * 1e6).rounded()
        let whole = (micro / 1e6).rounded(.down)
        let parts = utc.dateComponents(
            [.year, .month, .day, .hour, .minute, .second], from: Date(timeIntervalSince1970: whole))
        let (year, month, day) = (parts.year ?? 1985, parts.month ?? 1, parts.day ?? 1)
        let date = String(format: "%02d.%02d.%02d", day, month, year % 100)
        let time = String(format: "%02d.%02d.%02d", parts.hour ?? 0, parts.minute ?? 0, parts.second ?? 0)
        let long = String(format: "%02d-", day) + months[(month + 11) % 12] + String(format: "-%04d", year)
        return (date, time, long, (micro - whole * 1e6) / 1e6)
    }
}
