import Settings
import Testing

@Suite struct SettingsTableTests {
    private static let text = """
        title = '''
        [[device]]
        port = 1
        '''
        list = [
            "a",  # ] not the end
            "b = 2",
        ]
        "quoted key" = 3

        [[device]]
        name = "one"

        [[device]]
        name = "two"
        settings.gain = 24
        settings."debounce.ms" = 1.5

        [device.simulation]
        seed = 7
        note = "with \\"quotes\\" = inside"
        """

    @Test func `a key's line is found behind texts of several lines, lists, quoted and dotted keys`() throws {
        let root = try SettingsTable(toml: Self.text, file: "t.toml")
        #expect(root.line(of: "title") == 1)
        #expect(root.line(of: "list") == 5)
        #expect(root.line(of: "quoted key") == 9)
        let devices = root.tables("device")
        #expect(devices.map(\.line) == [11, 14])
        #expect(devices.map { $0.line(of: "name") } == [12, 15])
        let settings = try #require(devices[1].table("settings"))
        #expect(settings.line(of: "gain") == 16)
        #expect(settings.line(of: "debounce.ms") == 17)
        let simulation = try #require(devices[1].table("simulation"))
        #expect(simulation.line(of: "seed") == 20 && simulation.line(of: "note") == 21)
        #expect(try simulation.integer("seed") == 7)
    }

    @Test func `the first unknown key by line is an error, with the key that was meant`() throws {
        let root = try SettingsTable(toml: "sed = 1\nzz = 2\n", file: "t.toml")
        let error = #expect(throws: SettingsError.self) { try root.allow(["seed", "name"]) }
        #expect(error == SettingsError(file: "t.toml", line: 1, reason: .unknownKey("sed", known: ["seed", "name"])))
        #expect(error?.description == "t.toml:1: unknown key “sed”; did you mean “seed”?")
        let other = try SettingsTable(toml: "completely = 1\n", file: "t.toml")
        let far = #expect(throws: SettingsError.self) { try other.allow(["a", "b"]) }
        #expect(far?.description == "t.toml:1: unknown key “completely”, expected one of a, b")
    }

    @Test func `a date or a time is a value like others: unknown keys with it are told, known ones have the wrong type`() throws
    {
        let table = try SettingsTable(toml: "a = 2026-11-29\nb = 10:00:00\nc = [1, 2026-11-29T10:00:00Z]\n", file: "t.toml")
        for (key, line) in [("a", 1), ("b", 2), ("c", 3)] {
            let error = #expect(throws: SettingsError.self) { try table.allow(["a", "b", "c"].filter { $0 != key }) }
            #expect(error?.line == line)
        }
        let error = #expect(throws: SettingsError.self) { try table.number("a") }
        #expect(error?.reason == .wrongType(key: "a", expected: "a number", found: "a date or time"))
        #expect(throws: SettingsError.self) { try table.requiredNumbers("c", count: 2) }
    }

    @Test func `what a file says goes to a terminal without its control characters`() throws {
        let table = try SettingsTable(toml: "\"a\\u001b[31mx\" = 1\n", file: "t.toml")
        let error = #expect(throws: SettingsError.self) { try table.allow([]) }
        #expect(error?.description.unicodeScalars.contains("\u{1B}") == false)
    }

    @Test func `a file that is missing and one that is no TOML are told apart`() throws {
        let missing = #expect(throws: SettingsError.self) { try SettingsTable(contentsOf: "/nonexistent/x.toml") }
        #expect(missing?.reason == .missingFile())
        let broken = #expect(throws: SettingsError.self) { try SettingsTable(toml: "a = 1\nb = = 2\n", file: "t.toml") }
        guard case .syntax? = broken?.reason, broken?.line == 2 else {
            Issue.record("\(String(describing: broken))")
            return
        }
    }
}
