import ArgumentParser
import Failures
import Foundation
import LinearAlgebra
import Logging
import Origin
import Outputs
import Reservoirs

struct ReservoirImport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Reads a reservoir that others measured, and writes its inputs and states.",
        discussion: """
            A folder holds scans as PRCpy reads them: a text file for each input, named scan_NUMBER_INPUT.txt. A file is a table of electrodes as \
            RCbench reads it (columns NAME_V[V] and NAME_I[A]), an array of NumPy, or a recording of Larmor. Steps with missing values are left \
            out and counted. With --as npy the inputs go to a second file, NAME-inputs.npy.
            Example: larmor reservoir import skyrmion --background BG.txt --smooth 51,4 --normalise all --every 16 --as npy -o states.npy
            Example: larmor reservoir import 074.txt --as recording -o network.txt
            """)

    enum Form: String, ExpressibleByArgument, CaseIterable { case recording, npy }
    enum Normalisation: String, ExpressibleByArgument, CaseIterable { case none, each, all }

    @Argument(help: "A folder of scans, a table, a .npy file or a recording.")
    var path: String

    @Option(name: .customLong("as"), help: "recording: text that answers in place of the device; npy: arrays.")
    var form: Form

    @Option(name: .shortAndLong, help: "The file to write.")
    var output: String

    @Option(help: "The inputs, an array [steps] or [steps, inputs] in a .npy file, where the files do not say them.")
    var inputs: String?

    @Option(help: "Scans: what their names begin with.")
    var prefix = "scan"

    @Option(help: "Scans: column of the axis.")
    var axis = "Frequency"

    @Option(help: "Scans: column of the readout.")
    var readout = "Spectra"

    @Option(help: "Scans: a file, in the folder or a path, that is subtracted from each.")
    var background: String?

    @Option(help: "Scans: Savitzky–Golay smoothing, WINDOW,ORDER.")
    var smooth: String?

    @Option(help: "Scans: the part of the axis to keep, LOW,HIGH.")
    var range: String?

    @Option(help: "Scans: to 0 … 1, each scan or all together.")
    var normalise = Normalisation.none

    @Option(help: "Scans: every n-th point is kept.")
    var every = 1

    @Flag(help: "Print one JSON object.")
    var json = false

    private struct Result: Encodable {
        var outputs: [String]
        var reservoir: String
        var steps: Int
        var nodes: Int
        var inputs: Int?
        var droppedSteps: Int
    }

    func validate() throws {
        _ = try scanOptions()
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue {
            try GivenOptions.refuse(
                ["--prefix", "--axis", "--readout", "--background", "--smooth", "--range", "--normalise", "--every"],
                "is for a folder of scans, and “\(path)” is a file; leave it out")
        }
    }

    private func scanOptions() throws -> ScanFolder.Options {
        var options = ScanFolder.Options()
        (options.prefix, options.axis, options.readout, options.background) = (prefix, axis, readout, background)
        options.normalisation = ScanFolder.Normalisation(rawValue: normalise.rawValue) ?? .none
        guard (1...1_000_000).contains(every) else { throw ValidationError("--every must be 1 or more") }
        options.every = every
        if let smooth {
            let parts = smooth.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
            guard parts.count == 2, let window = parts[0], let order = parts[1],
                SavitzkyGolay.isPossible(window: window, order: order)
            else {
                throw ValidationError(
                    "--smooth is WINDOW,ORDER: an odd window, wider than the order of at most 20; found “\(smooth)”")
            }
            options.smoothing = (window, order)
        }
        if let range {
            let parts = range.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
            guard parts.count == 2, let low = parts[0], let high = parts[1], low <= high else {
                throw ValidationError("--range is LOW,HIGH; found “\(range)”")
            }
            options.range = low...high
        }
        return options
    }

    func run() throws {
        try reportingFailures {
            let read = [path, inputs].compactMap(\.self)
            let outputs = form == .npy ? [output, inputsOutput] : [output]
            for file in outputs { try OutputFile.check(file, inputs: read) }
            for file in read { ProcessProvenance.note(data: file) }
            var measured = try measured()
            if let inputs { try measured.setInputs(numPy: inputs) }
            // Until here, pipes that nobody writes to included, a signal ends the program at once.
            StopRequest.install()
            if measured.dropped > 0 {
                log.warning("\(path): \(Console.count(measured.dropped, "step")) with missing values left out")
            }
            var written = [output]
            switch form {
            case .recording:
                guard let recording = measured.recording else {
                    throw InputsMissing(path: path)
                }
                try OutputFile.write(recording.text, to: output, inputs: read)
            case .npy:
                try OutputFile.write(MeasuredStates.numPy(measured.states), to: output, inputs: read)
                if let given = measured.inputs {
                    try OutputFile.write(MeasuredStates.numPy(given), to: inputsOutput, inputs: read)
                    written.append(inputsOutput)
                }
            }
            try ProcessProvenance.write(beside: output, inputs: read)
            let result = Result(
                outputs: written, reservoir: measured.description, steps: measured.steps, nodes: measured.nodes,
                inputs: measured.inputs?.columns, droppedSteps: measured.dropped)
            if json { return try Console.json(result) }
            let known = measured.inputs.map { Console.count($0.columns, "input") } ?? "inputs not known"
            Console.result(
                "\(written.joined(separator: ", ")): \(Console.count(measured.steps, "step")), \(Console.count(measured.nodes, "node")), \(known)"
            )
        }
    }

    /// "states.npy" → "states-inputs.npy".
    private var inputsOutput: String {
        (output.hasSuffix(".npy") ? String(output.dropLast(4)) : output) + "-inputs.npy"
    }

    private func measured() throws -> MeasuredStates {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            StopRequest.install()
            var line = ProgressLine("scans")
            let scans = try ScanFolder(path, options: try scanOptions()) { fraction in
                line.show(fraction, path)
                return !StopRequest.isRequested
            }
            line.done()
            guard let scans else { throw StopRequest.exitCode }
            return scans.measured
        }
        return try MeasuredStates(file: path)
    }
}

/// A recording is of questions and answers.
private struct InputsMissing: Failure {
    var path: String
    var kind: FailureKind { .badInput }
    var description: String {
        "\(path): the inputs are not known, and a recording has them; add --inputs FILE.npy, or take --as npy"
    }
}
