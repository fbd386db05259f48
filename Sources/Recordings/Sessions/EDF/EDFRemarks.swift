/// What a reader of EDF had to take liberties with, in the file's order; of many, the first ones and how many more there are.
struct EDFRemarks {
    private static let most = 20
    private var kept: [String] = []
    private var more = 0

    mutating func add(_ remark: String) {
        guard !kept.contains(remark) else { return }
        if kept.count < Self.most { kept.append(remark) } else { more += 1 }
    }

    var texts: [String] { more > 0 ? kept + ["\(more) more liberties of this kind were taken"] : kept }
}
