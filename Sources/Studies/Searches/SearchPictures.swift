import Foundation
import Plots
import Reservoirs

/// Pictures of one or several searches: the space of behaviours from three sides, how much of it was reached, and the objective.
struct SearchPictures {
    private let tables: [SearchTable]

    init(_ tables: [SearchTable]) { self.tables = tables }

    var all: [String] {
        var pictures: [String] = []
        if tables.contains(where: { $0.tally.coverage > 0 }) {
            let (kernel, generalisation, memory) = ("kernel rank", "generalisation rank", "memory capacity")
            pictures += [
                behaviours((kernel, 0), (generalisation, 1)), behaviours((kernel, 0), (memory, 2)),
                behaviours((generalisation, 1), (memory, 2)),
            ]
            pictures.append(
                overEvaluations(
                    "cells of the space of behaviours that were reached", "cells",
                    tables.map { ($0, $0.coverage.map(Double.init)) }))
        }
        let errors = tables.filter { $0.tally.best != nil }
        if !errors.isEmpty {
            let label = "error on what was held back of training"
            pictures.append(overEvaluations("the best so far", label, errors.map { ($0, $0.best) }))
            pictures.append(objectives(errors, label))
        }
        return pictures
    }

    private static func colour(_ index: Int) -> String { LinePlot.colours[index % LinePlot.colours.count] }

    private func behaviours(_ x: (name: String, place: Int), _ y: (name: String, place: Int)) -> String {
        var groups: [ScatterPlot.Group] = []
        for (index, table) in tables.enumerated() {
            func group(_ name: String, isRing: Bool, _ isShown: (SearchIndividual) -> Bool) {
                let shown = table.individuals.filter { $0.result.behaviour != nil && isShown($0) }
                guard !shown.isEmpty else { return }
                let points = shown.map { $0.result.behaviour?.point ?? [] }
                groups.append(
                    ScatterPlot.Group(
                        name, x: points.map { $0[x.place] }, y: points.map { $0[y.place] },
                        titles: shown.map { Self.title($0, table) }, colour: Self.colour(index), isRing: isRing))
            }
            group(table.shortName, isRing: false) { _ in true }
            group("its archive", isRing: true) { $0.isArchived }
        }
        return ScatterPlot(
            title: "\(y.name) over \(x.name)", xLabel: x.name, yLabel: y.name, groups: groups
        ).svg
    }

    private func objectives(_ tables: [SearchTable], _ label: String) -> String {
        let groups = tables.map { table in
            let shown = table.individuals.filter { $0.result.objective != nil }
            return ScatterPlot.Group(
                table.shortName, x: shown.map { Double($0.number) }, y: shown.map { $0.result.objective ?? .nan },
                titles: shown.map { Self.title($0, table) })
        }
        return ScatterPlot(title: "all individuals", xLabel: "individual", yLabel: label, groups: groups).svg
    }

    private func overEvaluations(_ title: String, _ label: String, _ curves: [(SearchTable, [Double])]) -> String {
        LinePlot(
            title: title, xLabel: "evaluations", yLabel: label,
            curves: curves.map { table, values in
                LinePlot.Curve(table.shortName, x: table.individuals.map { Double($0.number) }, y: values)
            }
        ).svg
    }

    private static func title(_ individual: SearchIndividual, _ table: SearchTable) -> String {
        var text = "\(table.name), individual \(individual.number)"
        if let objective = individual.result.objective { text += ", error \(String(format: "%.4g", objective))" }
        if let behaviour = individual.result.behaviour {
            text +=
                ", ranks \(behaviour.kernelRank) and \(behaviour.generalisationRank), memory "
                + String(format: "%.3g", behaviour.memoryCapacity)
        }
        return text
    }
}
