import Foundation
import Signals
import TensorFiles
import Testing

@Suite struct SafeTensorsTests {
    private let sample = SafeTensors(
        tensors: [
            "a": .init(shape: [2, 2], [1, 2, 3, 4] as [Float]),
            "b": .init(shape: [3], [0.5, -1, .pi] as [Double]),
        ], metadata: ["seed": "7"])

    @Test func `what is written is read back`() throws {
        #expect(try SafeTensors(sample.encoded(), name: "x") == sample)
    }

    @Test func `a piece of a larger buffer is read like the whole`() throws {
        let larger = try Data([1, 2, 3]) + sample.encoded() + Data([4])
        #expect(try SafeTensors(larger.dropFirst(3).dropLast(), name: "x") == sample)
    }

    @Test func `the layout is the published one`() throws {
        let data = try sample.encoded()
        let length = data.prefix(8).enumerated().reduce(0) { $0 + Int($1.element) << (8 * $1.offset) }
        let header = try #require(
            JSONSerialization.jsonObject(with: data.subdata(in: 8..<8 + length)) as? [String: Any])
        #expect((header["a"] as? [String: Any])?["dtype"] as? String == "F32")
        #expect((header["b"] as? [String: Any])?["data_offsets"] as? [Int] == [16, 40])
        #expect(data.count == 8 + length + 40)
    }

    @Test func `a tensor that is asked for by name and shape is there or a typed error`() throws {
        #expect(try sample.floats("a", shape: [2, 2], file: "f") == [1, 2, 3, 4])
        for (name, shape) in [("a", [4]), ("b", [3]), ("c", [1])] {
            #expect(throws: SafeTensors.FileError.self) { try sample.floats(name, shape: shape, file: "f") }
        }
    }
}

@Suite struct SafeTensorsDamageTests {
    /// A file with this header and so many bytes of data.
    private func file(_ header: String, data: Int, length: UInt64? = nil) -> Data {
        var bytes = withUnsafeBytes(of: (length ?? UInt64(header.utf8.count)).littleEndian) { Data($0) }
        bytes.append(Data(header.utf8))
        return bytes + Data(count: data)
    }

    @Test func `a file cut anywhere is a typed error`() throws {
        let data = try SafeTensors(tensors: ["a": .init(shape: [2, 2], [1, 2, 3, 4] as [Float])]).encoded()
        for length in 0..<data.count {
            #expect(throws: SafeTensors.FileError.self) { try SafeTensors(data.prefix(length), name: "cut") }
        }
        #expect(throws: SafeTensors.FileError.self) { try SafeTensors(data + Data([0]), name: "longer") }
    }

    @Test func `flipped bits never trap`() throws {
        let data = try SafeTensors(
            tensors: ["a": .init(shape: [2], [1, 2] as [Float]), "b": .init(shape: [1], [3] as [Double])],
            metadata: ["seed": "7"]
        ).encoded()
        for bit in 0..<data.count * 8 {
            var damaged = data
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            _ = try? SafeTensors(damaged, name: "damaged")
        }
        var random = SplitMix64(seed: 3)
        for _ in 0..<2000 {
            var damaged = data
            for _ in 0..<4 { damaged[8 + random.integer(below: data.count - 8)] = UInt8(random.integer(below: 256)) }
            _ = try? SafeTensors(damaged, name: "damaged")
        }
    }

    @Test(
        arguments: [
            ("", 0, "header"),
            ("[1]", 0, "header"),
            (#"{"a":1}"#, 0, "a"),
            (#"{"a":{"shape":[1],"data_offsets":[0,4]}}"#, 4, "dtype"),
            (#"{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}"#, 4, "header"),
            (#"{"a":{"dtype":"F32","shape":[true],"data_offsets":[0,4]}}"#, 4, "a.shape"),
            (#"{"a":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]}}"#, 2, "BF16"),
            (#"{"a":{"dtype":"F32","shape":[-1,-1],"data_offsets":[0,4]}}"#, 4, "[-1, -1]"),
            (#"{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}"#, 4, "4294967296"),
            (#"{"a":{"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,4]}}"#, 4, "a"),
            (#"{"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}}"#, 4, "9 axes"),
            (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, 4, "data_offsets"),
            (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}"#, 4, "data_offsets"),
            (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}"#, 8, "data_offsets"),
            (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 4, "0 ..< 8"),
            (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8, "begin at 0"),
            // Two tensors on the same bytes, and bytes of nobody.
            (
                #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
                4, "begin at 4"
            ),
            (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 8, "4 bytes"),
            (#"{"__metadata__":{"seed":7}}"#, 0, "__metadata__"),
        ])
    func `a hostile header is a typed error that says where`(header: String, data: Int, word: String) {
        let error = #expect(throws: SafeTensors.FileError.self) {
            try SafeTensors(file(header, data: data), name: "hostile.safetensors")
        }
        #expect(error?.file == "hostile.safetensors")
        #expect(error?.problem.contains(word) == true, "\(error?.problem ?? "")")
    }

    @Test func `a header that claims to be longer than the file or than any header is refused before it is read`() {
        for length in [1 as UInt64, 1 << 22, 1 << 40, .max] {
            #expect(throws: SafeTensors.FileError.self) { try SafeTensors(file("", data: 0, length: length), name: "long") }
        }
    }

    @Test func `a header of nothing but brackets ends with an error, not with the stack`() {
        let brackets = #"{"a":"# + String(repeating: "[", count: 200_000)
        #expect(throws: SafeTensors.FileError.self) { try SafeTensors(file(brackets, data: 0), name: "deep") }
    }
}

/// Against Python's `safetensors` package, which shares no code with ours.
@Suite(.enabled(if: PythonReader.isThere, "needs LARMOR_PYTHON with safetensors and NumPy"))
struct SafeTensorsWithPythonTests {
    @Test func `Python reads the values, shapes and texts that were written`() throws {
        let folder = try ScratchFolder()
        let file = SafeTensors(
            tensors: [
                "gru.weight": .init(
                    shape: [2, 3], [1, -2, 0.1, 4, .greatestFiniteMagnitude, Float(bitPattern: 0x2CA)] as [Float]),
                "wide": .init(shape: [2, 1], [.pi, -.leastNonzeroMagnitude] as [Double]),
                "empty": .init(shape: [0, 4], [] as [Float]), "scalar": .init(shape: [], [7] as [Float]),
            ], metadata: ["note": "Ümlaut / slash \"quoted\""])
        try file.encoded().write(to: URL(fileURLWithPath: folder("x.safetensors")))
        let found = try PythonReader.run(
            """
            import sys
            from safetensors import safe_open
            with safe_open(sys.argv[1], framework="np") as f:
                print(f.metadata()["note"])
                for name in sorted(f.keys()):
                    t = f.get_tensor(name)
                    print(name, t.dtype, t.shape, t.tobytes().hex())
            """, folder("x.safetensors"))
        #expect(
            found.split(separator: "\n").map(String.init) == [
                "Ümlaut / slash \"quoted\"", "empty float32 (0, 4) ",
                "gru.weight float32 (2, 3) 0000803f000000c0cdcccc3d00008040ffff7f7fca020000",
                "scalar float32 () 0000e040", "wide float64 (2, 1) 182d4454fb2109400100000000000080",
            ])
    }

    @Test func `what Python writes is read with equal values`() throws {
        let folder = try ScratchFolder()
        _ = try PythonReader.run(
            """
            import sys, numpy as np
            from safetensors.numpy import save_file
            a = (np.arange(24, dtype=np.float32).reshape(2, 3, 4) / 7)
            save_file({"a": a, "b": np.array([1 / 3, -0.0]), "none": np.zeros((0,), np.float32)},
                      sys.argv[1], metadata={"format": "np"})
            """, folder("y.safetensors"))
        let read = try SafeTensors(Data(contentsOf: URL(fileURLWithPath: folder("y.safetensors"))), name: "y")
        #expect(read.metadata == ["format": "np"])
        #expect(read.tensors.keys.sorted() == ["a", "b", "none"])
        #expect(try read.floats("a", shape: [2, 3, 4], file: "y") == (0..<24).map { Float($0) / 7 })
        #expect(read.tensors["b"]?.doubles?.map(\.bitPattern) == [(1.0 / 3).bitPattern, (-0.0).bitPattern])
        #expect(read.tensors["none"]?.floats == [])
    }

    @Test func `NumPy opens an array behind our header`() throws {
        let folder = try ScratchFolder()
        for shape in [[6], [2, 3], [1, 2, 3]] {
            var bytes = Data(NumPyHeader(.int16, shape: shape).bytes)
            for value in 0..<6 { bytes.append(contentsOf: [UInt8(value), 0xFF]) }
            try bytes.write(to: URL(fileURLWithPath: folder("z.npy")))
            let found = try PythonReader.run(
                "import sys, numpy as np; a = np.load(sys.argv[1]); print(a.dtype, a.shape, a.ravel().tolist())",
                folder("z.npy"))
            let tuple = shape.count == 1 ? "(6,)" : "(" + shape.map(String.init).joined(separator: ", ") + ")"
            #expect(found == "int16 \(tuple) [-256, -255, -254, -253, -252, -251]\n")
        }
    }
}
