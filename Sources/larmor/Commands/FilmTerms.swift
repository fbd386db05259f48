import ArgumentParser
import MagneticFilm

struct FilmTerms: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "terms",
        abstract: "Lists the terms of a continuum film's field: parameters with units, and papers to cite.",
        discussion: """
            Example: larmor film terms
            Example: larmor film terms --papers

            The tables come from the terms' own declarations.
            """)

    @Flag(help: "Only the list of papers.")
    var papers = false

    @Flag(help: "Print one JSON object.")
    var json = false

    private struct Result: Encodable {
        var terms: [TermDeclaration]?
        var papers: [String]
    }

    func run() throws {
        let terms = TermDeclaration.all
        let papers = TermDeclaration.papers
        if json { return try Console.json(Result(terms: self.papers ? nil : terms, papers: papers)) }
        if !self.papers {
            var table = TextTable("term", "parameter", "unit", "meaning")
            for term in terms {
                for (i, parameter) in term.parameters.enumerated() {
                    table.add(i == 0 ? term.name : "", parameter.name, parameter.unit, parameter.description)
                }
            }
            Console.result(table.text + "\n")
            var fields = TextTable("term", "field in A/m")
            for term in terms { fields.add(term.name, term.field) }
            Console.result(fields.text + "\n")
        }
        for (i, paper) in papers.enumerated() { Console.result("[\(i + 1)] \(paper)") }
    }
}
