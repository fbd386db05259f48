/// A codec with what must hold for it whatever the bytes are: it does not trap, and its properties stand.
///
/// A new codec is one file with a `FuzzTarget` in it, and its name in ``all``.
public struct FuzzTarget: Sendable {
    /// Also the name of its folder in the corpus.
    public let name: String
    /// - Throws: what does not hold for these bytes. A trap ends the process.
    public let check: @Sendable (UnsafeRawBufferPointer) throws(FuzzFinding) -> Void
    /// Well-formed inputs to begin with.
    public let seeds: @Sendable () -> [[UInt8]]

    /// What these bytes break; nil when nothing.
    public func finding(_ bytes: [UInt8]) -> String? {
        let result = bytes.withUnsafeBytes { raw in
            Result<Void, FuzzFinding> { () throws(FuzzFinding) in try check(raw) }
        }
        if case .failure(let finding) = result { return finding.description }
        return nil
    }

    public static let all: [FuzzTarget] = [
        .cyton, .cytonStartUp, .thinkGear, .freeEEG32, .rda, .rigLink, .rigLinkMessages, .lsl, .emotiv, .sampleDecoders,
        .wireLog, .sessionFolder, .xdf, .packedXDF, .edf, .bdf, .wav, .edfAnnotations, .brainVision, .openBCI, .feis,
        .conversion,
        .rigFile,
        .storedConfiguration, .scoreTable, .certificate, .ovf, .vampireFolder, .filmFile, .filmCheckpoint,
        .remoteControl, .pageRequests, .pageMessages, .corpus, .safetensors, .recognizerModel, .filmReadout, .numpy,
        .electrodeTable,
        .sweepFile, .sweepStore, .searchStore,
        .arpa, .languageModel, .emissions,
    ]

    /// What is given whole files of anybody's: reading one of at most ``fileBytes`` takes at most ``fileMemory`` bytes of memory.
    public static let files: [FuzzTarget] = [
        .edf, .bdf, .brainVision, .openBCI, .feis, .xdf, .packedXDF, .wav, .ovf, .vampireFolder, .filmFile, .filmCheckpoint,
        .rigFile,
        .sessionFolder, .storedConfiguration, .scoreTable, .certificate, .corpus, .safetensors, .recognizerModel, .filmReadout,
        .numpy, .electrodeTable, .sweepFile, .sweepStore, .searchStore, .arpa, .languageModel,
    ]
    public static let fileBytes = 64 << 10
    public static let fileMemory = 64 << 20
}

/// A property that an input breaks.
public struct FuzzFinding: Error, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}

/// - Throws: a finding, when the condition does not hold.
func require(_ condition: Bool, _ finding: @autoclosure () -> String) throws(FuzzFinding) {
    if !condition { throw FuzzFinding(finding()) }
}
