import Logging
import MagneticFilm
import Origin
import Recognition
import Reservoirs

/// `larmor reservoir task spoken-digits`.
struct SpokenTaskRun {
    let film: TaskFilmOptions
    let options: SpokenTaskOptions
    let seed: UInt64
    let threads: Int
    let hasBaselines: Bool
    let json: Bool

    func run() throws {
        guard let speech = options.speech else { return }
        let start = ContinuousClock.now
        ProcessProvenance.note(seed: seed)
        ProcessProvenance.note(data: speech)
        let corpus = try SpokenCorpus(folder: speech)
        if let warning = corpus.doubtful.warning { log.warning("\(speech): \(warning)") }
        StopRequest.install()
        var settings = SpokenWordTask.Settings()
        settings.features = try options.features()
        settings.isExact = film.exact
        let task = try SpokenWordTask(
            words: corpus.words, labels: corpus.labels, rate: SpokenCorpus.rate, settings: settings, threads: threads)
        try task.check(try features())
        let bench = try film.bench()
        defer { bench?.stop() }
        let inputs = settings.features.inputs
        let parts = options.parts ?? 5
        let own: SpokenTaskReport.Listener
        let nodes: Int
        if let bench {
            (own, nodes) = try bench.family.withReservoir { device in
                let field = try options.fields(films: 1)
                let mask = InputMask(inputs: inputs, cells: device.inputs, fields_T: field, density: 0.6, seed: seed)
                let listener = try WordListener(
                    [device], mask: mask, inputs: inputs, features: try features(), parts: parts)
                return (try judge(task, listener), device.nodes)
            }
        } else {
            let listener = try films(inputs: inputs, parts: parts)
            (own, nodes) = (try judge(task, listener.listener), listener.nodes)
        }
        var baselines: [String: SpokenTaskReport.Listener] = [:]
        if hasBaselines {
            baselines["features_alone"] = try judge(task, WordListener(inputs: inputs, parts: parts))
            let networks = try (0..<threads).map { _ in try network(inputs: inputs, nodes: nodes) }
            var seen = StateFeatures(hasInputs: false)
            seen.hasSquares = film.squares
            baselines["echo_state_network"] = try judge(
                task, WordListener(networks, mask: nil, inputs: inputs, features: seen, parts: parts))
        }
        let report = SpokenTaskReport(
            task, own, baselines, nodes: nodes, doubtful: corpus.doubtful, device: try bench?.report(),
            seconds: (ContinuousClock.now - start) / .seconds(1))
        if json { return try Console.json(report) }
        report.show()
    }

    private func features() throws -> StateFeatures {
        var features = try film.features()
        features.hasInputs = false
        return features
    }

    private func films(inputs: Int, parts: Int) throws -> (listener: WordListener, nodes: Int) {
        let (cells, count) = (film.cells ?? 100, film.films ?? 1)
        // Checks sizes.
        let family = try FilmFamily(cells: cells, films: count, material: try film.knownMaterial(default: "Ni"))
        let mask = InputMask(
            inputs: inputs, cells: cells, fields_T: try options.fields(films: count), density: 0.6, seed: seed)
        let reservoirs = try (0..<threads).map { _ in try family.reservoir(damping: options.damping ?? 0.4) }
        return (
            try WordListener(reservoirs, mask: mask, inputs: inputs, features: try features(), parts: parts), family.nodes
        )
    }

    /// With a radius below 1 and a memory of about a tenth of a second.
    private func network(inputs: Int, nodes: Int) throws -> EchoStateNetwork {
        var network = EchoStateNetwork.Configuration(nodes: nodes, inputs: inputs)
        (network.spectralRadius, network.inputScale, network.biasScale, network.leak) = (0.9, 0.3, 0.3, 0.3)
        (network.seed, network.density) = (seed, min(1, 10 / Double(nodes)))
        return try EchoStateNetwork(network)
    }

    private func judge(_ task: SpokenWordTask, _ listener: WordListener) throws -> SpokenTaskReport.Listener {
        var progress = ProgressLine(listener.description)
        defer { progress.done() }
        let note = { (share: Double) -> Bool in
            progress.show(share, Console.count(task.words.count, "word"))
            return !StopRequest.isRequested
        }
        guard let leaveOut = options.leaveOut else {
            guard let answers = try task.evaluate(listener, note) else { throw StopRequest.exitCode }
            return SpokenTaskReport.Listener(reservoir: listener.description, held: [(nil, answers)])
        }
        let speakers = leaveOut == "each" ? task.speakers : [leaveOut]
        guard let answers = try task.leaveOut(speakers, listener, note) else { throw StopRequest.exitCode }
        return SpokenTaskReport.Listener(reservoir: listener.description, held: zip(speakers, answers).map { ($0, $1) })
    }
}
