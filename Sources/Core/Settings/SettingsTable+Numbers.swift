extension SettingsTable {
    /// A number that is finite.
    package func finite(_ key: String) throws(SettingsError) -> Double? {
        guard let value = try number(key) else { return nil }
        guard value.isFinite else { throw invalid(key, "\(value)", expected: "a finite number") }
        return value
    }

    package func requiredFinite(_ key: String) throws(SettingsError) -> Double {
        if let value = try finite(key) { return value }
        throw missing(key)
    }

    /// A number in a range.
    package func number(_ key: String, in range: ClosedRange<Double>) throws(SettingsError) -> Double? {
        guard let value = try number(key) else { return nil }
        guard range.contains(value) else {
            throw invalid(key, "\(value)", expected: "a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    package func whole(_ key: String, in range: ClosedRange<Int>) throws(SettingsError) -> Int? {
        guard let value = try integer(key) else { return nil }
        guard range.contains(value) else {
            throw invalid(key, "\(value)", expected: "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    package func seed(_ key: String) throws(SettingsError) -> UInt64? {
        guard let value = try integer(key) else { return nil }
        guard value >= 0 else { throw invalid(key, "\(value)", expected: "0 or more") }
        return UInt64(value)
    }

    /// A list of so many finite numbers.
    package func numbers(_ key: String, count: Int) throws(SettingsError) -> [Double]? {
        guard settings[key] != nil || isTable(key) else { return nil }
        let list = settings[key]?.list ?? []
        let numbers = list.compactMap(\.number)
        guard numbers.count == count, list.count == count, numbers.allSatisfy(\.isFinite) else {
            if list.count == count, numbers.count == count {
                throw invalid(key, numbers.map { "\($0)" }.joined(separator: ", "), expected: "finite numbers")
            }
            throw wrongType(key, expected: "a list of \(count) finite numbers")
        }
        return numbers
    }

    package func requiredNumbers(_ key: String, count: Int) throws(SettingsError) -> [Double] {
        if let value = try numbers(key, count: count) { return value }
        throw missing(key)
    }

    package func vector(_ key: String) throws(SettingsError) -> SIMD3<Double>? {
        try numbers(key, count: 3).map { SIMD3($0[0], $0[1], $0[2]) }
    }

    /// A vector that points somewhere.
    package func direction(_ key: String) throws(SettingsError) -> SIMD3<Double>? {
        guard let value = try vector(key) else { return nil }
        let length = (value * value).sum().squareRoot()
        guard (1e-6...1e6).contains(length) else {
            throw invalid(key, "\(value.x), \(value.y), \(value.z)", expected: "a direction, not the zero vector")
        }
        return value
    }

    /// One table, or a list of tables.
    package func someTables(_ key: String) throws(SettingsError) -> [SettingsTable] {
        if let one = table(key) { return [one] }
        let several = tables(key)
        guard !several.isEmpty || settings[key] == nil else {
            throw wrongType(key, expected: "a table, or a list of tables")
        }
        return several
    }

    /// A table, where nothing else may stand.
    package func section(_ key: String) throws(SettingsError) -> SettingsTable? {
        if let table = table(key) { return table }
        guard settings[key] == nil, tables(key).isEmpty else { throw wrongType(key, expected: "a table, [\(key)]") }
        return nil
    }

    /// Tables of a list, where nothing else may stand.
    package func sections(_ key: String) throws(SettingsError) -> [SettingsTable] {
        guard settings[key] == nil, !isTable(key) else { throw wrongType(key, expected: "tables, each under [[\(key)]]") }
        return tables(key)
    }

    package func isTable(_ key: String) -> Bool { table(key) != nil }

    package func missing(_ key: String) -> SettingsError {
        SettingsError(file: file, line: line, reason: .missingKey(key, inTable: path.isEmpty ? "the file" : path))
    }

    package func invalid(_ key: String, _ value: String, expected: String) -> SettingsError {
        SettingsError(file: file, line: line(of: key), reason: .invalidValue(key: key, value: value, expected: expected))
    }

    package func wrongType(_ key: String, expected: String) -> SettingsError {
        let found = settings[key]?.typeName ?? "a table"
        return SettingsError(
            file: file, line: line(of: key),
            reason: .wrongType(key: key, expected: expected, found: found == "a list" ? "another list" : found))
    }
}
