package import GRDB

/// Values of rows that somebody else may have changed: SQLite takes any type in any column, and GRDB's own subscripts trap on a wrong one.
extension Row {
    /// - Throws: ``StoreFault/damaged(_:)``.
    package func checked<Value: DatabaseValueConvertible>(_ column: String) throws(StoreFault) -> Value {
        guard let value: Value = try checkedIfThere(column) else { throw .damaged("“\(column)” is empty") }
        return value
    }

    /// - Returns: nil for an empty column.
    /// - Throws: ``StoreFault/damaged(_:)``.
    package func checkedIfThere<Value: DatabaseValueConvertible>(_ column: String) throws(StoreFault) -> Value? {
        guard let stored: DatabaseValue = self[column], !stored.isNull else { return nil }
        guard let value = Value.fromDatabaseValue(stored) else { throw .damaged("“\(column)” is \(stored)") }
        return value
    }
}
