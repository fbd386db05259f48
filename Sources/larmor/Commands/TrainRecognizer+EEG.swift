public import ArgumentParser
import Origin
public import Recognition
import SignalFeatures

extension TrainRecognizer {
    /// Trains on the EEG of a corpus' sessions, without sound or with it.
    func trainOnEEG(_ list: Corpus, _ recipe: TrainingRecipe) throws {
        if patience != nil, list[.validation].isEmpty {
            throw list.error(.noUtterances("some whose split is validation: --patience waits for them"))
        }
        let hearsSound = eegFrontEnd.withSound
        // The decoder of envelopes is shown those of the training.
        let sounds =
            hearsSound || eegFrontEnd.frontEnd == .envelope
            ? try SpeechCorpus(list, rate: rate, splits: hearsSound ? Set(Utterance.Split.allCases) : [.train]) : nil
        let eeg = try EEGCorpus(
            list, settings: try eegFrontEnd.settings(), sounds: sounds, hearsSound: hearsSound,
            noiseSeed: control == .noise ? seed : nil)
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
        let training = try RecognizerTraining(
            hearsSound
                ? .init(units: units, eeg, rate: rate, validation: known) : .init(units: units, eeg, validation: known),
            recipe: recipe)
        if decay.explain { return try explain(training) }
        // Until here a signal ends the program at once.
        StopRequest.install()
        var print = "\(recipe.fingerprint)\(unit)\(eeg.specification)\(eeg.fit.mean)\(eeg.fit.deviation)"
        for spoken in eeg.training + eeg.validation {
            print += "\(spoken.text)\t\(spoken.speaker)\t\(sum(spoken.eeg ?? []))\n"
            if hearsSound { print += "\(sum(spoken.samples))" }
        }
        let trained = try namingLines(of: list) {
            try TrainingRun(training, folder: output, fingerprint: ContentHash.sha256(print.utf8), resume: resume).run()
        }
        guard var model = trained else { throw StopRequest.exitCode }
        model.card.testWordErrorRate = RecognizerEvaluation(model, rate: model.card.audioRate).wordErrorRate(eeg)
        (model.card.control, model.card.simulatedEEG) = (control, eeg.isSimulated ? true : nil)
        model.card.provenance = ProcessProvenance.now
        try model.write(folder: output)
        TrainingRun.removeCheckpoint(output)
        try show(model.card)
    }
}

extension TrainingControl: ExpressibleByArgument {}
