import ArgumentParser

struct Calibrate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibrate",
        abstract: "Checks and corrects confidences: tests, maps (corrections), certificates, thresholds, alarms, pictures.",
        discussion: """
            Scores are a CSV file with column names: x is a probability, y is 1 if the event came true, and utterance or \
            cluster says which rows belong together, because they are not independent.
            Example: larmor calibrate assess scores.csv
            """,
        subcommands: [
            CalibrateAssess.self, CalibrateFit.self, CalibrateBold.self, CalibrateThresholds.self,
            CalibrateMonitor.self, CalibratePlot.self,
        ])
}
