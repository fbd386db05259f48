import Settings
import Testing

/// What is no TOML is told in plain words: the line, what stands there, what was expected or what to do.
struct TOMLFaultTests {
    static let faults: [(text: String, line: Int, words: [String])] = [
        ("name = bench\n", 1, ["“bench”", "a text in quotes"]),
        ("a = 1\nb = yes\n", 2, ["“yes”", "true or false"]), ("a = True\n", 1, ["“True”", "true or false"]),
        ("rate = 16kHz\n", 1, ["“16kHz”", "number"]), ("a = 0,5\n", 1, ["“0,5”", "point"]),
        ("a = .5\n", 1, ["“.5”", "0.5"]), ("a = 5.\n", 1, ["“5.”", "0.5"]), ("a = 1; b = 2\n", 1, ["1;", "number"]),
        ("a = 007\n", 1, ["“007”", "begins with 0"]), ("a = 99999999999999999999\n", 1, ["too large"]),
        ("a = 2026-13-40\n", 1, ["“2026-13-40”", "date"]), ("a = 25:00:00\n", 1, ["“25:00:00”", "time"]),
        ("a = “x”\n", 1, ["“x”", "quotes"]), ("x = 1\na = \n", 2, ["no value", "="]), ("a = = 2\n", 1, ["“= 2”", "value"]),
        ("a = 1 2\n", 1, ["“2”", "behind the value"]), ("a = \"x\" y\n", 1, ["“y”", "behind the value"]),
        ("a = [1]]\n", 1, ["“]”", "behind the value"]), ("name: \"x\"\n", 1, ["“:”", "“=”"]),
        ("name\n", 1, ["end of the line", "“=”"]),
        ("my key = 1\n", 1, ["“k”", "quotes"]), ("größe = 1\n", 1, ["“ö”", "quotes"]), ("= 1\n", 1, ["“=”", "expected a key"]),
        ("// note\na = 1\n", 1, ["“/”", "comment"]), ("{\n\"name\": 1\n}\n", 1, ["“{”", "expected a key"]),
        ("a = \"abc\nb = 2\n", 1, ["not closed", "last quote"]), ("a = 'abc\n", 1, ["not closed", "last quote"]),
        ("a = \"abc", 1, ["not closed", "the file ends"]), ("a = \"\"\"abc\nx\n", 2, ["not closed", "the file ends"]),
        ("a = \"x\u{1}y\"\n", 1, ["control character"]), ("a = \"C:\\path\"\n", 1, ["“\\p”", "single quotes"]),
        ("a = \"\\u12G4\"\n", 1, ["\\u", "digits"]), ("a = [1, 2\nb = 3\n", 2, ["“b”", "“]”"]),
        ("a = [1, 2\n", 1, ["“]” is missing"]),
        ("a = [1 2]\n", 1, ["“2”", "comma"]), ("a = { b = 1, }\n", 1, ["comma before “}”"]),
        ("a = { b = 1,\n c = 2 }\n", 1, ["braces", "one line"]), ("a = 1\na = 2\n", 2, ["“a”", "before"]),
        ("a = 1\n[a]\nb = 2\n", 2, ["“a”", "before"]), ("a = 1\na.b = 2\n", 2, ["before"]),
        ("[a]\nx = 1\n[a]\n", 3, ["second [a]", "[[a]]"]),
        ("[device]\nname = \"x\"\n[[device]]\n", 3, ["[[device]]", "every place"]),
        ("[[device]]\nname = \"x\"\n[device]\n", 3, ["[[device]]", "one of several"]),
        ("a = {b = 1}\n[a.c]\nd = 1\n", 3, ["braces"]), ("[device\nname = 1\n", 1, ["not closed", "[NAME]"]),
        ("[]\n", 1, ["without a name"]),
        ("[a b]\n", 1, ["[NAME]", "quotes"]), ("[a] x = 1\n", 1, ["“x”", "header"]), ("a = 1\rb = 2\n", 1, ["line ends"]),
        ("\"a = 1\n", 1, ["not closed"]),
    ]

    @Test(arguments: faults.indices)
    func `each wrong text is told by its line, what stands there, and what to do, in our words`(number: Int) throws {
        let fault = Self.faults[number]
        let error = try #require(#expect(throws: SettingsError.self) { try SettingsTable(toml: fault.text, file: "rig.toml") })
        let text = error.description
        #expect(error.line == fault.line && text.hasPrefix("rig.toml:\(fault.line): not valid TOML: "), "\(text)")
        for word in fault.words { #expect(text.contains(word), "“\(word)” in: \(text)") }
        for word in ["Error while parsing", "saw '", "prohibited", "redefine", "key-value", "the parser:"] {
            #expect(!text.contains(word), "\(text)")
        }
    }

    @Test func `lists that lie too deep in one another are told`() {
        let text = "a = " + String(repeating: "[", count: 300) + String(repeating: "]", count: 300) + "\n"
        let error = #expect(throws: SettingsError.self) { try SettingsTable(toml: text, file: "f") }
        #expect(error?.description.contains("256 deep") == true)
    }
}
