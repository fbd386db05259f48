import Foundation

/// Averages of another program, a line each: `t_ps,mx,my,mz`, below a line of names; lines that begin with # do not count.
struct ReferenceCurve {
    var points: [(time_ps: Double, mean: SIMD3<Double>)] = []

    /// - Throws: ``DriveTable/FileError``.
    init(file: URL) throws(DriveTable.FileError) {
        guard let data = FileManager.default.contents(atPath: file.path) else {
            throw DriveTable.FileError(file: file.path, line: 0, expected: "a table of averages", found: "no such file")
        }
        let text = String(decoding: data, as: UTF8.self)
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            guard let first = line.first, first.isNumber || first == "-" else { continue }
            let values = line.split(separator: ",").compactMap { Double($0) }
            guard values.count == 4, values.allSatisfy(\.isFinite) else {
                throw DriveTable.FileError(
                    file: file.path, line: index + 1, expected: "four numbers with commas", found: "“\(line.prefix(40))”")
            }
            points.append((values[0], SIMD3(values[1], values[2], values[3])))
        }
    }

    /// Largest distance of a component from ours after 1, 2, … ps; not a number when ours is shorter.
    func largestDeviation(of means: [SIMD3<Double>]) -> Double {
        var largest = 0.0
        for point in points {
            let place = Int(point.time_ps.rounded()) - 1
            guard means.indices.contains(place) else { return .nan }
            for axis in 0..<3 { largest = max(largest, abs(means[place][axis] - point.mean[axis])) }
        }
        return points.isEmpty ? .nan : largest
    }
}
