extension LanguageModel {
    /// Opens a model, our own file or an ARPA file.
    /// - Parameter kind: what the units of an ARPA file are; it does not tell.
    /// - Throws: ``LanguageModelError`` that says what is wrong with it.
    public static func open(_ path: String, units kind: UnitKind = .unknown) throws(LanguageModelError) -> LanguageModel {
        let bytes = try ModelBytes(anyFile: path)
        if bytes.bytes.starts(with: ModelLayout.magic) { return try LanguageModel(file: path) }
        return try LanguageModel(arpa: Array(bytes.bytes), place: path, units: kind)
    }
}
