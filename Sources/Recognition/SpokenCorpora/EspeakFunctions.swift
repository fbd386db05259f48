import Glibc

/// The functions of libespeak-ng that are used, and numbers of its header.
///
/// - Source: `speak_lib.h` of espeak-ng 1.51; they are the same in all versions from 1.49 on.
struct EspeakFunctions {
    typealias Callback = @convention(c) (UnsafeMutablePointer<Int16>?, Int32, UnsafeMutableRawPointer?) -> Int32

    /// `AUDIO_OUTPUT_SYNCHRONOUS`: samples go to the callback, before the call returns.
    static let synchronous: Int32 = 2
    /// `espeakINITIALIZE_PHONEME_EVENTS`, `espeakINITIALIZE_DONT_EXIT`.
    static let phonemeEvents: Int32 = 1
    static let doesNotExit: Int32 = 0x8000
    /// Parameters.
    static let rate: Int32 = 1
    static let pitch: Int32 = 3
    static let range: Int32 = 4
    /// `espeakCHARS_UTF8`.
    static let utf8: UInt32 = 1
    /// Kinds of events: `espeakEVENT_LIST_TERMINATED`, `espeakEVENT_END`, `espeakEVENT_PHONEME`.
    static let listEnd: Int32 = 0
    static let clauseEnd: Int32 = 5
    static let phoneme: Int32 = 7
    /// `espeak_EVENT`: type, identifier, place in the text, length, milliseconds, sample (32 bits each), user data, name.
    static let eventSize = 40
    static let sampleOffset = 20
    static let nameOffset = 32

    let initialise: @convention(c) (Int32, Int32, UnsafePointer<CChar>?, Int32) -> Int32
    let info: @convention(c) (UnsafeMutablePointer<UnsafePointer<CChar>?>) -> UnsafePointer<CChar>?
    private let setCallbackFunction: @convention(c) (Callback?) -> Void
    let setVoice: @convention(c) (UnsafePointer<CChar>) -> Int32
    let setParameter: @convention(c) (Int32, Int32, Int32) -> Int32
    let synthesise:
        @convention(c) (
            UnsafeRawPointer, Int, UInt32, Int32, UInt32, UInt32, UnsafeMutablePointer<UInt32>?, UnsafeMutableRawPointer?
        ) -> Int32

    /// - Returns: nil when one of them is missing.
    init?(_ library: UnsafeMutableRawPointer) {
        guard let initialise = dlsym(library, "espeak_Initialize"), let info = dlsym(library, "espeak_Info"),
            let setCallback = dlsym(library, "espeak_SetSynthCallback"),
            let setVoice = dlsym(library, "espeak_SetVoiceByName"),
            let setParameter = dlsym(library, "espeak_SetParameter"), let synthesise = dlsym(library, "espeak_Synth")
        else { return nil }
        self.initialise = unsafeBitCast(
            initialise, to: (@convention(c) (Int32, Int32, UnsafePointer<CChar>?, Int32) -> Int32).self)
        self.info = unsafeBitCast(
            info, to: (@convention(c) (UnsafeMutablePointer<UnsafePointer<CChar>?>) -> UnsafePointer<CChar>?).self)
        setCallbackFunction = unsafeBitCast(setCallback, to: (@convention(c) (Callback?) -> Void).self)
        self.setVoice = unsafeBitCast(setVoice, to: (@convention(c) (UnsafePointer<CChar>) -> Int32).self)
        self.setParameter = unsafeBitCast(setParameter, to: (@convention(c) (Int32, Int32, Int32) -> Int32).self)
        self.synthesise = unsafeBitCast(
            synthesise,
            to: (@convention(c) (
                UnsafeRawPointer, Int, UInt32, Int32, UInt32, UInt32, UnsafeMutablePointer<UInt32>?, UnsafeMutableRawPointer?
            ) -> Int32).self)
    }

    func setCallback(_ callback: @escaping Callback) { setCallbackFunction(callback) }
}
