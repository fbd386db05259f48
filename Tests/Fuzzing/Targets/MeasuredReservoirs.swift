import LinearAlgebra
import Reservoirs
import TensorFiles

extension FuzzTarget {
    /// Arrays of NumPy: as many values as the file has bytes for, and what was read can be written and read.
    public static let numpy = FuzzTarget(
        name: "npy",
        check: { bytes throws(FuzzFinding) in
            let array: NumPyArray
            do throws(NumPyArray.FileError) {
                array = try NumPyArray(Array(bytes), name: "f")
            } catch {
                try require(
                    !error.description.unicodeScalars.contains { $0.value < 0x20 }, "a message with control characters")
                return
            }
            try require(array.values.count <= bytes.count, "\(array.values.count) values in \(bytes.count) bytes")
            try require(array.shape.reduce(1, *) == array.values.count, "another number of values than the shape says")
            guard !array.shape.isEmpty else { return }
            guard let again = try? NumPyArray(array.bytes, name: "f") else { throw FuzzFinding("what was written is refused") }
            try require(
                again.shape == array.shape && again.values.map(\.bitPattern) == array.values.map(\.bitPattern),
                "writing changes the array")
        },
        seeds: {
            let floats = NumPyArray(shape: [2, 3], values: [1, -2, .nan, 4, 5e300, 0])
            let header = Array("{\"shape\":(3,),'fortran_order':False,'descr':'>i2'}\n".utf8)
            return [
                floats.bytes,
                [0x93] + Array("NUMPY".utf8) + [2, 0, UInt8(header.count), 0, 0, 0] + header + [0, 1, 2, 3, 4, 5],
            ]
        })

    /// Tables of electrodes: nothing outside of the folder is read, and all states are finite.
    public static let electrodeTable = FuzzTarget(
        name: "electrode-table",
        check: { bytes throws(FuzzFinding) in
            var table: ElectrodeTable?
            try inFolder([(name: "table.txt", bytes: Array(bytes))]) { folder throws(FuzzFinding) in
                table = try? ElectrodeTable(file: folder + "/table.txt")
            }
            guard let measured = table?.measured else { return }
            try require(measured.steps > 0 && measured.nodes > 0, "\(measured.steps) steps of \(measured.nodes) nodes")
            try require(measured.states.values.allSatisfy(\.isFinite), "a state that is not finite")
        },
        seeds: {
            [
                Array("Time[s] in_V[V] in_I[A] a_V[V] g_V[V] g_I[A]\n0 1 1e-3 0.5 0 1\n1 2 nan -0.25 0.001 1\n".utf8),
                Array("\u{FEFF}\"a_V[V]\",\"b_V[V]\"\r\n1, 2\r\n,3\r\nNA,inf\r\n".utf8),
            ]
        })
}
