import Foundation
import NeuralNetworks
import Recognition
import SignalFeatures
import Signals
import Testing

/// Sentences of tones whose places are known: what a teacher has to find.
private func sentences(_ count: Int, seed: UInt64) -> [SpokenText] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in
        var samples = [Float](repeating: 0, count: 800)
        var marks: [SpokenText.Mark] = []
        for _ in 0..<2 + random.integer(below: 3) {
            let word = toneWords(3, seed: random.next())[random.integer(below: 3)]
            marks.append(.init(word.text, samples.count..<samples.count + word.samples.count))
            samples += word.samples + [Float](repeating: 0, count: 800 + random.integer(below: 1600))
        }
        for i in samples.indices { samples[i] += 0.0005 * Float(random.normal()) }
        return SpokenText(
            samples: samples, rate: 8000, text: marks.map(\.text).joined(separator: " "), speaker: "a", marks: marks)
    }
}

private func small(_ recipe: TrainingRecipe, epochs: Int) -> TrainingRecipe {
    var recipe = recipe
    (recipe.hidden, recipe.layers, recipe.planes) = (16, 1, recipe.preset == .live ? [2] : [])
    (recipe.epochs, recipe.batch, recipe.learningRate, recipe.perturbation) = (epochs, 4, 0.01, nil)
    return recipe
}

private func train(_ recipe: TrainingRecipe, _ sentences: [SpokenText]) throws -> RecognizerModel {
    let data = RecognizerTraining.Data(
        units: Units(.words, spelling: ["low", "mid", "high"]), training: sentences, rate: 8000)
    return try #require(try RecognizerTraining(data, recipe: recipe).run { _ in true })
}

@Suite struct AlignedTrainingTests {
    @Test func `a teacher finds where the words of a sentence are, and a causal recogniser names each only after that`() throws
    {
        let teacher = try train(small(.teacher, epochs: 40), sentences(64, seed: 1))
        #expect(!teacher.network.isStreaming)
        let known = sentences(12, seed: 5)
        let aligned = try TeacherAlignment(teacher, rate: 8000).align(known)
        var inside = 0
        var all = 0
        for (sentence, found) in zip(known, aligned) {
            let ends = try #require(found.unitEnds)
            #expect(ends.count == sentence.marks?.count)
            for (end, mark) in zip(ends, sentence.marks ?? []) {
                all += 1
                // Within the word, or the pause of 100 ms at least behind it.
                inside += (mark.samples.lowerBound...mark.samples.upperBound + 800).contains(end) ? 1 : 0
            }
        }
        #expect(Double(inside) > 0.9 * Double(all), "\(inside) of \(all)")

        var recipe = small(.live, epochs: 60)
        recipe.framewise = 0.3
        let training = try TeacherAlignment(teacher, rate: 8000).align(sentences(64, seed: 1))
        let model = try train(recipe, training)
        // The classes' outputs are gone.
        #expect(model.network.outputs == 4 && model.network.isStreaming)
        let readings = try #require(RecognizerEvaluation(model, rate: 8000).read(sentences(20, seed: 7)))
        let errors = readings.reduce(WordErrors()) { $0 + $1.words }
        #expect(errors.rate < 0.2, "\(errors)")
    }

    @Test func `a teacher of single words learns them too, and is told nothing of their ends`() throws {
        let data = RecognizerTraining.Data(
            units: Units(.words, spelling: ["low", "mid", "high"]), training: toneWords(72, seed: 1),
            validation: toneWords(12, seed: 3), rate: 8000)
        let teacher = try #require(try RecognizerTraining(data, recipe: small(.teacher, epochs: 120)).run { _ in true })
        #expect((teacher.card.validationErrorRate ?? 1) < 0.15)
        let words = toneWords(12, seed: 6)
        for (word, found) in zip(words, try TeacherAlignment(teacher, rate: 8000).align(words)) {
            let end = try #require(found.unitEnds?.first)
            #expect(found.unitEnds?.count == 1 && end > 0 && end <= word.samples.count)
        }
    }

    @Test func `a training with a framewise loss that was interrupted goes on to the same bits`() throws {
        var recipe = small(.live, epochs: 2)
        recipe.framewise = 0.5
        let data = RecognizerTraining.Data(
            units: Units(.words, spelling: ["low", "mid", "high"]), training: toneWords(24, seed: 1),
            validation: toneWords(6, seed: 2), rate: 8000)
        var kept: [TrainingCheckpoint] = []
        let whole = try #require(
            try RecognizerTraining(data, recipe: recipe).run(epochEnded: { kept.append($0) }) { _ in true })
        let resumed = try RecognizerTraining(data, recipe: recipe).run(from: kept[0]) { _ in true }
        #expect(resumed == whole)
        recipe.framewise = 0
        let without = try #require(try RecognizerTraining(data, recipe: recipe).run { _ in true })
        #expect(without.network.parameters != whole.network.parameters && without.network.outputs == whole.network.outputs)
    }

    @Test func `a teacher is refused where sound is read as it comes`() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/larmor-teacher-\(UUID())"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let teacher = try train(small(.teacher, epochs: 1), sentences(4, seed: 1))
        try teacher.write(folder: folder)
        #expect(try RecognizerModel(folder: folder, isLive: false) == teacher)
        #expect {
            try RecognizerModel(folder: folder)
        } throws: {
            "\($0)".contains("cannot run live")
        }
        #expect(try RecognizerModel(teacher: folder, units: .words, rate: 8000) == teacher)
        for (units, rate, words) in [(Units.Kind.characters, 8000, "units"), (.words, 16_000, "8000 Hz")] {
            #expect {
                try RecognizerModel(teacher: folder, units: units, rate: rate)
            } throws: {
                "\($0)".contains(words)
            }
        }
    }

    @Test func `an utterance that the teacher's frames cannot hold is named`() throws {
        let teacher = try train(small(.teacher, epochs: 1), sentences(4, seed: 1))
        let short = SpokenText(
            samples: [Float](repeating: 0.1, count: 400), rate: 8000,
            text: Array(repeating: "low mid", count: 20).joined(separator: " "))
        #expect {
            try TeacherAlignment(teacher, rate: 8000).align([sentences(1, seed: 1)[0], short])
        } throws: {
            ($0 as? CTCTrainingError)?.utterance == 1
        }
    }

    @Test func `marks of a corpus are read, written, and refused with their line`() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/larmor-marks-\(UUID())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/a.jsonl"
        func read(_ marks: String) throws -> Corpus {
            try #"{"audio":"a.wav","text":"a b","marks":\#(marks)}"#.write(toFile: path, atomically: true, encoding: .utf8)
            return try Corpus(file: path)
        }
        let corpus = try read(#"[{"text":"a","from_s":0.1,"to_s":0.25},{"text":"b","from_s":0.5,"to_s":0.75}]"#)
        #expect(corpus.utterances[0].marks == [.init("a", from_s: 0.1, to_s: 0.25), .init("b", from_s: 0.5, to_s: 0.75)])
        for wrong in [
            "3", "[3]", #"[{"text":"a"}]"#, #"[{"text":"","from_s":0,"to_s":1}]"#, #"[{"text":"a","from_s":2,"to_s":1}]"#,
            #"[{"text":"a","from_s":-1,"to_s":1}]"#, #"[{"text":"a","from_s":true,"to_s":1}]"#,
            #"[{"text":"a","from_s":0,"to_s":1e999}]"#,
        ] {
            #expect(throws: CorpusError.self, "\(wrong)") { try read(wrong) }
        }
    }
}
