import MagneticFilm
import Testing

@Suite struct DriveTableTests {
    @Test func `one value stands for all cells, separators and comments do not matter`() throws {
        let table = try DriveTable(text: "# T\r\n0.5\r\n\n1,2 3;4\n", file: "drive", cells: 4)
        #expect(table.inputs == 2)
        #expect(table.values == [0.5, 0.5, 0.5, 0.5, 1, 2, 3, 4])
    }

    @Test(arguments: [("1\n2 3", 2), ("nan", 1), ("0.1\n\n1e9", 3), ("1,2,3,x", 1), ("", 0), ("# nothing", 0)])
    func `a bad line is named`(text: String, line: Int) {
        do {
            _ = try DriveTable(text: text, file: "drive", cells: 4)
            Issue.record("no error")
        } catch {
            #expect(error.file == "drive" && error.line == line)
        }
    }
}
