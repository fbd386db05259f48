import ArgumentParser

struct SessionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions", abstract: "Finds, describes, verifies, repairs, annotates, exports and imports recordings.",
        discussion: "Example: larmor sessions verify demo/sessions/live",
        subcommands: [
            SessionsList.self, SessionsInfo.self, SessionsVerify.self, SessionsRepair.self, SessionsAnnotate.self,
            SessionsExport.self, SessionsImport.self, SessionsPrune.self, SessionsRebuild.self,
        ])
}
