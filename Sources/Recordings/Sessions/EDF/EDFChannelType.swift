import Signals

/// Types of channels as labels of EDF and BDF tell them: "EEG Fp1", "EOG left".
///
/// The first word is the standard's, or one that mne knows (`infer_types=True`). A type for which neither has a word follows it in our
/// own: "MISC GSR hand" is a channel of other data to mne, and comes back here as what it is.
///
/// - Source: B. Kemp and J. Olivan, "European data format 'plus' (EDF+)", "Standard texts"; mne 1.13, `CH_TYPE_MAPPING`.
extension ChannelType {
    var edfWords: String {
        switch self {
        case .eeg: "EEG"
        case .ref: "EEG REF"
        case .eog: "EOG"
        case .heog: "EOG HEOG"
        case .veog: "EOG VEOG"
        case .ecg: "ECG"
        case .emg: "EMG"
        case .resp: "Resp"
        case .temp: "Temp"
        case .trig: "STIM"
        case .misc: "MISC"
        case .gsr, .ppg, .eyegaze, .pupil, .audio, .sysclock: "MISC \(rawValue)"
        }
    }

    /// Those of more words first.
    private static let byWords = allCases.sorted { $0.edfWords.count > $1.edfWords.count }

    /// The type and the name in a label; nil where it tells no type.
    static func split(edfLabel label: String) -> (type: ChannelType, name: String)? {
        for type in byWords where label.hasPrefix(type.edfWords + " ") {
            let name = label.dropFirst(type.edfWords.count + 1)
            // As written again, it is the same label.
            return name.isEmpty || name.hasPrefix(" ") ? nil : (type, String(name))
        }
        return nil
    }
}

extension Recording.Track {
    /// The labels with the channels' types, where these tell more than the stream's.
    var edfLabels: [String] {
        guard hasTypes else { return labels }
        return labels.indices.map { channel in
            guard !isStatus(channel), let type = detail("type", of: channel).flatMap({ ChannelType(word: $0) }) else {
                return labels[channel]
            }
            return "\(type.edfWords) \(labels[channel])"
        }
    }

    /// Takes the types out of the labels, where the names that are left tell all channels apart.
    mutating func splitEDFLabels() {
        let found = labels.map { ChannelType.split(edfLabel: $0) }
        let names = zip(labels, found).map { $1?.name ?? $0 }
        guard found.contains(where: { $0 != nil }), Set(names).count == Set(labels).count,
            !zip(labels, names).contains(where: { $0 != $1 && EDFReader.isStatus($1) })
        else { return }
        labels = names
        setTypes(found.map { $0?.type })
    }
}
