import Failures
import Foundation
import LinearAlgebra
import Origin
import Reservoirs
import TensorFiles
import Testing

struct MeasuredStatesTests {
    private func table(_ text: String, _ body: (String) throws -> Void) throws {
        try PublicData.inFolder { folder in
            try text.write(toFile: folder + "/table.txt", atomically: true, encoding: .utf8)
            try body(folder + "/table.txt")
        }
    }

    @Test func `electrodes with a current are inputs or grounds, the others nodes; incomplete steps are left out`() throws {
        let text = """
            Time[s] in_V[V] in_I[A] b_V[V] b_I[A] a_V[V] gnd_V[V] gnd_I[A] dead_V[V]
            0 1 1e-3 0.5 nan 0.25 0 1 nan
            1 2 nan nan nan 0.75 0 1 nan
            2 3 1e-3 1.5 nan 1.25 0.001 1 nan
            3 inf 1e-3 2.5 nan 1.75 0 1 nan
            """
        try table(text) { file in
            let found = try ElectrodeTable(file: file)
            #expect(found.inputs == ["in"] && found.grounds == ["gnd"] && found.nodes == ["a", "b"])
            #expect(found.measured.states.values == [0.25, 0.5, 1.25, 1.5])
            #expect(found.measured.inputs?.values == [1, 3] && found.measured.dropped == 2)
        }
        try table(text.replacingOccurrences(of: " ", with: ",")) { file in
            let found = try ElectrodeTable(file: file)
            #expect(found.measured.states.values == [0.25, 0.5, 1.25, 1.5])
        }
    }

    @Test func `a table without nodes, and one without a whole row, are typed errors`() throws {
        try table("Time[s] x y\n1 2 3\n") { file in
            #expect(throws: ReservoirRecording.FileError.self) { _ = try ElectrodeTable(file: file) }
        }
        try table("a_V[V] b_V[V]\nnan 1\n2 nan\n") { file in
            #expect(throws: ReservoirRecording.FileError.self) { _ = try ElectrodeTable(file: file) }
        }
        #expect(throws: ByteFileError.self) { _ = try ElectrodeTable(file: "/nowhere") }
    }

    @Test func `states become a recording and come back`() throws {
        let states = Matrix<Double>(rows: 2, columns: 3, values: [1, 2, 3, 4, 5, 6.5])
        let measured = MeasuredStates(
            description: "a film", inputs: Matrix(rows: 2, columns: 1, values: [0.5, -1]), states: states)
        let recording = try #require(measured.recording)
        let read = try ReservoirRecording(text: recording.text, file: "x")
        #expect(MeasuredStates(read) == measured)
        #expect(MeasuredStates(description: "x", inputs: nil, states: states).recording == nil)
    }

    @Test func `arrays of states and inputs are read; what does not fit is a typed error`() throws {
        try PublicData.inFolder { folder in
            func write(_ name: String, _ shape: [Int], _ values: [Double]) throws -> String {
                try Data(NumPyArray(shape: shape, values: values).bytes).write(to: URL(fileURLWithPath: folder + "/" + name))
                return folder + "/" + name
            }
            var measured = try MeasuredStates(numPy: write("x.npy", [2, 2], [1, 2, 3, 4]))
            try measured.setInputs(numPy: write("u.npy", [3], [7, 8, 9]))
            #expect(measured.inputs?.values == [7, 8] && measured.nodes == 2)
            let short = try write("short.npy", [1], [7])
            #expect(throws: NumPyArray.FileError.self) { try measured.setInputs(numPy: short) }
            var holed = try MeasuredStates(numPy: write("holed.npy", [3, 1], [1, .nan, 3]))
            #expect(holed.dropped == 1 && holed.states.values == [1, 3])
            let three = try write("three.npy", [3], [7, 8, 9])
            #expect(throws: NumPyArray.FileError.self) { try holed.setInputs(numPy: three) }
            let cube = try write("cube.npy", [1, 1, 2], [1, 2])
            #expect(throws: NumPyArray.FileError.self) { _ = try MeasuredStates(numPy: cube) }
            let empty = try write("empty.npy", [0, 2], [])
            #expect(throws: NumPyArray.FileError.self) { _ = try MeasuredStates(numPy: empty) }
        }
    }
}
