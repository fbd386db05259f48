import Confidence
import Recognition
package import SignalFeatures
package import Signals

/// Reads words with a CTC network from sound, with or without EEG on the sound's grid.
package final class RecognizerStage: Stage {
    package let audio: GraphPlan.Place?
    package let audioFeatures: MelOptions
    package let streams: [GraphPlan.Place]
    private let eeg: GraphPlan.Place?
    private let name: String?
    private let words: [String]
    private let alternatives: Int
    private let tellsPartial: Bool
    private let certified: CertifiedConfidence?
    /// The word that was guessed and is not final yet.
    private var guess: (window: WordWindow, word: StreamingRecognizer.Word, frame: UInt64, end: HostTime?)?
    private var evidence: EvidenceKeeper?
    private let labelWindow: Int
    /// Of models whose units are characters: the word that is being spelt.
    private var assembler: WordAssembler?
    /// Of models with a beam search.
    private var utterances: UtteranceReader?
    private let tellsUtterances: Bool
    /// Mean powers of its frames of sound that wait on the grid, the oldest first.
    private var powers: [Float] = []
    private var grid: FeatureGrid
    private var recognizer: StreamingRecognizer
    private var soundGrid: AudioGrid?
    /// Where there is no sound: number of the next frame on the EEG's clock, its samples per frame, and what stands for the sound.
    private var nextFrame: UInt64 = 0
    private let eegPerFrame: Double
    private let silence: [Float]
    private var absent: (first: UInt64, frames: UInt64)?

    package init(_ plan: GraphPlan.Recognizer, devices: [GraphPlan.Device]) {
        (audio, eeg, name) = (plan.audio, plan.eeg, plan.name)
        streams = plan.eeg.map { [$0] } ?? []
        words = plan.model.card.words
        audioFeatures = plan.model.card.audioFeatures
        labelWindow = plan.model.card.labelWindow
        (alternatives, tellsPartial, certified) = (plan.alternatives, plan.tellsPartial, plan.certified)
        let stream = plan.eeg.map { devices[$0.device].streams[$0.stream] }
        let latencies = [plan.eeg, plan.audio].map { $0.map { devices[$0.device].latency } ?? 0 }
        eegPerFrame = (stream?.nominalRate ?? 250) / 100
        // The mean, which the standardisation turns into nothing.
        silence = Array(plan.model.card.standardisation.mean.prefix(plan.model.card.audioInputs))
        grid = FeatureGrid(
            audioFeatures: plan.model.card.audioInputs, eegFront: stream.map { Self.front($0, plan.model) },
            lag: max(0, latencies[0] - latencies[1]))
        recognizer = StreamingRecognizer(plan.model)
        evidence = plan.tellsEvidence && plan.model.decoding == nil ? EvidenceKeeper(plan.model.card) : nil
        if plan.tellsEvidence, plan.model.decoding != nil { powers.reserveCapacity(FeatureGrid.usualCapacity) }
        utterances = plan.model.decoding.map { UtteranceReader(plan.model, $0, tellsEvidence: plan.tellsEvidence) }
        tellsUtterances = plan.tellsUtterances
        assembler = plan.model.card.units.kind == .characters ? WordAssembler() : nil
    }

    package func take(
        _ header: SampleRingItem, _ values: UnsafeBufferPointer<Float>, from place: GraphPlan.Place, _ clocks: StreamClocksView
    ) {
        // First the frames, so that each has its features as its sample comes.
        if audio == nil { takeFrames(of: header) }
        grid.takeEEG(header, values)
    }

    private static func front(_ stream: StreamDescription, _ model: RecognizerModel) -> any EEGFeatureSource {
        if let specification = model.card.eegFrontEnd {
            return EEGWindowFrontEnd(specification, regression: model.eegFit?.regression ?? [])
        }
        return EEGFrontEnd(channels: stream.channelCount, rate: stream.nominalRate)
    }

    /// Without sound the grid runs on the EEG's clock: a frame for each hundredth of a second of samples that came.
    private func takeFrames(of header: SampleRingItem) {
        // A long absence is one step, not hours of empty frames.
        let oldest = UInt64((Double(header.firstCounter) / eegPerFrame).rounded(.up))
        if oldest > nextFrame + Self.longestAbsence { nextFrame = oldest }
        let end = Double(header.firstCounter &+ UInt64(header.frames))
        while Double(nextFrame) * eegPerFrame < end {
            silence.withUnsafeBufferPointer {
                grid.takeAudio(
                    number: nextFrame, features: $0, eegCounter: Double(nextFrame) * eegPerFrame, at: header.hostTime)
            }
            nextFrame += 1
        }
    }

    /// Frames.
    private static let longestAbsence: UInt64 = 1000

    package func take(_ frame: AudioFrame, _ clocks: StreamClocksView) {
        soundGrid = frame.grid
        evidence?.hear(power: frame.energy)
        if utterances != nil { powers.append(frame.energy) }
        grid.takeAudio(
            number: frame.number, features: frame.features, eegCounter: eegCounter(at: frame.middle, clocks), at: frame.time)
    }

    /// Which EEG sample was taken when this sample of sound was taken, as the two clocks say.
    private func eegCounter(at audioCounter: Double, _ clocks: StreamClocksView) -> Double? {
        guard let audio, let eeg, !grid.isHeadsetAway, let time = clocks.clock(of: audio)?.host(at: audioCounter) else {
            return nil
        }
        return clocks.clock(of: eeg)?.counter(at: time)
    }

    package func take(_ event: DeviceEvent, device: Int, at time: HostTime, _ emit: (Decision) -> Void) {
        guard device == eeg?.device else { return }
        if event.code == .lost || event.code == .stopped { grid.headsetStreams(false) }
    }

    package func settle(now: HostTime, _ clocks: StreamClocksView, _ emit: (Decision) -> Void) {
        grid.drain(now: now) { frame, audio, eegFeatures in
            if eeg != nil { noteEEG(frame.number, isThere: eegFeatures != nil, at: now, emit) }
            if utterances != nil {
                let hasOutput = recognizer.advance(audio: audio, eeg: eegFeatures)
                return decode(frame.number, hasOutput, eegFeatures, at: now, clocks, emit)
            }
            let word = recognizer.step(audio: audio, eeg: eegFeatures)
            evidence?.take(recognizer, number: frame.number, eeg: eegFeatures, named: word)
            if let due = evidence?.due() { emit(due.judged(by: certified)) }
            if assembler != nil { return spell(word, frame.number, at: now, clocks, emit) }
            weighGuess(at: now, emit)
            guard let word else { return }
            let end = end(ofFrame: frame.number, clocks)
            var decision = Decision(
                content: .word(text: words[word.index], frame: frame.number, logProbability: word.logProbability),
                hostTime: now, stage: name, spanEnd: end)
            guard alternatives > 0 || tellsPartial else { return tell(decision, word, emit) }
            var window = WordWindow(words: words.count, frames: tellsPartial ? labelWindow : 0)
            window.take(recognizer.logits)
            decision.alternatives = named(window.ranking().filter { $0.index != word.index })
            decision.isPartial = tellsPartial
            if tellsPartial {
                emit(decision)
                guess = (window, word, frame.number, end)
            } else {
                tell(decision, word, emit)
            }
        }
    }

    /// A final word; where its evidence is asked for, when that is whole.
    private func tell(_ decision: Decision, _ word: StreamingRecognizer.Word, _ emit: (Decision) -> Void) {
        guard evidence != nil else { return emit(decision.judged(by: certified)) }
        evidence?.keep(decision, word)
        if let due = evidence?.due() { emit(due.judged(by: certified)) }
    }

    /// A model with a beam search: words are final when their utterance has ended; with `partial` the last one is told when the text so far
    /// has changed.
    private func decode(
        _ frame: UInt64, _ hasOutput: Bool, _ eeg: UnsafeBufferPointer<Float>?, at time: HostTime, _ clocks: StreamClocksView,
        _ emit: (Decision) -> Void
    ) {
        let power = powers.isEmpty ? nil : powers.removeFirst()
        let ended = utterances?.take(recognizer, hasOutput: hasOutput, number: frame, power: power, eeg: eeg)
        if let ended { return tell(ended, at: time, clocks, emit) }
        guard tellsPartial, hasOutput, let partial = utterances?.newPartial() else { return }
        var decision = Decision(
            content: .word(text: partial.lastWord, frame: partial.frame, logProbability: 0), hostTime: time, stage: name,
            spanEnd: end(ofFrame: partial.frame, clocks))
        decision.isPartial = true
        emit(decision)
        guard tellsUtterances else { return }
        decision.content = .utterance(Decision.Utterance(partial))
        emit(decision)
    }

    /// First its words, then what there is to say of the whole.
    private func tell(
        _ utterance: UtteranceReader.Utterance, at time: HostTime, _ clocks: StreamClocksView, _ emit: (Decision) -> Void
    ) {
        for word in utterance.words {
            var decision = Decision(
                content: .word(text: word.text, frame: word.lastFrame, logProbability: word.logProbability), hostTime: time,
                stage: name, spanEnd: end(ofFrame: word.lastFrame, clocks))
            decision.evidence = word.evidence
            emit(decision.judged(by: certified))
        }
        guard tellsUtterances else { return }
        emit(
            Decision(
                content: .utterance(Decision.Utterance(utterance, alternatives: alternatives)), hostTime: time, stage: name))
    }

    /// A model of characters: a word is final when it has ended; with `partial` it is told after each character.
    private func spell(
        _ unit: StreamingRecognizer.Word?, _ frame: UInt64, at time: HostTime, _ clocks: StreamClocksView,
        _ emit: (Decision) -> Void
    ) {
        func tell(_ word: WordAssembler.Word, isPartial: Bool) {
            var decision = Decision(
                content: .word(text: word.text, frame: word.frame, logProbability: word.logProbability), hostTime: time,
                stage: name, spanEnd: end(ofFrame: word.frame, clocks))
            decision.isPartial = isPartial
            if !isPartial { decision.evidence = evidence?.spelling(word.text, endedBy: unit) }
            emit(decision.judged(by: certified))
        }
        let ended = assembler?.next(unit.map { words[$0.index] }, logProbability: unit?.logProbability ?? 0, frame: frame)
        if let ended { tell(ended, isPartial: false) }
        if tellsPartial, unit != nil, let current = assembler?.current { tell(current, isPartial: true) }
    }

    /// A word is final when every frame has passed in which training allowed its label: then it is the one that was likeliest over all.
    private func weighGuess(isLast: Bool = false, at time: HostTime, _ emit: (Decision) -> Void) {
        guard guess != nil else { return }
        if !isLast { guess?.window.take(recognizer.logits) }
        guard let (window, word, frame, end) = guess, isLast || window.isOver else { return }
        guess = nil
        let ranking = window.ranking()
        guard let best = ranking.first else { return }
        var decision = Decision(
            content: .word(text: words[best.index], frame: frame, logProbability: best.logProbability), hostTime: time,
            stage: name, spanEnd: end)
        decision.alternatives = named(ranking.dropFirst())
        decision.evidence = evidence?.evidence(of: best.index + 1, at: word.frame)
        emit(decision.judged(by: certified))
    }

    private func named(_ ranking: some Sequence<WordWindow.Rank>) -> [Decision.Alternative] {
        ranking.prefix(alternatives).map { Decision.Alternative(text: words[$0.index], score: $0.logProbability) }
    }

    private func end(ofFrame number: UInt64, _ clocks: StreamClocksView) -> HostTime? {
        if let audio, let soundGrid { return clocks.clock(of: audio)?.host(at: soundGrid.last(ofFrame: number)) }
        return eeg.flatMap { clocks.clock(of: $0)?.host(at: Double(number) * eegPerFrame) }
    }

    package func finish(at time: HostTime, _ clocks: StreamClocksView, _ emit: (Decision) -> Void) {
        grid.headsetStreams(false)
        settle(now: time, clocks, emit)
        weighGuess(isLast: true, at: time, emit)
        if let due = evidence?.due(isLast: true) { emit(due.judged(by: certified)) }
        if let last = utterances?.finish() { tell(last, at: time, clocks, emit) }
        guard let word = assembler?.finish() else { return }
        var decision = Decision(
            content: .word(text: word.text, frame: word.frame, logProbability: word.logProbability), hostTime: time,
            stage: name, spanEnd: end(ofFrame: word.frame, clocks))
        decision.evidence = evidence?.spelling(word.text, endedBy: nil)
        emit(decision.judged(by: certified))
    }

    package func close(at time: HostTime, _ emit: (Decision) -> Void) { endAbsence(at: time, emit) }

    /// Runs of frames without EEG become one decision each.
    private func noteEEG(_ frame: UInt64, isThere: Bool, at time: HostTime, _ emit: (Decision) -> Void) {
        if isThere { return endAbsence(at: time, emit) }
        absent = absent.map { ($0.first, $0.frames + 1) } ?? (frame, 1)
    }

    private func endAbsence(at time: HostTime, _ emit: (Decision) -> Void) {
        guard let run = absent else { return }
        absent = nil
        emit(Decision(content: .eegAbsent(firstFrame: run.first, frames: run.frames), hostTime: time, stage: name))
    }
}
