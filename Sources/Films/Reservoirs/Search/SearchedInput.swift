/// Which input maps a search draws from.
public enum SearchedInput: String, Codable, Sendable, CaseIterable {
    /// Scale, density and bias are searched for.
    case free
    /// ``InputMap/dale(inputs:cells:films:scale:width:seed:)``, the founding study's: a tenth of the weights, fields in steps of 0.1 mT; scale
    /// and width are searched for.
    case dale

    /// - Parameters:
    ///   - scale: range of the drive, tesla; nil for the usual one.
    ///   - edge: cells of a film's edge; nil where it is not known, as that of a device. Then no weight reaches into the cells around its own.
    func genes(scale: ClosedRange<Double>? = nil, edge: Int?) -> [SearchGene] {
        let (leak, mask) = (SearchGene("leak", 0.1...1), SearchGene("mask", 0...1))
        switch self {
        case .free:
            let first = scale.map { SearchGene("scale_T", $0, .logarithmic) } ?? FilmFamily.mapGenes[0]
            return [first] + FilmFamily.mapGenes.dropFirst()
        case .dale:
            let width = edge.map { [SearchGene("width", 0...Double(max(1, $0 / 4)))] } ?? []
            return [SearchGene("scale_T", scale ?? 0.003...2, .logarithmic)] + width + [leak, mask]
        }
    }

    /// - Parameter values: of ``genes(scale:edge:)``.
    /// - Returns: the map, and a of the leak.
    func map(
        _ values: some RandomAccessCollection<Double>, inputs: Int, cells: Int, films: Int, edge: Int?
    ) -> (map: InputMap, leak: Double) {
        let values = Array(values)
        switch self {
        case .free: return (FilmFamily.map(values, inputs: inputs, channels: films * cells), values[3])
        case .dale:
            let map = InputMap.dale(
                inputs: inputs, cells: cells, films: films, scale: values[0],
                width: edge == nil ? 0 : Int(values[1].rounded()), seed: values[values.count - 1].bitPattern)
            return (map, values[values.count - 2])
        }
    }
}
