import ArgumentParser
import Confidence
import Foundation
import Logging
import Outputs

struct CalibratePlot: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plot", abstract: "Draws reliability diagram, boldness, and contours over (δ, γ), for papers.",
        discussion: """
            Writes reliability, boldness and contour as SVG, and as PNG where rsvg-convert (librsvg2-bin) is installed.
            Example: larmor calibrate plot scores.csv
            Example: larmor calibrate plot scores.csv --only reliability --reliability binned --format svg --output pictures
            """)

    enum Picture: String, ExpressibleByArgument, CaseIterable { case reliability, boldness, contour }
    enum Format: String, ExpressibleByArgument, CaseIterable { case svg, png }
    enum Diagram: String, ExpressibleByArgument, CaseIterable { case corp, binned }

    @OptionGroup var scores: ScoreFileOptions

    @Option(help: "Folder for the pictures.")
    var output = "calibration"

    @Option(
        help: "Only this picture: \(Picture.allCases.map(\.rawValue).joined(separator: ", ")); may be given more than once.")
    var only: [Picture] = []

    @Option(help: "Only this format: svg or png.")
    var format: Format?

    @Option(help: "Reliability by the PAV curve with its consistency band (corp), or by ten bins (binned).")
    var reliability = Diagram.corp

    @Option(help: "Levels of boldness and contours in percent. (default: 99,95,90,80)")
    var levels: String?

    @Option(help: "Prior probability that the scores are calibrated.")
    var prior = 0.5

    @Option(help: "Seed of the consistency band.")
    var seed: UInt64 = 1

    @Option(help: "Title of the pictures. (default: the file's name)")
    var title: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    private struct Result: Encodable {
        var version = LarmorVersion.text
        var dataSha256: String
        var files: [String]
    }

    func validate() throws {
        guard prior > 0, prior < 1 else { throw ValidationError("--prior must be between 0 and 1") }
        if let levels { _ = try PosteriorLevel.fractions(levels, "--levels") }
        if !only.isEmpty, !only.contains(.reliability) {
            try GivenOptions.refuse(["--reliability", "--seed"], "is of the picture reliability, which --only leaves out")
        }
        if !only.isEmpty, !only.contains(where: { $0 != .reliability }) {
            try GivenOptions.refuse(["--levels"], "is of boldness and contour, which --only leaves out")
        }
        if reliability == .binned { try GivenOptions.refuse(["--seed"], "is of the consistency band, which bins have none of") }
    }

    func run() throws {
        try reportingFailures {
            try OutputPlace.checkFolder(output)
            let table = try scores.table()
            let pictures = try naming(scores.file) { try draw(table.set) }
            do {
                try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
            } catch {
                throw ConfidenceError(.notWritten(error.localizedDescription), file: output)
            }
            var files: [String] = []
            let makesPNG = format == .png || (format == nil && PictureFile.hasConverter)
            if format == nil, !makesPNG { log.warning("no PNG: \(PictureFile.remedy)") }
            for (picture, svg) in pictures {
                let path = output + "/" + picture.rawValue
                if format != .png { files.append(path + ".svg") }
                if makesPNG { files.append(path + ".png") }
                for file in files.suffix((format == nil && makesPNG) ? 2 : 1) {
                    try PictureFile.write(svg, to: file, inputs: [scores.file])
                }
            }
            if json {
                try Console.json(Result(dataSha256: table.sha256, files: files))
            } else {
                Console.result(files.joined(separator: "\n"))
            }
        }
    }

    private func draw(_ set: ScoreSet) throws -> [(Picture, String)] {
        let title = title ?? PictureFile.title(scores.file)
        let assessment = try CalibrationAssessment(set, prior: prior)
        let wanted = only.isEmpty ? Picture.allCases : Picture.allCases.filter { only.contains($0) }
        let bold =
            wanted == [.reliability]
            ? [] : try BoldLevels(assessment, asked: levels.map { try PosteriorLevel.fractions($0, "--levels") }).levels
        return wanted.map { picture in
            let svg =
                switch picture {
                case .reliability:
                    ReliabilityDiagram(
                        set, title: title, kind: reliability == .corp ? .corp : .binned, rows: assessment.effectiveCount,
                        seed: seed
                    ).svg
                case .boldness: BoldnessPlot(set, assessment, levels: bold, title: title).svg
                case .contour: RecalibrationContour(assessment, levels: bold, title: title).svg
                }
            return (picture, svg)
        }
    }
}
