import Foundation

/// Programs of other people's, in the interpreter that `LARMOR_PYTHON` names.
enum Python {
    static let path = ProcessInfo.processInfo.environment["LARMOR_PYTHON"]

    /// A checkout of Dtradke/sequential_social_dilemma_games.
    static let studysGames = ProcessInfo.processInfo.environment["LARMOR_SOCIAL_DILEMMA_GAMES"]

    static func has(_ module: String) -> Bool {
        guard path != nil else { return false }
        return (try? run(["-c", "import \(module)"]))?.status == 0
    }

    static let hasPettingZoo = has("pettingzoo.test")

    /// The folder of the tests' Python files.
    static var folder: String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Reference").path
    }

    static func run(_ arguments: [String]) throws -> (status: Int32, output: Data) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path ?? "python3")
        process.arguments = ["-W", "ignore"] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, data)
    }

    /// The program that serves a game, beside the tests' own.
    static var gameStand: String {
        let tests = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        return tests.deletingLastPathComponent().appendingPathComponent("GameStand").path
    }
}
