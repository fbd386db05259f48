import Foundation
import LinearAlgebra
import Reservoirs
import TensorFiles
import Testing

/// Reservoirs that others measured give the numbers that their own programs give, from the files on.
@Suite(.enabled(if: PublicData.measured != nil, PublicData.needsMeasured))
struct PublishedReservoirTests {
    private func inSkyrmionFolder(_ part: String, _ body: (String) throws -> Void) throws {
        try PublicData.inFolder { folder in
            let archive = (PublicData.measured ?? "") + "/prcpy-skyrmion.tar.xz"
            try PublicData.run("/usr/bin/tar", ["xJf", archive, "-C", folder, part, "chaos"])
            try body(folder)
        }
    }

    /// PRCpy's task: scan t tells the target of `ahead` steps later; the first 70 % are for training.
    private func errors(_ states: Matrix<Double>, _ target: [Double], ahead: Int) throws -> (train: Double, test: Double) {
        // PRCpy's int(n · (1 − 0.3)) without a shift, scikit-learn's n − ⌈0.3 n⌉ with none, are the same here.
        let split = Int(Double(states.rows) * 0.7)
        let truth = target.dropFirst(ahead).prefix(states.rows - ahead)
        let all = Matrix(rows: truth.count, columns: 1, values: Array(truth))
        let usable = states.rows(0..<states.rows - ahead)
        let path = try RidgePath(states: usable.rows(0..<split), targets: all.rows(0..<split), lambdas: [0.1])
        let predicted = try path.readouts[0].predict(usable).values
        return (
            TaskError.mse(Array(all.values[..<split]), Array(predicted[..<split])),
            TaskError.mse(Array(all.values[split...]), Array(predicted[split...]))
        )
    }

    /// Four digits.
    private func isNear(_ found: Double, _ expected: Double) -> Bool { abs(found / expected - 1) < 1e-4 }

    @Test func `a skyrmion film predicts Mackey–Glass as well as PRCpy finds`() throws {
        try inSkyrmionFolder("mg_mapping") { folder in
            var options = ScanFolder.Options()
            options.background = "BG_450mT_1_0to6_0GHz_4K.txt"
            options.smoothing = (window: 51, order: 4)
            options.normalisation = .all
            options.every = 16
            let scans = try #require(try ScanFolder(folder + "/mg_mapping/Cu2OSeO3/skyrmion", options: options))
            #expect(scans.measured.steps == 500 && scans.measured.nodes == 101 && scans.measured.dropped == 0)
            #expect(scans.files.first == "scan_1_62_923mT.txt" && scans.measured.inputs?[0, 0] == 62.923)
            let series = try NumPyArray(file: folder + "/chaos/mackey_glass_t17.npy").values
            let (low, high) = (series.min() ?? 0, series.max() ?? 1)
            let target = series.prefix(500).map { ($0 - low) / (high - low) }
            let ten = try errors(scans.measured.states, target, ahead: 10)
            #expect(isNear(ten.train, 2.0098569915e-2) && isNear(ten.test, 8.9340997911e-3), "\(ten)")
            let one = try errors(scans.measured.states, target, ahead: 1)
            #expect(isNear(one.train, 6.4315314232e-4) && isNear(one.test, 7.3564803020e-4), "\(one)")
        }
    }

    @Test func `a skyrmion film turns a sine into a square wave as well as PRCpy finds`() throws {
        try inSkyrmionFolder("sine_mapping") { folder in
            let scans = try #require(try ScanFolder(folder + "/sine_mapping/Cu2OSeO3/skyrmion"))
            #expect(scans.measured.steps == 100 && scans.measured.nodes == 1601)
            // Ten periods of ten steps, the first half of each is 1.
            let target = (0..<100).map { $0 % 10 < 5 ? 1.0 : 0.0 }
            let found = try errors(scans.measured.states, target, ahead: 0)
            #expect(isNear(found.train, 1.0905532833e-5) && isNear(found.test, 1.0898153235e-4), "\(found)")
        }
    }

    @Test func `a nanowire network has RCbench's memory capacity and kernel rank`() throws {
        try PublicData.inFolder { folder in
            let file = folder + "/074.txt"
            try PublicData.run("/usr/bin/gzip", ["-dc", (PublicData.measured ?? "") + "/rcbench-074.txt.gz"], output: file)
            let table = try ElectrodeTable(file: file)
            #expect(table.inputs == ["8"] && table.grounds == ["17"] && table.measured.dropped == 0)
            #expect(table.nodes == ["10", "11", "12", "13", "14", "15", "16", "18", "19", "20", "21", "22", "23", "9"])
            let measured = table.measured
            #expect(measured.steps == 3000 && measured.nodes == 14)
            let inputs = try #require(measured.inputs).values
            let memory = try MemoryCapacity(inputs: inputs, states: measured.states, settings: .rcbench(delays: 30, ridge: 0.1))
            #expect(abs(memory.total - 2.8945558220) < 1e-6)
            #expect(try StateRank.ofGram(measured.states) == 10)
            #expect(try StateRank.ofGram(StateRank.withInput(inputs, measured.states)) == 10)
        }
    }
}
