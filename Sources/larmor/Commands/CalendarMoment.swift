import Foundation

/// A day or a moment on the command line, in UTC: 2026-11-25 or 2026-11-25T18:30:00Z.
struct CalendarMoment {
    /// The moment, or the day's first.
    let begin: Date
    /// The moment, or the first of the next day.
    let end: Date

    init?(_ text: String) {
        if let day = try? Date(text, strategy: .iso8601.year().month().day()), text.count == 10 {
            begin = day
            end = day + 86_400
        } else if let moment = try? Date(text, strategy: .iso8601) {
            begin = moment
            end = moment
        } else {
            return nil
        }
    }
}
