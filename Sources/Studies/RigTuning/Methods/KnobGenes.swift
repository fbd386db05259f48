/// Values of knobs as genes in [0, 1], and back.
///
/// The start is at 0.5, with the ranges below and above it each in a straight line, so that searches which begin in the middle begin at the
/// present state. A knob that starts at the end of its range is one straight line.
struct KnobGenes: Sendable {
    private let lowest: [Double]
    private let highest: [Double]
    private let middle: [Double]

    init(_ panel: KnobPanel, start: [Double]) {
        lowest = panel.knobs.map(\.lowest)
        highest = panel.knobs.map(\.highest)
        middle = panel.knobs.indices.map { index in
            let (low, high) = (panel.knobs[index].lowest, panel.knobs[index].highest)
            return start[index] > low && start[index] < high ? start[index] : low / 2 + high / 2
        }
    }

    var count: Int { middle.count }

    func values(_ genes: [Double]) -> [Double] {
        genes.indices.map { index in
            let gene = min(max(genes[index], 0), 1)
            return gene < 0.5
                ? lowest[index] + 2 * gene * (middle[index] - lowest[index])
                : middle[index] + (2 * gene - 1) * (highest[index] - middle[index])
        }
    }

    func genes(_ values: [Double]) -> [Double] {
        values.indices.map { index in
            let (low, mid, high) = (lowest[index], middle[index], highest[index])
            guard high > low else { return 0.5 }
            return values[index] < mid
                ? (values[index] - low) / (mid - low) / 2 : 0.5 + (values[index] - mid) / (high - mid) / 2
        }
    }
}
