import Foundation
import Signals

extension Recording {
    /// What ``metadata`` calls the format under "format".
    static let openBCIFormat = "OpenBCI"

    /// Reads a text file of OpenBCI's own program: the channels in µV, the acceleration in g, and digital and analog inputs where they are
    /// not zero all the time. Codes of the marker channel become markers.
    ///
    /// A board that counts its samples (Cyton 0 … 255) tells so what is missing; the computer's times, each of them late, give the line
    /// that the samples' times lie on.
    /// - Throws: ``SessionError``.
    init(openBCI path: String) throws(SessionError) {
        let file = try OpenBCIText(path)
        self.init()
        remarks = file.remarks
        metadata["format"] = Self.openBCIFormat
        let columns = file.columns
        let times = columns.time.map { Self.seconds(file.values[$0]) } ?? []
        let gaps = columns.index.map { OpenBCIGaps(file.values[$0], times: times, rate: file.rate) }
        if let gaps, gaps.isUnclear {
            remarks.append("its sample numbers do not count evenly, so nobody can say what is missing")
        }
        let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
        func track(_ suffix: String, _ type: String, _ unit: String, _ wanted: [Int]) -> Track {
            var values: [Double] = []
            values.reserveCapacity(file.samples * wanted.count)
            for sample in 0..<file.samples { for column in wanted { values.append(file.values[column][sample]) } }
            var track = Track(
                name: name + suffix, type: type, labels: wanted.map { columns.names[$0] },
                units: .init(repeating: unit, count: wanted.count), rate: file.rate, values: .double64(values))
            track.gaps = gaps?.gaps ?? []
            if let board = file.board { track.details = [Self.acquisition(board)] }
            return track
        }
        tracks = [track("", "EEG", "µV", columns.eeg)]
        if !columns.acceleration.isEmpty { tracks.append(track(".accel", "Accelerometer", "g", columns.acceleration)) }
        let used = columns.others.filter { column in file.values[column].contains { $0 != 0 } }
        if !used.isEmpty { tracks.append(track(".aux", "Auxiliary", "", used)) }
        let stamps = stamps(times)
        for index in tracks.indices { tracks[index].stamps = stamps }
        if let column = columns.marker {
            for (sample, value) in file.values[column].enumerated() where value != 0 {
                let text = Int(exactly: value).map(String.init) ?? "\(value)"
                markers.append(Marker(time: stamps.isEmpty ? Double(sample) / file.rate : stamps[sample], text: text))
            }
        }
        if let first = times.first { start = Date(timeIntervalSince1970: first + (stamps.first ?? 0)) }
        // The first sample is second 0.
        if let first = stamps.first {
            for index in tracks.indices { tracks[index].stamps = stamps.map { $0 - first } }
            for index in markers.indices { markers[index].time -= first }
        }
    }

    /// Seconds since 1970; versions up to 5.0 wrote milliseconds.
    private static func seconds(_ times: [Double]) -> [Double] {
        guard let first = times.first, first > 1e8, times.allSatisfy({ $0.isFinite && abs($0) < 1e14 }) else { return [] }
        return first > 1e11 ? times.map { $0 / 1000 } : times
    }

    /// Times of the samples on the line below the computer's times, from the first of these; by the rate where there are none.
    private func stamps(_ times: [Double]) -> [Double] {
        guard let track = tracks.first, track.samples > 0 else { return [] }
        guard let first = times.first, times.allSatisfy({ (-60...1e8).contains($0 - first) }) else {
            return track.uniformStamps
        }
        var history = ClockHistory(nominalRate: track.rate)
        // A minute of room for what the line lies below the first time.
        let base = 60.0
        var frame: UInt64 = 0
        var runs: [(frame: UInt64, count: Int)] = []
        var sample = 0
        for run in track.runs() {
            if run.first != nil {
                runs.append((frame, run.count))
                for offset in 0..<run.count {
                    history.observe(counter: frame + UInt64(offset), host: HostTime(seconds: base + times[sample] - first))
                    sample += 1
                }
            }
            frame += UInt64(run.count)
        }
        let curve = history.curve()
        var stamps: [Double] = []
        stamps.reserveCapacity(track.samples)
        var last: HostTime?
        for run in runs {
            curve.forEachHost(from: run.frame, count: run.count, after: &last) { stamps.append($0.seconds - base) }
        }
        return stamps.count == track.samples ? stamps : track.uniformStamps
    }

    private static func acquisition(_ board: String) -> HeaderElement {
        var element = HeaderElement("acquisition", "")
        element.children = [HeaderElement("manufacturer", "OpenBCI"), HeaderElement("model", board)]
        return element
    }
}

/// What is missing between samples that a board counted in a small circle.
struct OpenBCIGaps {
    private(set) var gaps: [Recording.Track.Gap] = []
    /// The numbers are no counter.
    private(set) var isUnclear = false

    /// - Parameter times: seconds at which the computer had each sample; empty where nobody knows.
    init(_ numbers: [Double], times: [Double], rate: Double) {
        guard numbers.count > 2 else { return }
        // The usual step, and the circle's length: the greatest number and a step.
        var steps: [Double: Int] = [:]
        for (next, last) in zip(numbers.dropFirst(), numbers) where next > last { steps[next - last, default: 0] += 1 }
        guard let step = steps.max(by: { ($0.value, $1.key) < ($1.value, $0.key) })?.key, let greatest = numbers.max(),
            let least = numbers.min(), step >= 1, Double(steps[step] ?? 0) >= 0.8 * Double(numbers.count - 1)
        else {
            isUnclear = true
            return
        }
        let turn = ((greatest - least) / step).rounded() + 1
        let hasTurns = zip(numbers.dropFirst(), numbers).contains { $0 < $1 }
        for index in 1..<numbers.count {
            let difference = numbers[index] - numbers[index - 1]
            var missing = (difference / step).rounded() - 1
            if difference < 0 {
                guard hasTurns else { continue }
                missing += turn
            }
            if hasTurns, times.count == numbers.count {
                // Whole turns show in the computer's time alone, and late times are no turns.
                var elapsed = (times[index] - times[index - 1]) * rate - 1
                if elapsed - missing > turn / 2 { elapsed = Self.elapsed(before: index, times, rate) - 1 }
                missing += max(0, ((elapsed - missing) / turn).rounded()) * turn
            }
            if missing >= 1, missing < 1e9 { gaps.append(.init(index: index, count: Int(missing))) }
        }
    }

    /// Samples from the one before to this one by the least late times of a second around them.
    private static func elapsed(before index: Int, _ times: [Double], _ rate: Double) -> Double {
        let window = max(1, Int(min(rate, 10_000)))
        let later =
            (index..<min(times.count, index + window)).map { times[$0] - Double($0 - index) / rate }.min() ?? times[index]
        let earlier =
            (max(0, index - window)..<index).map { times[$0] + Double(index - 1 - $0) / rate }.min() ?? times[index - 1]
        return (later - earlier) * rate
    }
}
