import Foundation

extension Recording {
    /// Seconds from the start, and from 1970, beyond which a time is damage: what 64 bits hold in nanoseconds.
    private static let longest = 9e9
    /// Rates beyond these are damage; such a track counts as irregular.
    private static let rates = 1e-6...1e9

    /// Takes out what a damaged or strange file says of times and rates, so that everything after it may calculate with them.
    mutating func dropImplausibleTimes() {
        func isTime(_ seconds: Double) -> Bool { abs(seconds) < Self.longest }
        if let moment = start, !isTime(moment.timeIntervalSince1970) {
            start = nil
            remarks.append("the start that it tells is no possible time and was dropped")
        }
        let count = markers.count
        markers.removeAll { !isTime($0.time) || !isTime($0.duration) }
        if markers.count < count { remarks.append("\(count - markers.count) markers have no possible time and were dropped") }
        let countOfTexts = texts.count
        texts.removeAll { !$0.stamps.allSatisfy(isTime) }
        if texts.count < countOfTexts {
            remarks.append("the stamps of \(countOfTexts - texts.count) streams of texts are no times")
        }
        for index in tracks.indices {
            let name = tracks[index].name
            if tracks[index].rate != 0, !Self.rates.contains(tracks[index].rate) {
                let rate = tracks[index].rate
                let said = rate.isFinite ? "the rate \(rate) Hz" : "its rate"
                remarks.append("\(name): \(said) is none that a device has; it counts as irregular")
                tracks[index].rate = 0
            }
            if !isTime(tracks[index].start) || !tracks[index].stamps.allSatisfy(isTime) {
                remarks.append("\(name): its stamps are no possible times and were dropped")
                tracks[index].stamps = []
                tracks[index].start = 0
            }
        }
    }
}
