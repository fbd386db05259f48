public import LinearAlgebra
import Origin
import TensorFiles

extension MeasuredStates {
    /// A file whose first bytes say what it is: an array of NumPy, a recording of ours, or else a table of electrodes.
    /// - Throws: `ByteFileError`, `NumPyArray.FileError`, ``ReservoirRecording/FileError``.
    public init(file: String) throws {
        let start = try ByteFile(file).next() ?? []
        if start.starts(with: [0x93] + Array("NUMPY".utf8)) {
            try self.init(numPy: file)
        } else if start.starts(with: "# larmor reservoir recording".utf8) {
            self.init(try ReservoirRecording(file: file))
        } else {
            self = try ElectrodeTable(file: file).measured
        }
    }

    /// A matrix as a `.npy` file.
    public static func numPy(_ matrix: Matrix<Double>) -> [UInt8] {
        NumPyArray(shape: [matrix.rows, matrix.columns], values: matrix.values).bytes
    }
}
