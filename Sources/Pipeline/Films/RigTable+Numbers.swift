import Foundation
import TOMLKit

extension RigTable {
    /// The root table of a file.
    init(file: String) throws(RigError) {
        guard let data = FileManager.default.contents(atPath: file), let text = String(data: data, encoding: .utf8) else {
            let missing = !FileManager.default.fileExists(atPath: file)
            throw RigError(
                file: file, line: 0,
                reason: .unreadable(missing ? "there is no such file" : "it is not readable UTF-8 text"))
        }
        try self.init(text: text, file: file)
    }

    /// - Parameter file: the name to use in messages.
    init(text: String, file: String) throws(RigError) {
        do {
            try self.init(TOMLTable(string: text), path: "", file: file, lines: TOMLLines(text))
        } catch let error as TOMLParseError {
            throw RigError(file: file, line: Int(error.source.begin.line), reason: .syntax(error.description))
        } catch {
            throw RigError(file: file, line: 0, reason: .syntax("\(error)"))
        }
    }

    /// So many finite numbers; nil where the key is missing.
    func numbers(_ key: String, count: Int) throws(RigError) -> [Double]? {
        guard let setting = settings[key] else { return nil }
        return try numbers(setting, key, count)
    }

    /// Three numbers.
    func vector(_ key: String) throws(RigError) -> SIMD3<Double>? {
        try numbers(key, count: 3).map { SIMD3($0[0], $0[1], $0[2]) }
    }

    /// Two numbers.
    func pair(_ key: String) throws(RigError) -> SIMD2<Double>? { try numbers(key, count: 2).map { SIMD2($0[0], $0[1]) } }

    /// A list of three numbers each.
    func vectors(_ key: String) throws(RigError) -> [SIMD3<Double>]? {
        try lists(key, count: 3)?.map { SIMD3($0[0], $0[1], $0[2]) }
    }

    /// A list of two numbers each.
    func pairs(_ key: String) throws(RigError) -> [SIMD2<Double>]? {
        try lists(key, count: 2)?.map { SIMD2($0[0], $0[1]) }
    }

    private func lists(_ key: String, count: Int) throws(RigError) -> [[Double]]? {
        guard let setting = settings[key] else { return nil }
        guard let items = setting.list else {
            throw RigError(
                file: file, line: line(of: key),
                reason: .wrongType(key: key, expected: "a list of \(count) numbers each", found: setting.typeName))
        }
        var result: [[Double]] = []
        for item in items { result.append(try numbers(item, key, count)) }
        return result
    }

    private func numbers(_ setting: Setting, _ key: String, _ count: Int) throws(RigError) -> [Double] {
        let found = setting.list?.compactMap(\.number) ?? []
        guard found.count == count, setting.list?.count == count, found.allSatisfy(\.isFinite) else {
            let what = setting.list.map { "a list of \($0.count)" } ?? setting.typeName
            throw RigError(
                file: file, line: line(of: key),
                reason: .wrongType(key: key, expected: "\(count) numbers", found: what))
        }
        return found
    }
}
