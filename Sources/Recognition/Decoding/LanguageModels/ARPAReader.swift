/// Reads ARPA files, ours or other programs'.
struct ARPAReader {
    /// N-grams of one order as they stand in the file.
    struct Level {
        /// `order` numbers for each n-gram, one after another.
        var units: [UInt32] = []
        var logProbabilities: [Double] = []
        var backOffs: [Double] = []
    }

    private let place: String
    private var line = 0
    private var promised: [Int] = []
    private(set) var levels: [Level] = []
    /// The markers first, the others as they stand in the file.
    private(set) var names = LanguageModel.markers.map { Array($0.utf8) }
    private var numbers: [[UInt8]: UInt32] = [:]

    init(_ bytes: UnsafeBufferPointer<UInt8>, place: String) throws(LanguageModelError) {
        self.place = place
        for (number, name) in names.enumerated() { numbers[name] = UInt32(number) }
        var section = -1
        var start = 0
        var fields: [Range<Int>] = []
        while start < bytes.count {
            var end = start
            while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
            line += 1
            Self.split(bytes, start..<end, into: &fields)
            start = end + 1
            guard let first = fields.first else { continue }
            let word = UnsafeBufferPointer(rebasing: bytes[first])
            if section == -1 {
                if word.elementsEqual("\\data\\".utf8) { section = 0 }
            } else if word.elementsEqual("\\end\\".utf8) {
                guard !promised.isEmpty, levels.map(\.logProbabilities.count) == promised else {
                    throw fault("the file ends with another number of n-grams than its head says; it is cut or was edited")
                }
                return
            } else if word[0] == UInt8(ascii: "\\"), fields.count == 1 {
                guard section < promised.count, word.elementsEqual("\\\(section + 1)-grams:".utf8) else {
                    throw fault("expected “\\\(section + 1)-grams:” or “\\end\\”, found “\(Self.text(word))”")
                }
                section += 1
                levels.append(Level())
            } else if section == 0 {
                try promise(fields.map { Self.text(UnsafeBufferPointer(rebasing: bytes[$0])) })
            } else {
                try take(bytes, fields, order: section)
            }
        }
        throw fault(section == -1 ? "no “\\data\\”: not an ARPA file" : "the file ends before “\\end\\”; it is cut")
    }

    private func fault(_ what: String) -> LanguageModelError { LanguageModelError(place, .line(line, what)) }

    private static func text(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        String(decoding: bytes.prefix(40), as: UTF8.self)
    }

    private static func split(_ bytes: UnsafeBufferPointer<UInt8>, _ line: Range<Int>, into fields: inout [Range<Int>]) {
        fields.removeAll(keepingCapacity: true)
        var start: Int?
        for place in line {
            let isSpace = bytes[place] == 0x20 || bytes[place] == 0x09 || bytes[place] == 0x0D
            if isSpace, let first = start {
                fields.append(first..<place)
                start = nil
            } else if !isSpace, start == nil {
                start = place
            }
        }
        if let first = start { fields.append(first..<line.upperBound) }
    }

    private mutating func promise(_ fields: [String]) throws(LanguageModelError) {
        let parts = fields.dropFirst().joined().split(separator: "=")
        guard fields.first == "ngram", parts.count == 2, parts[0] == "\(promised.count + 1)", let count = Int(parts[1]),
            count >= 0, promised.count < LanguageModel.orders.upperBound
        else { throw fault("expected “ngram \(promised.count + 1)=COUNT”, of orders 1 to 9") }
        promised.append(count)
    }

    private mutating func take(_ bytes: UnsafeBufferPointer<UInt8>, _ fields: [Range<Int>], order: Int)
        throws(LanguageModelError)
    {
        guard fields.count == order + 1 || (fields.count == order + 2 && order < promised.count) else {
            throw fault("expected a logarithm, \(order) units and, below the highest order, a back-off")
        }
        func number(_ field: Range<Int>) -> Double? { Double(String(decoding: bytes[field], as: UTF8.self)) }
        let backOff = fields.count == order + 2 ? number(fields[order + 1]) : 0
        guard let value = number(fields[0]), value <= 1e-6, value > -1e6, let backOff, abs(backOff) < 1e6 else {
            throw fault("expected a base-10 logarithm of a probability, 0 or less, and a finite back-off")
        }
        for field in fields[1...order] {
            var name = Array(bytes[field])
            if name.elementsEqual("<UNK>".utf8) { name = Array("<unk>".utf8) }
            if order == 1, numbers[name] == nil {
                guard String(validating: name, as: UTF8.self) != nil, !name.contains(0) else {
                    throw fault("the unit is no UTF-8 text; convert the file")
                }
                numbers[name] = UInt32(names.count)
                names.append(name)
            }
            guard let number = numbers[name] else {
                throw fault("“\(String(decoding: name.prefix(40), as: UTF8.self))” is not among the unigrams")
            }
            levels[order - 1].units.append(number)
        }
        levels[order - 1].logProbabilities.append(min(0, value))
        levels[order - 1].backOffs.append(backOff)
    }
}

extension LanguageModel {
    /// - Parameters:
    ///   - arpa: bytes of an ARPA file, ours or another program's.
    ///   - place: what errors call it.
    ///   - kind: what its units are; the file does not tell.
    /// - Throws: ``LanguageModelError`` that names the line.
    public convenience init(arpa: [UInt8], place: String, units kind: UnitKind = .unknown) throws(LanguageModelError) {
        var read: ARPAReader?
        try arpa.withUnsafeBufferPointer { bytes throws(LanguageModelError) in read = try ARPAReader(bytes, place: place) }
        guard let read else { preconditionFailure("read or thrown") }
        let order = read.levels.count
        guard order > 0 else { throw LanguageModelError(place, .file("it has no n-grams")) }
        // Numbers by the order of the names.
        let sorted = (3..<read.names.count).sorted { read.names[$0].lexicographicallyPrecedes(read.names[$1]) }
        var numbers = (0..<UInt32(read.names.count)).map { $0 }
        for (place, old) in sorted.enumerated() { numbers[old] = UInt32(place + 3) }
        var levels = [CompletedLevel?](repeating: nil, count: order)
        for n in stride(from: order, through: 1, by: -1) {
            levels[n - 1] = try CompletedLevel(
                read.levels[n - 1], order: n, numbers: numbers, unitCount: read.names.count,
                longer: n < order ? levels[n] : nil,
                place: place)
        }
        let complete = levels.compactMap { $0 }
        let parents = complete.indices.map { complete[$0].parents(in: $0 == 0 ? nil : complete[$0 - 1]) }
        let trie = NGramTrie(levels: complete.map(\.lastUnits), parents: parents)
        guard ModelLayout(counts: trie.counts, nameBytes: 0, hashCount: 0) != nil else {
            throw LanguageModelError(place, .file("2³¹ n-grams or more"))
        }
        var logProbabilities = [0] + complete.flatMap(\.logProbabilities)
        let backOffs = [0] + complete.flatMap(\.backOffs)
        // N-grams that only longer ones need have the probability that they had without an entry.
        for node in 1..<logProbabilities.count where logProbabilities[node].isNaN {
            var context = trie.parents[node]
            var sum = backOffs[Int(context)]
            repeat {
                context = trie.suffixes[Int(context)]
                if let found = trie.child(of: context, trie.words[node]) {
                    sum += logProbabilities[Int(found)]
                    break
                }
                sum += backOffs[Int(context)]
            } while true
            logProbabilities[node] = min(0, sum)
        }
        self.init(
            trie, logProbabilities: logProbabilities, backOffs: backOffs,
            names: Array(read.names[..<3]) + sorted.map { read.names[$0] }, kind: kind, hashes: [])
    }
}
