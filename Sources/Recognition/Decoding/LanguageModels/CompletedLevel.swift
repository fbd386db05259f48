/// N-grams of one order, sorted, with those that an ARPA file lacks and longer n-grams need.
struct CompletedLevel {
    let order: Int
    /// `order` numbers for each n-gram.
    private var units: [UInt32] = []
    /// Not a number for those that the file lacks.
    private(set) var logProbabilities: [Double] = []
    private(set) var backOffs: [Double] = []

    var count: Int { logProbabilities.count }
    var lastUnits: [UInt32] { (0..<count).map { units[$0 * order + order - 1] } }

    /// - Parameters:
    ///   - numbers: for each unit of the file its final number.
    ///   - longer: n-grams of the next order.
    init(
        _ level: ARPAReader.Level, order: Int, numbers: [UInt32], unitCount: Int, longer: CompletedLevel?, place: String
    ) throws(LanguageModelError) {
        self.order = order
        let rows = level.units.map { numbers[Int($0)] }
        func row(_ place: Int) -> ArraySlice<UInt32> { rows[place * order..<(place + 1) * order] }
        let sorted = level.logProbabilities.indices.sorted { row($0).lexicographicallyPrecedes(row($1)) }
        for k in 1..<max(1, sorted.count) where row(sorted[k - 1]) == row(sorted[k]) {
            throw LanguageModelError(place, .file("a \(order)-gram is there twice"))
        }
        var next = 0
        func append(_ gram: ArraySlice<UInt32>, _ logProbability: Double, _ backOff: Double) {
            units.append(contentsOf: gram)
            logProbabilities.append(logProbability)
            backOffs.append(backOff)
        }
        func appendOwn(before gram: ArraySlice<UInt32>?) {
            while next < sorted.count, gram.map({ row(sorted[next]).lexicographicallyPrecedes($0) }) ?? true {
                append(row(sorted[next]), level.logProbabilities[sorted[next]], level.backOffs[sorted[next]])
                next += 1
            }
        }
        if order == 1 {
            for unit in 0..<UInt32(unitCount) {
                appendOwn(before: [unit])
                if next < sorted.count, row(sorted[next]).first == unit { continue }
                // A marker that the file lacks.
                append([unit], unit == LanguageModel.sentenceStart ? -99 : -100, 0)
            }
        } else if let longer {
            for place in 0..<longer.count {
                let gram = longer.beginning(place)
                appendOwn(before: gram)
                if next < sorted.count, row(sorted[next]) == gram { continue }
                if count > 0, units[(count - 1) * order..<count * order] == gram { continue }
                append(gram, .nan, 0)
            }
        }
        appendOwn(before: nil)
    }

    private func beginning(_ place: Int) -> ArraySlice<UInt32> { units[place * order..<place * order + order - 1] }

    /// Places of the n-grams' beginnings among those of the order before, which has them all.
    func parents(in shorter: CompletedLevel?) -> [UInt32] {
        guard let shorter else { return [UInt32](repeating: 0, count: count) }
        var place = 0
        return (0..<count).map { own in
            while shorter.units[place * shorter.order..<(place + 1) * shorter.order] != beginning(own) { place += 1 }
            return UInt32(place)
        }
    }
}
