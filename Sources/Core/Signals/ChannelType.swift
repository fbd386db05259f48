/// What a channel measures.
///
/// - Source: Brain Imaging Data Structure 1.10, EEG, "Channels description (`*_channels.tsv`)": the words of the column `type`.
public enum ChannelType: String, Sendable, Codable, CaseIterable {
    /// An electrode on the scalp.
    case eeg = "EEG"
    /// Eye movements; ``heog`` and ``veog`` where they are known to be horizontal or vertical ones.
    case eog = "EOG"
    case heog = "HEOG"
    case veog = "VEOG"
    /// Heart.
    case ecg = "ECG"
    /// Muscles.
    case emg = "EMG"
    /// Conductance of the skin.
    case gsr = "GSR"
    /// Blood volume, by light.
    case ppg = "PPG"
    /// Breath.
    case resp = "RESP"
    /// Temperature.
    case temp = "TEMP"
    /// Where the eyes look, and the width of their pupils.
    case eyegaze = "EYEGAZE"
    case pupil = "PUPIL"
    /// An electrode that serves as a reference, at a mastoid for example.
    case ref = "REF"
    /// Trigger codes.
    case trig = "TRIG"
    case audio = "AUDIO"
    /// Time of the recording machine.
    case sysclock = "SYSCLOCK"
    case misc = "MISC"

    /// - Parameter word: in capitals or small letters.
    public init?(word: String) { self.init(rawValue: word.uppercased()) }

    /// The words as a rig file has them.
    public static let words = allCases.map { $0.rawValue.lowercased() }

    /// An electrode on or beside the scalp, which may have a place in a montage.
    public var isElectrode: Bool { self == .eeg || self == .ref }
}
