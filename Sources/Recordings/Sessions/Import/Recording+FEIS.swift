import Foundation

extension Recording {
    /// What ``metadata`` calls the format under "format".
    static let feisFormat = "FEIS"

    /// Whether a file begins as a table of the data set FEIS: "Time:256Hz,Epoch,F3,…".
    static func isFEIS(_ head: [UInt8]) -> Bool {
        let line = head.prefix { $0 != UInt8(ascii: "\n") }
        return line.starts(with: "Time:".utf8) && String(decoding: line, as: UTF8.self).contains("Hz,Epoch,")
    }

    /// Reads a table of FEIS: time in seconds, number of the epoch, channels in µV, then label, stage and flag. Between epochs that were
    /// cut out of a longer recording there are gaps. The label of each epoch is a marker.
    ///
    /// - Source: S. Wellington, J. Clayton, "Fourteen-channel EEG with Imagined Speech (FEIS) dataset", 2019.
    /// - Throws: ``SessionError`` that names the line which is not as it should be.
    init(feis path: String) throws(SessionError) {
        let file = try MappedFile(path: path)
        let bytes = file.withBytes { Array($0) }
        var lines = bytes.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") })[...]
        let names = lines.popFirst().map { Self.cells($0) } ?? []
        let rate = names.first.flatMap { Double($0.dropFirst(5).dropLast(2)) } ?? 0
        let end = names.firstIndex { $0 == "Label" || $0 == "Event Id" } ?? names.count
        guard (1...100_000).contains(rate), end > 2 else {
            throw SessionError(
                path: path,
                reason: .unsupported(
                    "its first line is “\(names.prefix(3).joined(separator: ","))…”; expected Time:256Hz,Epoch,F3,…"))
        }
        self.init()
        metadata["format"] = Self.feisFormat
        var (values, stamps): ([Double], [Double]) = ([], [])
        var gaps: [Track.Gap] = []
        var epoch = ""
        var shift = 0.0
        for (place, line) in lines.enumerated() {
            let cells = Self.cells(line)
            let numbers = cells.prefix(end).map { Double($0) ?? .nan }
            guard cells.count >= end, numbers[0].isFinite, numbers.dropFirst(2).allSatisfy(\.isFinite) else {
                throw SessionError(path: path, reason: .unsupported("line \(place + 2) has no \(end) numbers"))
            }
            // Several recordings may stand in one table: the next one begins a second after the last.
            if let last = stamps.last, numbers[0] + shift <= last {
                shift = last + 1 - numbers[0]
                if remarks.count < 10 {
                    remarks.append("its times begin anew in line \(place + 2): counted as a pause of a second")
                }
            }
            let time = numbers[0] + shift
            if let last = stamps.last {
                let missing = ((time - last) * rate).rounded() - 1
                guard time > last, missing < 1e9 else {
                    throw SessionError(
                        path: path, reason: .unsupported("line \(place + 2) is at \(numbers[0]) s, after one at \(last) s"))
                }
                if missing >= 1 { gaps.append(.init(index: stamps.count, count: Int(missing))) }
            }
            stamps.append(time)
            values += numbers.dropFirst(2)
            if cells[1] != epoch, end < cells.count, !cells[end].isEmpty {
                markers.append(Marker(time: time, text: String(cells[end])))
            }
            epoch = String(cells[1])
        }
        let first = stamps.first ?? 0
        let labels = names[2..<end].map { String($0) }
        var track = Track(
            name: URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent, type: "EEG", labels: labels,
            units: .init(repeating: "µV", count: labels.count), rate: rate, values: .double64(values))
        track.stamps = stamps.map { $0 - first }
        track.gaps = gaps
        tracks = [track]
        for index in markers.indices { markers[index].time -= first }
    }

    private static func cells(_ line: ArraySlice<UInt8>) -> [Substring] {
        String(decoding: line, as: UTF8.self).split(separator: ",", omittingEmptySubsequences: false)
    }
}
