import Settings
import Testing

/// Messages about settings files name the line of the key that is meant, also where tables are written inline.
struct SettingsPlacesTests {
    private func table(_ text: String) throws -> SettingsTable { try SettingsTable(toml: text, file: "f.toml") }

    @Test func `keys of inline tables, and of tables in a list over several lines, have their own lines`() throws {
        let root = try table(
            """
            plain = 1
            one = { a = 1, b = { c = 2 } }
            list = [
              { name = "x", value = 1 },   # a comment with } and ]
              { name = 'y', more = [1,
                  2], value = 2 },
            ]
            after = "]"
            """)
        #expect(root.line(of: "plain") == 1 && root.line(of: "after") == 8)
        #expect(try #require(root.table("one")).line(of: "b") == 2)
        let list = root.tables("list")
        #expect(list.map(\.line) == [4, 5])
        #expect(list[0].line(of: "value") == 4)
        #expect(list[1].line(of: "name") == 5 && list[1].line(of: "more") == 5 && list[1].line(of: "value") == 6)
    }

    @Test func `an unknown key of an inline table is told with its own line`() throws {
        let root = try table("list = [\n  { name = \"x\" },\n  { nmae = \"y\" },\n]\n")
        let error = #expect(throws: SettingsError.self) { try root.tables("list")[1].allow(["name"]) }
        #expect(error?.line == 3)
    }

    /// TOMLKit 0.6 ends the process where a header begins with neither a key nor a bracket.
    @Test(arguments: ["[=]", "[.a]", "[[[a]]]", "[#]", "[[=]]", "[ ; ]", "[é]", "[\u{1}a]", "[,"])
    func `a header that begins with no name is an error with its line, and ends nothing`(header: String) {
        let error = #expect(throws: SettingsError.self) { try table("a = 1\nb = \"\"\"\n[=]\n\"\"\"\n\(header)\n") }
        #expect(error?.line == 5)
        guard case .syntax = error?.reason else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    /// The same for a brace where a list's value should be.
    @Test(arguments: ["[}", "[ }", "[1, }", "[\n # x\n }", "[[1, }]", "{ b = [2, }", "[\u{A0}}", "[1, 2, {c = [}]}"])
    func `a brace in place of a list's value is an error with its line, and ends nothing`(value: String) {
        for text in ["a = \(value)\n", "\u{FEFF}a = \(value)\n", "b = \"}\"\nc = [{}]\n[t]\na = \(value)"] {
            let error = #expect(throws: SettingsError.self) { try table(text) }
            guard case .syntax = error?.reason else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test func `a NUL byte and a key of very many parts are errors with their lines`() throws {
        #expect(throws: SettingsError.self) { try table("a = 1\n\u{0}\nb = 2\n") }
        let key = [String](repeating: "a", count: 20_000).joined(separator: ".")
        for text in ["x = 1\n\(key) = 1\n", "x = 1\n[\(key)]\n", "x = 1\ny = { \(key) = 1 }\n"] {
            let error = #expect(throws: SettingsError.self) { try table(text) }
            #expect(error?.line == 2)
        }
        #expect(try table(String(key.prefix(199)) + " = 1\n").table("a") != nil)
    }

    @Test func `a byte order mark hides no broken header, and counts for no line`() throws {
        let error = #expect(throws: SettingsError.self) { try table("\u{FEFF}[{a}]\n") }
        #expect(error?.line == 1)
        #expect(try table("\u{FEFF}a = 1\nb = [1, {c = 2}, {}]\n").line(of: "b") == 2)
    }

    @Test(arguments: ["[a]", "[[a]]", "[ a.b ]", "[ \"a b\".c ]", "[[ 'x' ]]", "[a-_9]"])
    func `headers that TOML knows are taken`(header: String) throws {
        _ = try table("list = [[1, 2], [3]]\n\(header)\ny = 1\n")
    }
}
