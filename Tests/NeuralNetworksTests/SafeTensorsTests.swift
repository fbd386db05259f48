import Foundation
import NeuralNetworks
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

    @Test func `the layout is the published one`() throws {
        let data = try sample.encoded()
        let length = data.prefix(8).enumerated().reduce(0) { $0 + Int($1.element) << (8 * $1.offset) }
        let header = try #require(
            JSONSerialization.jsonObject(with: data.subdata(in: 8..<8 + length)) as? [String: Any])
        #expect((header["a"] as? [String: Any])?["dtype"] as? String == "F32")
        #expect((header["b"] as? [String: Any])?["data_offsets"] as? [Int] == [16, 40])
        #expect(data.count == 8 + length + 40)
    }

    @Test func `a file cut anywhere is a typed error`() throws {
        let data = try sample.encoded()
        for length in 0..<data.count {
            #expect(throws: SafeTensors.FileError.self) { try SafeTensors(data.prefix(length), name: "cut") }
        }
    }

    @Test func `flipped bits never trap`() throws {
        let data = try sample.encoded()
        for bit in 0..<data.count * 8 {
            var damaged = data
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            _ = try? SafeTensors(damaged, name: "damaged")
        }
    }

    @Test func `a network survives its file`() throws {
        let shape = RecurrentNetwork.Shape(inputs: 3, hidden: 4, layers: 2, outputs: 3)
        let network = RecurrentNetwork(shape: shape, seed: 3)
        let data = try SafeTensors(tensors: network.tensors).encoded()
        let loaded = try RecurrentNetwork(shape: shape, SafeTensors(data, name: "x"), name: "x")
        #expect(loaded == network)
    }
}
