public import SignalFeatures

extension RecognizerTraining {
    /// What a training is made of, and what follows from it.
    public struct Data: Sendable {
        public var units: Units
        /// At `rate`; single words, which are joined to strings, or longer texts.
        public var training: [SpokenText]
        /// What the training is watched with; empty for none.
        public var validation: [SpokenText]
        /// Samples per second.
        public var rate: Int
        /// EEG features at 100 Hz, shape `[frames, 5 · channels]`.
        public var eeg: [Float]
        /// 0 for a recogniser without EEG.
        public var eegChannels: Int
        /// Of a recogniser that reads the EEG of its utterances, which then stands in the utterances (``SpokenText/eeg``).
        public var eegFrontEnd: EEGProjection?
        /// Whether the sound is read, too; false for EEG alone.
        public var hearsSound = true

        public init(
            units: Units, training: [SpokenText], validation: [SpokenText] = [], rate: Int, eeg: [Float] = [],
            eegChannels: Int = 0
        ) {
            (self.units, self.training, self.validation, self.rate) = (units, training, validation, rate)
            (self.eeg, self.eegChannels) = (eeg, eegChannels)
        }

        /// EEG alone.
        public init(units: Units, _ corpus: EEGCorpus, validation: [SpokenText] = []) {
            self.init(
                units: units, training: corpus.training, validation: validation, rate: 0,
                eegChannels: corpus.specification.channels)
            eegFrontEnd = EEGProjection(corpus.specification, corpus.fit)
            hearsSound = false
        }

        /// EEG with the sound of the same utterances.
        /// - Parameter rate: of the sounds.
        public init(units: Units, _ corpus: EEGCorpus, rate: Int, validation: [SpokenText] = []) {
            self.init(units: units, corpus, validation: validation)
            (self.rate, hearsSound) = (rate, true)
        }
    }
}
