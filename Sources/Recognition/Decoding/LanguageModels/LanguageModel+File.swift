import Signals

extension LanguageModel {
    /// The bytes of its file, as ``ModelLayout`` says; equal models give equal bytes.
    public var encoded: [UInt8] { Array(storage.bytes) }

    /// CRC-32C of all bytes but its own.
    static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        var crc = CRC32C()
        crc.update(UnsafeRawBufferPointer(rebasing: bytes[..<20]))
        crc.update(UnsafeRawBufferPointer(rebasing: bytes[24...]))
        return crc.value
    }

    /// The checksum that a file of these bytes has to have.
    package static func checksum(of bytes: [UInt8]) -> UInt32 { bytes.withUnsafeBytes { checksum($0) } }

    /// Opens a model's file. The file is mapped, not read, and checked as a whole.
    /// - Throws: ``LanguageModelError`` that says what is wrong with it.
    public convenience init(file path: String) throws(LanguageModelError) {
        try self.init(checking: ModelBytes(file: path), path)
    }

    /// - Parameters:
    ///   - encoded: bytes of a model's file.
    ///   - place: what errors call it.
    public convenience init(encoded: [UInt8], place: String) throws(LanguageModelError) {
        try self.init(checking: ModelBytes(count: encoded.count) { $0.copyBytes(from: encoded) }, place)
    }

    private convenience init(checking storage: ModelBytes, _ place: String) throws(LanguageModelError) {
        let bytes = storage.bytes
        func fault(_ what: String) -> LanguageModelError { LanguageModelError(place, .file(what)) }
        func word(_ offset: Int) -> UInt32 { bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self) }
        func long(_ offset: Int) -> UInt64 { bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self) }
        guard bytes.count >= ModelLayout.headBytes, bytes[..<8].elementsEqual(ModelLayout.magic) else {
            throw fault("it does not begin with “LARMORLM”")
        }
        guard word(8) == ModelLayout.version else {
            throw fault("its version is \(word(8)), this program reads \(ModelLayout.version); count the model again")
        }
        guard Self.orders.contains(Int(word(12))), let kind = UnitKind(rawValue: word(16)) else {
            throw fault("order \(word(12)), units \(word(16)): expected an order of 1 to 9 and units of 0 to 2")
        }
        let counts = (0..<9).map { Int(word(48 + 4 * $0)) }
        let order = Int(word(12))
        guard counts[order...].allSatisfy({ $0 == 0 }), bytes[84..<ModelLayout.headBytes].allSatisfy({ $0 == 0 }),
            counts[0] >= 3,
            let layout = ModelLayout(
                counts: Array(counts[..<order]), nameBytes: Int(clamping: long(32)), hashCount: Int(clamping: long(40)))
        else { throw fault("the numbers in its head cannot be") }
        guard layout.length == bytes.count, long(24) == UInt64(bytes.count) else {
            throw fault("it has \(bytes.count) bytes, its head says \(layout.length); it is cut or was edited")
        }
        guard word(20) == Self.checksum(bytes) else {
            throw fault("its checksum is wrong: it is damaged. Count the model again")
        }
        self.init(storage, layout, kind)
        if let problem = structuralFault { throw fault(problem) }
    }

    /// What no model that this program writes has, although the checksum is right.
    private var structuralFault: String? {
        for node in 0..<layout.nodes where !(logProbabilities[node] <= 0 && logProbabilities[node].isFinite) {
            return "n-gram \(node) has no probability"
        }
        for node in 0..<layout.inner where !backOffs[node].isFinite { return "n-gram \(node) has no back-off" }
        for level in 0..<order where firstChildren[layout.levelStart[level]] != UInt32(layout.levelStart[level + 1]) {
            return "the n-grams of order \(level + 1) are not where they should be"
        }
        guard firstChildren[layout.inner] == UInt32(layout.nodes) else { return "its last n-gram is not the last" }
        for node in 0..<layout.inner {
            let (first, end) = (Int(firstChildren[node]), Int(firstChildren[node + 1]))
            guard first <= end, end <= layout.nodes else { return "n-gram \(node) has children that are none" }
            for child in first..<end where child > first && words[child] <= words[child - 1] {
                return "n-gram \(child) is not in order"
            }
        }
        for unit in 0..<unitCount where words[unit + 1] != UInt32(unit) { return "unit \(unit) is not in order" }
        for level in 1...order {
            for node in layout.levelStart[level]..<layout.levelStart[level + 1]
            where words[node] >= UInt32(unitCount) || Int(suffixes[node]) >= layout.levelStart[level] {
                return "n-gram \(node) leads out of the model"
            }
        }
        for hash in 0..<max(1, layout.hashCount) - 1 where hashes[hash] >= hashes[hash + 1] {
            return "its texts are not in order"
        }
        guard nameEnds[0] == 0, nameEnds[unitCount] == UInt32(layout.nameBytes) else { return "its names do not fit" }
        for unit in 0..<unitCount where nameEnds[unit] >= nameEnds[unit + 1] || nameEnds[unit + 1] > UInt32(layout.nameBytes) {
            return "unit \(unit) has no name"
        }
        for unit in 0..<unitCount {
            let name = nameBytes(UInt32(unit))
            guard String(validating: name, as: UTF8.self) != nil else { return "the name of unit \(unit) is no UTF-8" }
            if unit < 3, !name.elementsEqual(Self.markers[unit].utf8) { return "it lacks \(Self.markers[unit])" }
            if unit > 3, !nameBytes(UInt32(unit - 1)).lexicographicallyPrecedes(name) { return "unit \(unit) is not in order" }
        }
        return nil
    }
}
