import Origin

/// A manifest's checksum of itself: the key "seal" holds the SHA-256 of the file with 64 zeros in its place.
enum ManifestSeal {
    private static let key = Array("\"seal\" : \"".utf8)
    private static let length = 64

    /// The object with a seal as its last key.
    /// - Parameter json: an object, pretty-printed, that ends with "\n}".
    static func sealed(_ json: [UInt8]) -> [UInt8] {
        var bytes = Array(json.dropLast(2)) + Array(",\n  ".utf8) + key
        let place = bytes.count
        bytes += [UInt8](repeating: 0x30, count: length) + Array("\"\n}".utf8)
        bytes.replaceSubrange(place..<place + length, with: digest(bytes))
        return bytes
    }

    /// Nil when there is nothing like a seal; false when there is one that does not fit, or one that is damaged itself.
    static func isWhole(_ file: [UInt8]) -> Bool? {
        guard file.count > key.count + length + 3 else { return nil }
        let place = file.count - 3 - length
        guard file[place - key.count..<place].elementsEqual(key) else {
            let end = file.suffix(key.count + length + 16)
            let isHexadecimal = end.count { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) } > length - 4
            return isHexadecimal ? false : nil
        }
        var bytes = file
        bytes.replaceSubrange(place..<place + length, with: [UInt8](repeating: 0x30, count: length))
        return file[place..<place + length].elementsEqual(digest(bytes))
    }

    private static func digest(_ bytes: [UInt8]) -> [UInt8] {
        Array(ContentHash.sha256(bytes).utf8)
    }
}
