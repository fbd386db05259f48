import Foundation

/// A moment as headers of XDF write it: "2021-03-04T05:06:07+0100", with or without a fraction of the second, a colon in the offset,
/// or an offset at all; without one it counts as UTC.
struct ISO8601Moment {
    let date: Date

    init?(_ text: String) {
        let pattern = #/(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(\.\d{1,9})?\s*(?:Z|z|([+-])(\d\d):?(\d\d)?)?/#
        guard let match = text.trimmingCharacters(in: .whitespacesAndNewlines).wholeMatch(of: pattern)?.output,
            let year = Int(match.1), let month = Int(match.2), let day = Int(match.3), let hour = Int(match.4),
            let minute = Int(match.5), let second = Int(match.6), hour < 24, minute < 60, second <= 60,
            let begin = EDFStart.Day(year: year, month: month, day: day).date
        else { return nil }
        let fraction = match.7.flatMap { Double("0" + $0) } ?? 0
        let offset = (match.9.flatMap { Double($0) } ?? 0) * 3600 + (match.10.flatMap { Double($0) } ?? 0) * 60
        let seconds = Double(hour * 3600 + minute * 60 + second) + fraction - (match.8 == "-" ? -offset : offset)
        date = begin.addingTimeInterval(seconds)
    }
}
