import ArgumentParser

struct Calibrate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibrate", abstract: "Confidences that can be trusted: tests, maps, certificates, thresholds, pictures.",
        discussion: """
            Scores come as a CSV file with a line of names: x is a probability, y is 1 where the event came true, and a column \
            utterance or cluster says which rows belong together and are not independent.
            Example: larmor calibrate assess scores.csv
            """,
        subcommands: [
            CalibrateAssess.self, CalibrateFit.self, CalibrateBold.self, CalibrateThresholds.self, CalibratePlot.self,
        ])
}
