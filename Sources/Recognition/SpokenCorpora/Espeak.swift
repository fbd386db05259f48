import Foundation
import Glibc
import Synchronization

/// libespeak-ng, loaded at run time: the release does not need it.
///
/// It keeps a state from one sentence to the next (of its noise and of the flutter of a voice). So sounds repeat bit by bit only when a new
/// process speaks the same sentences in the same order.
package final class Espeak: @unchecked Sendable {
    // Sendable because everything in it is set once, and `speak` lets in one thread at a time.

    /// Names the library's file, in place of a search of the system's path.
    static let environmentVariable = "LARMOR_LIBESPEAK"
    private static let fileNames = ["libespeak-ng.so.1", "libespeak-ng.so"]

    /// Samples per second of what it says.
    let rate: Int
    private let functions: EspeakFunctions
    /// Where its data are.
    private let folder: String
    private let turn = Mutex(())

    private static let loaded = Result { () throws(SpokenCorpusError) in try Espeak() }

    /// The library, loaded by the first call. It is never unloaded: a second start of it does not end.
    /// - Throws: ``SpokenCorpusError`` that says how to install it.
    package static func load() throws(SpokenCorpusError) -> Espeak { try loaded.get() }

    private init() throws(SpokenCorpusError) {
        let named = ProcessInfo.processInfo.environment[Self.environmentVariable].flatMap { $0.isEmpty ? nil : $0 }
        var reasons: [String] = []
        for file in named.map({ [$0] }) ?? Self.fileNames {
            guard let handle = dlopen(file, RTLD_NOW | RTLD_LOCAL) else {
                reasons.append(dlerror().map { String(cString: $0) } ?? file)
                continue
            }
            guard let functions = EspeakFunctions(handle) else {
                reasons.append("\(file) is no espeak-ng")
                continue
            }
            let rate = functions.initialise(
                EspeakFunctions.synchronous, 0, nil, EspeakFunctions.phonemeEvents | EspeakFunctions.doesNotExit)
            guard rate > 0 else {
                reasons.append("\(file) finds no data")
                continue
            }
            var path: UnsafePointer<CChar>?
            _ = functions.info(&path)
            folder = path.map { String(cString: $0) } ?? ""
            functions.setCallback { EspeakTake.receive($0, $1, $2) }
            (self.rate, self.functions) = (Int(rate), functions)
            return
        }
        throw SpokenCorpusError("espeak-ng", .missingLibrary(reasons.joined(separator: "; ")))
    }

    /// Whether there is a variant: espeak-ng itself passes by unknown ones in silence.
    func check(variant: String) throws(SpokenCorpusError) {
        let isName = !variant.isEmpty && !variant.contains("/") && !variant.contains("\0")
        guard isName, access("\(folder)/voices/!v/\(variant)", R_OK) == 0 else {
            throw SpokenCorpusError(variant, .noVoice("`espeak-ng --voices=variant` lists the variants"))
        }
    }

    /// Starts all that is random in it.
    func begin() { srand(1) }

    /// - Throws: ``SpokenCorpusError`` when the accent is none, or there is no sound.
    func speak(_ text: String, _ voice: SpokenVoice) throws(SpokenCorpusError) -> EspeakTake {
        try turn.withLock { _ throws(SpokenCorpusError) in
            EspeakTake.current.withLock { $0 = EspeakTake() }
            guard functions.setVoice(voice.name) == 0 else {
                throw SpokenCorpusError(voice.accent, .noVoice("`espeak-ng --voices` lists them, under Language"))
            }
            for (parameter, value) in [
                (EspeakFunctions.rate, voice.rate), (EspeakFunctions.pitch, voice.pitch), (EspeakFunctions.range, voice.range),
            ] { _ = functions.setParameter(parameter, Int32(value), 0) }
            // The length counts the NUL.
            _ = text.withCString { functions.synthesise($0, strlen($0) + 1, 0, 1, 0, EspeakFunctions.utf8, nil, nil) }
            let take = EspeakTake.current.withLock { take in
                defer { take = EspeakTake() }
                return take
            }
            guard take.samples.contains(where: { $0 != 0 }) else {
                throw SpokenCorpusError(text, .silence(voice: voice.name))
            }
            return take
        }
    }
}

/// What was said: samples, and where each phoneme begins.
struct EspeakTake: Sendable {
    struct Event: Sendable, Equatable {
        /// espeak-ng's name of the phoneme; nil for the end.
        var phoneme: String?
        var sample: Int
    }

    var samples: [Int16] = []
    var events: [Event] = []

    /// The callback is a C function, and finds it here.
    static let current = Mutex(EspeakTake())

    /// - Parameters:
    ///   - sound: samples; nil at the end.
    ///   - events: an array whose last entry has type 0.
    static func receive(_ sound: UnsafeMutablePointer<Int16>?, _ count: Int32, _ events: UnsafeMutableRawPointer?) -> Int32 {
        current.withLock { take in
            if let sound, count > 0 { take.samples.append(contentsOf: UnsafeBufferPointer(start: sound, count: Int(count))) }
            var entry = events.map { UnsafeRawPointer($0) }
            while let event = entry, case let type = event.load(as: Int32.self), type != EspeakFunctions.listEnd {
                let sample = Int(event.load(fromByteOffset: EspeakFunctions.sampleOffset, as: Int32.self))
                if type == EspeakFunctions.phoneme {
                    let name = UnsafeRawBufferPointer(start: event + EspeakFunctions.nameOffset, count: 8).prefix { $0 != 0 }
                    take.events.append(Event(phoneme: String(decoding: name, as: UTF8.self), sample: sample))
                } else if type == EspeakFunctions.clauseEnd {
                    take.events.append(Event(phoneme: nil, sample: sample))
                }
                entry = event + EspeakFunctions.eventSize
            }
        }
        return 0
    }

    /// Phonemes that sound, as samples. Pauses (`_`, `_:`, `_|`) and changes of the language (`(en)`) are none.
    var phonemes: [(name: String, samples: Range<Int>)] {
        zip(events, events.dropFirst() + [Event(phoneme: nil, sample: samples.count)]).compactMap { event, next in
            guard let name = event.phoneme, let first = name.first, first != "_", first != "(" else { return nil }
            let (begin, end) = (max(0, event.sample), min(samples.count, next.sample))
            return begin < end ? (name, begin..<end) : nil
        }
    }
}
