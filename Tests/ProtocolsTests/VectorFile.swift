import Foundation

/// A file of test vectors in firmware-protocols, made by a script there that shares no code with the codec.
func vectors<File: Decodable>(_ protocolName: String, as type: File.Type) throws -> File {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../firmware-protocols/\(protocolName)/vectors.json")
    return try JSONDecoder().decode(File.self, from: Data(contentsOf: file))
}

func isClose(_ found: Double, _ expected: Double) -> Bool { abs(found - expected) <= 1e-9 * max(1e-9, abs(expected)) }
