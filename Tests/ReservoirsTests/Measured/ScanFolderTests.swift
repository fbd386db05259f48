import Failures
import Foundation
import LinearAlgebra
import Origin
import Reservoirs
import Testing

struct ScanFolderTests {
    private func write(_ files: [String: String], _ body: (String) throws -> Void) throws {
        try PublicData.inFolder { folder in
            for (name, text) in files { try text.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8) }
            try body(folder)
        }
    }

    private func scan(_ values: [Double]) -> String {
        "\"Field\",\"Frequency\",\"Spectra\"\n" + values.enumerated().map { "1,\(Double($0) * 0.5),\($1)\n" }.joined()
    }

    @Test func `scans are sorted by their numbers, and their names give the inputs`() throws {
        let files = [
            "scan_10_5mT.txt": scan([3, 4]), "scan_2_-1_25mT.txt": scan([1, 2]), "scan_1_7mT.txt": scan([0, 1]),
            "notes.txt": "x", "BG_1.txt": scan([9, 9]),
        ]
        try write(files) { folder in
            let scans = try #require(try ScanFolder(folder))
            #expect(scans.files == ["scan_1_7mT.txt", "scan_2_-1_25mT.txt", "scan_10_5mT.txt"])
            #expect(scans.measured.inputs?.values == [7, -1.25, 5])
            #expect(scans.measured.states.values == [0, 1, 1, 2, 3, 4])
            #expect(scans.axis == [0, 0.5])
        }
        try write(["scan1.txt": scan([3, 4]), "scan2.txt": scan([3, 5])]) { folder in
            let measured = try #require(try ScanFolder(folder)).measured
            #expect(measured.inputs == nil)
        }
    }

    @Test func `background, range, normalisation and every n-th point are applied in this order`() throws {
        let files = [
            "scan_1_1.txt": scan([9, 2, 4, 6, 9]), "scan_2_2.txt": scan([9, 3, 3, 11, 9]), "BG.txt": scan([1, 1, 1, 1, 1]),
        ]
        try write(files) { folder in
            var options = ScanFolder.Options()
            options.background = "BG.txt"
            options.range = 0.5...1.5
            options.normalisation = .all
            var scans = try #require(try ScanFolder(folder, options: options))
            // 1, 3, 5 and 2, 2, 10 over the span of 9.
            for (a, b) in zip(scans.measured.states.values, [0.0, 2, 4, 1, 1, 9]) { #expect(abs(a - b / 9) < 1e-15) }
            options.normalisation = .each
            options.every = 2
            scans = try #require(try ScanFolder(folder, options: options))
            #expect(scans.measured.states.values == [0, 1, 0, 1] && scans.axis == [0.5, 1.5])
        }
    }

    @Test func `a scan with a missing value is left out with its input, and counted`() throws {
        let files = ["scan_1_1.txt": scan([1, 2]), "scan_2_2.txt": scan([1, .nan]), "scan_3_3.txt": scan([.infinity, 2])]
        try write(files) { folder in
            let measured = try #require(try ScanFolder(folder)).measured
            #expect(measured.dropped == 2 && measured.states.values == [1, 2] && measured.inputs?.values == [1])
        }
    }

    @Test func `files that cannot be are typed errors with file and line`() throws {
        func message(_ files: [String: String], _ change: (inout ScanFolder.Options) -> Void = { _ in }) throws -> String {
            var text = ""
            try write(files) { folder in
                var options = ScanFolder.Options()
                change(&options)
                do { _ = try ScanFolder(folder, options: options) } catch let error as ReservoirRecording.FileError {
                    text = error.description.replacingOccurrences(of: folder, with: "F")
                }
            }
            return text
        }
        let good = scan([1, 2, 3])
        #expect(
            try message(["scan_1_1.txt": good, "scan_2_1.txt": scan([1, 2])])
                == "F/scan_2_1.txt: expected 3 points, as the first scan has, found 2")
        #expect(try message(["scan_1_1.txt": "a,b\n1,2\n"]) == "F/scan_1_1.txt:1: expected a column “Frequency”, found a, b")
        #expect(
            try message(["scan_1_1.txt": good + "1,2\n"]) == "F/scan_1_1.txt:5: expected 3 values, as many as names, found 2")
        #expect(try message(["scan_1_1.txt": good + "1,2,x\n"]) == "F/scan_1_1.txt:5: expected a number, found “x”")
        #expect(try message(["scan_1_1.txt": good + "1,2,0x1p3\n"]).hasPrefix("F/scan_1_1.txt:5: expected a number"))
        #expect(try message(["scan_1_1.txt": ""]) == "F/scan_1_1.txt: expected a line of column names, found an empty file")
        #expect(
            try message(["scan_1_1.txt": "Frequency,Spectra\n"]) == "F/scan_1_1.txt: expected rows of numbers, found only names"
        )
        #expect(try message(["other.txt": good]) == "F: expected files whose names begin with “scan”, found none among 1 files")
        #expect(
            try message(["scan_1_1.txt": good]) { $0.smoothing = (window: 5, order: 2) }.contains("expected 5 points or more"))
        #expect(try message(["scan_1_1.txt": good]) { $0.range = 7...8 }.contains("within the range"))
        let shifted = "Field,Frequency,Spectra\n1,0,1\n1,2,1\n1,4,1\n"
        #expect(
            try message(["scan_1_1.txt": good, "scan_2_1.txt": shifted])
                == "F/scan_2_1.txt:3: expected Frequency 0.5, as in the first scan, found 2.0")
        #expect(throws: ByteFileError.self) { _ = try ScanFolder("/nowhere") }
    }

    @Test func `smoothing equals SciPy's, ends included`() throws {
        let values = uniform(40, seed: 3)
        let smooth = try SavitzkyGolay(window: 11, order: 3).smooth(values)
        for (a, b) in zip(smooth, MetricValues.savitzkyGolay) { #expect(abs(a - b) < 1e-12) }
        #expect(smooth.count == MetricValues.savitzkyGolay.count)
    }
}
