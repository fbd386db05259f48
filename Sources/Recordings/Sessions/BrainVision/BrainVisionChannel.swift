import Foundation

/// One channel as a header's `ChN=name,reference,resolution,unit` tells it.
struct BrainVisionChannel {
    var label: String
    /// Name of the electrode that it was measured against; "" where none is told.
    var reference = ""
    /// Units of one number.
    var resolution = 1.0
    /// "" where the file says that it has none.
    var unit = "µV"

    /// - Parameters:
    ///   - value: nil where the header has no such entry.
    ///   - number: of the channel, from 1.
    ///   - remarks: told what had to be guessed.
    init(_ value: String?, number: Int, path: String, remarks: inout [String]) throws(SessionError) {
        var fields = BrainVisionText.fields(value ?? "")
        label = fields[0].isEmpty ? "\(number)" : fields[0]
        guard fields.count > 1 else { return }
        reference = fields[1]
        guard fields.count > 2 else { return }
        // A decimal comma splits the resolution into two fields, and the unit is the one behind them.
        func isDigits(_ text: String) -> Bool { !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) } }
        if fields.count > 4, isDigits(fields[2]), isDigits(fields[3]), !isDigits(fields[4]) {
            remarks.append(
                "channel \(number) (\(label)): its resolution “\(fields[2]),\(fields[3])” was read as \(fields[2]).\(fields[3])"
            )
            fields[2] += "." + fields.remove(at: 3)
        }
        if !fields[2].isEmpty {
            guard let number = BrainVisionText.number(fields[2]), number != 0 else {
                throw SessionError(
                    path: path,
                    reason: .unsupported(
                        "[Channel Infos] Ch\(number): the resolution of channel \(label) is “\(fields[2])”, which is no number but 0"
                    ))
            }
            resolution = number
        }
        guard fields.count > 3, !fields[3].isEmpty else { return }
        unit = ["uV", "μV"].contains(fields[3]) ? "µV" : fields[3] == "n/a" ? "" : fields[3]
    }

    /// The straight line through its numbers, where they are whole ones.
    func digitisation(_ range: ClosedRange<Int32>?) -> Recording.Track.Digitisation.Channel? {
        guard let range else { return nil }
        let (low, high) = (Double(range.lowerBound) * resolution, Double(range.upperBound) * resolution)
        guard low.isFinite, high.isFinite, low != high else { return nil }
        return .init(
            physicalMinimum: low, physicalMaximum: high, digitalMinimum: range.lowerBound, digitalMaximum: range.upperBound)
    }
}
