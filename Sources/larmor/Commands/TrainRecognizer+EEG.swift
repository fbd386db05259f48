import Origin
import Recognition
import SignalFeatures

extension TrainRecognizer {
    /// Trains on the EEG of a corpus' sessions, without sound.
    func trainOnEEG(_ list: Corpus, _ recipe: TrainingRecipe) throws {
        if patience != nil, list[.validation].isEmpty {
            throw list.error(.noUtterances("some whose split is validation: --patience waits for them"))
        }
        let eeg = try EEGCorpus(list, settings: try eegFrontEnd.settings())
        ProcessProvenance.note(seed: seed)
        ProcessProvenance.note(data: corpus)
        for session in Set(list.utterances.compactMap(list.eegPath)).sorted() { ProcessProvenance.note(data: session) }
        let units = Units(unit == .words ? .words : .characters, spelling: eeg.training.map(\.text))
        let known = eeg.validation.filter { (try? units.labels(of: $0.text)) != nil }
        if known.count < eeg.validation.count {
            Console.note(
                "     \(Console.count(eeg.validation.count - known.count, "validation text")) that training cannot spell: left out"
            )
        }
        if !resume, !decay.explain { TrainingRun.tellOfStopped(output) }
        let training = try RecognizerTraining(.init(units: units, eeg, validation: known), recipe: recipe)
        if decay.explain { return try explain(training) }
        // Until here a signal ends the program at once.
        StopRequest.install()
        var print = "\(recipe.fingerprint)\(unit)\(eeg.specification)\(eeg.fit.mean)\(eeg.fit.deviation)"
        for spoken in eeg.training + eeg.validation {
            print += "\(spoken.text)\t\(spoken.speaker)\t\(sum(spoken.eeg ?? []))\n"
        }
        let trained = try namingLines(of: list) {
            try TrainingRun(training, folder: output, fingerprint: ContentHash.sha256(print.utf8), resume: resume).run()
        }
        guard var model = trained else { throw StopRequest.exitCode }
        model.card.testWordErrorRate = RecognizerEvaluation(model, rate: model.card.audioRate).wordErrorRate(eeg)
        model.card.provenance = ProcessProvenance.now
        try model.write(folder: output)
        TrainingRun.removeCheckpoint(output)
        try show(model.card)
    }
}
