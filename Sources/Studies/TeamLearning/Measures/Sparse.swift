/// Numbers of which most are 0, in a stored training: how many there are, where the others stand, and what they are.
struct Sparse<Value: Codable & Numeric & Sendable>: Codable, Sendable {
    var count: Int
    var places: [Int]
    var values: [Value]

    init(_ all: [Value]) {
        count = all.count
        places = all.indices.filter { all[$0] != 0 }
        values = places.map { all[$0] }
    }

    /// - Throws: where a place is outside, or there are not as many places as values.
    func all(_ decoder: any Decoder) throws -> [Value] {
        guard places.count == values.count, count >= 0, places.allSatisfy({ (0..<count).contains($0) }) else {
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "places outside"))
        }
        var all = [Value](repeating: 0, count: count)
        for (place, value) in zip(places, values) { all[place] = value }
        return all
    }
}
