import Foundation
import Settings

/// The JSON object that a command printed.
struct PointResult {
    let text: String
    private let root: [String: Any]

    /// Nil when the bytes are no single JSON object.
    init?(_ bytes: [UInt8]) {
        guard let root = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any] else { return nil }
        self.root = root
        var text = Substring(decoding: bytes, as: UTF8.self)
        while let last = text.last, last.isWhitespace { text.removeLast() }
        self.text = String(text)
    }

    /// What stands at a dotted path; "coercive_mt.1" is the second element of a list.
    func value(at path: String) -> SweepValue? {
        guard let found = node(at: path) else { return nil }
        if let text = found as? String { return .string(text) }
        guard let number = found as? NSNumber else { return nil }
        // A number that is true or false has its own type.
        if let isTrue = found as? Bool, CFBooleanLike.isBoolean(number) { return .boolean(isTrue) }
        return number.doubleValue.isFinite ? SweepValue(number.doubleValue) : nil
    }

    /// Why there is no number at a path; nil where there is one.
    func fault(at path: String) -> String? {
        if value(at: path)?.number != nil { return nil }
        guard let found = node(at: path) else {
            let known = paths
            let hint =
                nearestName(to: path, in: known).map { "; did you mean “\($0)”?" }
                ?? (known.isEmpty ? "" : "; it has " + known.prefix(12).joined(separator: ", "))
            return "the result has no “\(path)”\(hint)"
        }
        let kind =
            found is String
            ? "the text “\(String("\(found)".prefix(40)))”"
            : found is NSNull ? "null" : found is NSNumber ? "true or false" : "no single value"
        return "“\(path)” of the result is \(kind), expected a finite number"
    }

    private func node(at path: String) -> Any? {
        var node: Any = root
        for part in path.split(separator: ".") {
            if let object = node as? [String: Any], let inner = object[String(part)] {
                node = inner
            } else if let list = node as? [Any], let index = Int(part), list.indices.contains(index) {
                node = list[index]
            } else {
                return nil
            }
        }
        return node
    }

    /// Paths of all numbers, for a message.
    private var paths: [String] {
        var result: [String] = []
        func walk(_ node: Any, _ path: String) {
            guard result.count < 200 else { return }
            if let object = node as? [String: Any] {
                for key in object.keys.sorted() {
                    if let inner = object[key] { walk(inner, path.isEmpty ? key : "\(path).\(key)") }
                }
            } else if let list = node as? [Any] {
                for (index, inner) in list.prefix(4).enumerated() { walk(inner, "\(path).\(index)") }
            } else if node is NSNumber {
                result.append(path)
            }
        }
        walk(root, "")
        return result
    }
}

/// Which numbers of Foundation's JSON are truth values.
private enum CFBooleanLike {
    static func isBoolean(_ number: NSNumber) -> Bool {
        String(cString: number.objCType) == "c" || String(cString: number.objCType) == "B"
    }
}
