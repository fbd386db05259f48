import Glibc

extension SweepDescription {
    /// Files and folders that the command's options and the parameters' values name, and that are there.
    /// - Parameter words: of the command itself, which are no files even where one has such a name.
    public func inputs(after words: Int) -> [String] {
        var names = command.dropFirst(words).map { word in
            word.hasPrefix("-") ? String(word.drop { $0 != "=" }.dropFirst()) : word
        }
        for parameter in parameters {
            guard case .list(let values) = parameter.values else { continue }
            names += values.compactMap { if case .string(let text) = $0 { text } else { nil } }
        }
        var seen: Set<String> = []
        return names.filter { !$0.isEmpty && access($0, R_OK) == 0 && seen.insert($0).inserted }
    }
}
