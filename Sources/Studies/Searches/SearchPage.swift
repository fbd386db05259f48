import Foundation
import Reservoirs
import StudyFiles

/// One or several searches as one HTML file that needs nothing else.
public struct SearchPage {
    private let tables: [SearchTable]
    /// Rows of a table.
    private static let mostRows = 50

    /// - Precondition: one table at least.
    public init(_ tables: [SearchTable]) {
        precondition(!tables.isEmpty, "a page shows something")
        self.tables = tables
    }

    public var html: String {
        var body = ["<h1>\(StudyPage.text(title))</h1>", StudyPage.table(Self.head, tables.map(Self.row))]
        if let cell = tables.first?.tally.cell, tables.contains(where: { $0.tally.coverage > 0 }) {
            body.append("<p>A cell of the space of behaviours is \(Self.number(cell)) wide in each direction.</p>")
        }
        body += SearchPictures(tables).all.map { "<figure>\n\($0)</figure>" }
        for table in tables {
            body.append("<h2>\(StudyPage.text(table.path)): \(StudyPage.text(table.name))</h2>")
            body.append(Self.individuals(table))
            let failures = table.failures
            if !failures.isEmpty {
                body.append(
                    StudyPage.table(
                        ["failed", "error", "reason"],
                        failures.prefix(Self.mostRows).map {
                            ["\($0.number)", $0.result.failureType ?? "", $0.result.failure ?? ""]
                        }))
            }
            body.append(StudyPage.table(table.summary.provenance, more: []))
        }
        return StudyPage.html(title: title, body: body)
    }

    private var title: String { "search: " + Set(tables.map(\.summary.reservoir)).sorted().joined(separator: ", ") }

    static let head = ["store", "by", "seed", "individuals", "failed", "best error", "cells reached", "archive"]

    static func row(_ table: SearchTable) -> [String] {
        [
            table.path, table.description.method.rawValue, "\(table.description.seed)",
            "\(table.individuals.count) of \(table.summary.evaluations)", "\(table.tally.failed)",
            table.tally.best?.result.objective.map(number) ?? "",
            table.description.hasBehaviour ? "\(table.tally.coverage)" : "",
            table.description.method == .novelty ? "\(table.tally.archived)" : "",
        ]
    }

    private static func individuals(_ table: SearchTable) -> String {
        let ranking = table.ranking
        let rows = ranking.prefix(mostRows).map { individual -> [String] in
            let (result, behaviour) = (individual.result, individual.result.behaviour)
            var row = ["\(individual.number)", "\(individual.generation)"]
            row.append(individual.parents.map(String.init).joined(separator: ", "))
            row.append(result.objective.map(number) ?? "")
            row.append(behaviour.map { "\($0.kernelRank)" } ?? "")
            row.append(behaviour.map { "\($0.generalisationRank)" } ?? "")
            row.append(behaviour.map { number($0.memoryCapacity) } ?? "")
            row.append(individual.lesson?.novelty.map(number) ?? "")
            row.append(individual.isArchived ? "yes" : "")
            row += individual.genes.map { String(format: "%.3f", $0) }
            return row
        }
        let head = [
            "individual", "generation", "parents", "error", "kernel rank", "generalisation rank", "memory", "novelty",
            "archive",
        ]
        let more = ranking.count > mostRows ? "<p>… and \(ranking.count - mostRows) more.</p>" : ""
        return StudyPage.table(head + table.summary.genes, Array(rows)) + more
    }

    static func number(_ value: Double) -> String { String(format: "%.4g", value) }
}
