import Failures
import Foundation
import TensorFiles
import Testing

struct NumPyArrayTests {
    /// A file as numpy.save writes it.
    private func file(_ dictionary: String, version: UInt8 = 1, data: [UInt8]) -> [UInt8] {
        let header = Array(dictionary.utf8) + [0x0A]
        let length =
            version == 1
            ? [UInt8(header.count & 0xFF), UInt8(header.count >> 8)]
            : [UInt8(header.count & 0xFF), UInt8(header.count >> 8), 0, 0]
        return [0x93] + Array("NUMPY".utf8) + [version, 0] + length + header + data
    }

    private func bytes<Word: FixedWidthInteger>(_ words: [Word]) -> [UInt8] {
        words.flatMap { word in withUnsafeBytes(of: word.littleEndian) { Array($0) } }
    }

    @Test(arguments: [UInt8(1), 2, 3])
    func `all versions, orders of bytes and types of numbers are read`(version: UInt8) throws {
        func read(_ descr: String, _ data: [UInt8], _ count: Int = 2) throws -> [Double] {
            let text = "{'descr': '\(descr)', 'fortran_order': False, 'shape': (\(count),), }"
            return try NumPyArray(file(text, version: version, data: data), name: "a.npy").values
        }
        #expect(try read("<f8", bytes([(1.5).bitPattern, (-2.0).bitPattern])) == [1.5, -2])
        #expect(try read(">f8", bytes([(1.5).bitPattern.byteSwapped, (-2.0).bitPattern.byteSwapped])) == [1.5, -2])
        #expect(try read("<f4", bytes([Float(1.5).bitPattern, Float(-2).bitPattern])) == [1.5, -2])
        #expect(try read("|i1", bytes([Int8(-1), 2])) == [-1, 2])
        #expect(try read("|u1", [255, 2]) == [255, 2])
        #expect(try read("<i2", bytes([Int16(-300), 2])) == [-300, 2])
        #expect(try read(">u2", [1, 0, 0, 2]) == [256, 2])
        #expect(try read("<i4", bytes([Int32.min, 2])) == [-2_147_483_648, 2])
        #expect(try read("<u4", bytes([UInt32.max, 2])) == [4_294_967_295, 2])
        #expect(try read("<i8", bytes([Int64(-1), 2])) == [-1, 2])
        #expect(try read("<u8", bytes([UInt64(1) << 63, 2])) == [0x1p63, 2])
    }

    @Test func `keys may stand in any order and in either quotes, and a shape may have no axis`() throws {
        let text = "{\"shape\": (2, 3), \"fortran_order\":False,'descr':\"|u1\"}   "
        let array = try NumPyArray(file(text, data: [1, 2, 3, 4, 5, 6]), name: "a")
        #expect(array.shape == [2, 3] && array.values == [1, 2, 3, 4, 5, 6])
        let one = try NumPyArray(file("{'descr': '|u1', 'fortran_order': False, 'shape': ()}", data: [7]), name: "a")
        #expect(one.shape == [] && one.values == [7])
        let none = try NumPyArray(file("{'descr': '<f8', 'fortran_order': False, 'shape': (0, 3)}", data: []), name: "a")
        #expect(none.shape == [0, 3] && none.values.isEmpty)
    }

    @Test func `what is written is read again`() throws {
        let array = NumPyArray(shape: [2, 2], values: [1, -0.1, 1e300, 4])
        #expect(try NumPyArray(array.bytes, name: "a") == array)
    }

    private static let hostile: [(String, String)] = [
        ("{'descr': '<f8', 'fortran_order': True, 'shape': (2,), }", "Fortran"),
        ("{'descr': '|O', 'fortran_order': False, 'shape': (2,), }", "its type is “|O”"),
        ("{'descr': '<U5', 'fortran_order': False, 'shape': (2,), }", "its type is “<U5”"),
        ("{'descr': '<f2', 'fortran_order': False, 'shape': (2,), }", "its type is “<f2”"),
        ("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (2,), }", "records"),
        ("{'descr': '<f8', 'fortran_order': False, 'shape': (4611686018427387904, 4611686018427387904), }", "its shape is"),
        ("{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,), }", "no dictionary"),
        ("{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }", "takes 3 numbers"),
        ("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", "the file has 16 bytes"),
        ("{'descr': '<f8', 'fortran_order': False, 'shape': (-2,), }", "no dictionary"),
        ("{'descr': '<f8', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,2), }", "at most 8"),
        ("{'descr': '<f8', 'fortran_order': False}", "other keys"),
        ("{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (2,)}", "no dictionary"),
        ("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), 'x': True}", "other keys"),
        ("{'descr': {'descr': {}}, 'fortran_order': False, 'shape': (2,)}", "no dictionary"),
        ("{'descr': '<f8', 'fortran_order': False, 'shape': (2,)} + exit()", "no dictionary"),
        ("", "no dictionary"),
    ]

    @Test(arguments: hostile)
    func `a header that cannot be is a typed error`(text: String, word: String) {
        let bytes = file(text, data: [UInt8](repeating: 0, count: 16))
        do {
            _ = try NumPyArray(bytes, name: "bad.npy")
            Issue.record("\(text) was read")
        } catch {
            #expect(error.kind == .badInput)
            #expect(error.description.hasPrefix("bad.npy: ") && error.description.contains(word), "\(error)")
        }
    }

    @Test func `every cut of a file, and every other version, is a typed error`() {
        let whole = NumPyArray(shape: [3], values: [1, 2, 3]).bytes
        for count in 0..<whole.count {
            #expect(throws: NumPyArray.FileError.self) { _ = try NumPyArray(Array(whole.prefix(count)), name: "cut") }
        }
        var other = whole
        other[6] = 9
        #expect(throws: NumPyArray.FileError.self) { _ = try NumPyArray(other, name: "other") }
    }

    @Test func `a missing file and a folder are typed errors`() {
        #expect(throws: NumPyArray.FileError(file: "/nowhere.npy", problem: .noSuchFile)) {
            _ = try NumPyArray(file: "/nowhere.npy")
        }
        #expect(NumPyArray.FileError(file: "x", problem: .noSuchFile).kind == .missingInput)
        #expect(throws: NumPyArray.FileError.self) { _ = try NumPyArray(file: "/tmp") }
    }
}
