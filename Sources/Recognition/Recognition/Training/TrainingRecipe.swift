public import NeuralNetworks
public import SignalFeatures

/// All that a training depends on beside its data.
public struct TrainingRecipe: Sendable, Equatable {
    /// Which network; its sizes are the next four.
    public var preset: RecognizerShape.Preset
    /// Units of each recurrent layer.
    public var hidden: Int
    /// Recurrent layers, or residual blocks.
    public var layers: Int
    /// Of the preset `live` without EEG: channels of the convolutions over time and frequency.
    public var planes: [Int] = []
    public var frontEnd: MelOptions
    /// Passes over the training utterances, at most.
    public var epochs: Int
    /// Strings per step.
    public var batch = 16
    /// Largest of the one-cycle schedule.
    public var learningRate: Float
    /// λ of `AdamW` in PyTorch's convention; a timescale takes its place.
    public var weightDecay: Float = 0.01
    public var dropout: Float = 0.2
    /// Largest norm of a gradient.
    public var clipNorm: Float = 5
    /// Frames of the network's output after a word's end in which its label may stand, where the end is known.
    public var labelWindow: Int
    /// Weight of a second loss beside CTC, on the frames of phonemes or words whose times are known; 0 for none.
    public var framewise: Float = 0
    /// The blank's logit before training: most frames have no label, and the first epochs need not find that out.
    public var blankBias: Float = 0
    /// Standard deviation of the noise on standardised features.
    public var noise: Float = 0.1
    /// Single words are joined to strings of so many, with so many seconds of silence between them.
    public var wordsPerString: ClosedRange<Int>
    public var pause_s: ClosedRange<Double>
    /// Whether the words of a string have one speaker.
    public var keepsSpeakers: Bool
    public var perturbation: Perturbation?
    /// Epochs without a better result on the validation split after which training ends; nil to go on.
    public var patience: Int?
    public var seed: UInt64 = 1
    /// How long the training remembers its updates; nil for `weightDecay` as it stands.
    public var timescale: Timescale?
    /// Of the preset `live`: paths in place of each block's recurrent layer.
    public var ensemble: RecurrentPaths?
    /// Of whole sentences; nil for a one-cycle schedule, and weights that stay.
    public var pace: TrainingPace?

    /// Whether each session has an input layer of its own; of the preset words.
    public var hasSessionLayer = false
    /// Whether an epoch has as many strings of each session.
    public var balancesSessions = false

    /// All of it as a text that changes with each value: another recipe does not go on from a checkpoint.
    public var fingerprint: String {
        // Trainings that were stopped before there were these go on.
        [
            ", pace: nil", ", timescale: nil", ", ensemble: nil", ", voices: ClosedRange(3...6)",
            ", hasSessionLayer: false, balancesSessions: false",
        ].reduce("\(self)") { $0.replacing($1, with: "") }
    }

    /// A handful of whole words, as version 0.1 trained them.
    public static let words = TrainingRecipe(
        preset: .words, hidden: 128, layers: 2, frontEnd: .words, epochs: 32, learningRate: 4e-3, labelWindow: 8,
        wordsPerString: 1...4, pause_s: 0.3...0.8, keepsSpeakers: false)

    /// Running speech of many voices.
    public static let live = TrainingRecipe(
        preset: .live, hidden: 128, layers: 5, planes: [16, 32], frontEnd: .bands, epochs: 40, learningRate: 3e-3,
        labelWindow: 5, blankBias: 4, wordsPerString: 1...6, pause_s: 0.03...0.4, keepsSpeakers: true,
        perturbation: Perturbation())

    /// Whole sentences of a few hundred words, whose phonemes have known times (`larmor corpus speak`).
    public static let sentences: TrainingRecipe = {
        var frontEnd = MelOptions.bands
        frontEnd.highest_Hz = 7600
        var perturbation = Perturbation()
        (perturbation.speed, perturbation.warp) = (0.88...1.12, 0.88...1.13)
        (perturbation.tilt, perturbation.gain_dB) = (-0.3...0.3, -10.0...8.0)
        (perturbation.ratio_dB, perturbation.noisy) = (5.0...30.0, 0.5)
        (perturbation.babble, perturbation.maskedBands) = (0, 0)
        var recipe = TrainingRecipe(
            preset: .live, hidden: 192, layers: 1, frontEnd: frontEnd, epochs: 16, learningRate: 3e-3, clipNorm: 2,
            labelWindow: 5,
            // Of a sum over about 130 frames, beside CTC's sum over about 25 units.
            framewise: 0.05, wordsPerString: 1...6, pause_s: 0.03...0.3, keepsSpeakers: true, perturbation: perturbation)
        (recipe.dropout, recipe.noise, recipe.pace) = (0.1, 0, TrainingPace())
        return recipe
    }()

    /// EEG alone, through the front end of ``EEGFrontEndSpecification/krishna(channels:rate:line:)``.
    ///
    /// - Source: G. Krishna et al., arXiv:2103.00383, section 4: recurrent layers, characters, plain CTC. Sizes are ours, for small corpora.
    public static let krishna = TrainingRecipe(
        preset: .words, hidden: 128, layers: 1, frontEnd: .words, epochs: 60, learningRate: 3e-3, labelWindow: 0, noise: 0.3,
        wordsPerString: 1...1, pause_s: 0...0, keepsSpeakers: true)

    /// Reads whole sounds; others are aligned with it.
    public static let teacher = TrainingRecipe(
        preset: .teacher, hidden: 128, layers: 2, frontEnd: .bands, epochs: 20, learningRate: 3e-3, labelWindow: 0,
        wordsPerString: 1...6, pause_s: 0.03...0.4, keepsSpeakers: true, perturbation: Perturbation())

    /// - Parameters:
    ///   - inputs: features per frame.
    ///   - outputs: units, blank included.
    ///   - sessions: of the training.
    func shape(inputs: Int, outputs: Int, hasEEG: Bool, sessions: Int) -> RecognizerShape {
        switch preset {
        case .words:
            .words(
                WordsShape(inputs: inputs, hidden: hidden, layers: layers, outputs: outputs).having(
                    sessions: hasSessionLayer ? sessions : nil))
        case .live:
            .live(
                LiveShape(
                    inputs: inputs, width: hidden, blocks: layers, outputs: outputs, planes: hasEEG ? [] : planes,
                    ensemble: ensemble))
        case .teacher: .teacher(TeacherShape(inputs: inputs, hidden: hidden, layers: layers, outputs: outputs))
        }
    }
}
