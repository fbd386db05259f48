/// Syllables of Mandarin in Latin letters with a digit for the tone, as `tian1qi4`; v stands for ü, 5 for the neutral tone.
package enum Pinyin {
    private static let initials: Set<String> = [
        "b", "p", "m", "f", "d", "t", "n", "l", "g", "k", "h", "j", "q", "x", "zh", "ch", "sh", "r", "z", "c", "s", "y", "w",
        "",
    ]
    private static let finals: Set<String> = [
        "a", "o", "e", "i", "u", "v", "ai", "ei", "ao", "ou", "an", "en", "ang", "eng", "ong", "er", "ia", "ie", "iao", "iu",
        "ian",
        "in", "iang", "ing", "iong", "ua", "uo", "uai", "ui", "uan", "un", "uang", "ue", "ve",
    ]

    /// What keeps a text from being pinyin, in words; nil where it is.
    package static func problem(in text: String) -> String? {
        var rest = Substring(text)
        while !rest.isEmpty {
            let letters = rest.prefix { $0.isASCII && $0.isLowercase }
            guard let tone = rest.dropFirst(letters.count).first, ("1"..."5").contains(tone) else {
                return "“\(text)”: each syllable is letters a–z and a tone from 1 to 5, as in tian1qi4"
            }
            guard isSyllable(letters) else { return "“\(text)”: “\(letters)” is no syllable of pinyin" }
            rest = rest.dropFirst(letters.count + 1)
        }
        return text.isEmpty ? "an empty reading" : nil
    }

    private static func isSyllable(_ letters: Substring) -> Bool {
        (0...min(2, letters.count)).contains { count in
            initials.contains(String(letters.prefix(count))) && finals.contains(String(letters.dropFirst(count)))
        }
    }
}
