/// Negative numbers as values: `--at -1.5` and `--field-t -0.1,0,0` mean `--at=-1.5` and `--field-t=-0.1,0,0`. The parser would take the
/// number for an option.
enum NegativeValues {
    /// - Parameter arguments: without the program's name.
    static func joined(_ arguments: [String]) -> [String] {
        var result: [String] = []
        var isOver = false
        for argument in arguments {
            if argument == "--" { isOver = true }
            if !isOver, isNegative(argument), let option = result.last, isOption(option) {
                result[result.count - 1] = option + "=" + argument
            } else {
                result.append(argument)
            }
        }
        return result
    }

    private static func isOption(_ argument: String) -> Bool {
        argument.hasPrefix("--") && argument.count > 2 && !argument.contains("=")
    }

    /// A list of numbers with commas that begins with a minus sign.
    private static func isNegative(_ argument: String) -> Bool {
        guard argument.hasPrefix("-") else { return false }
        return argument.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { Double($0) != nil }
    }
}
