extension Network {
    /// The network up to and with a layer, and what follows it, each with its share of the parameters.
    /// - Parameter name: of the layer; it is not the last one.
    /// - Returns: nil when there is no such layer, or nothing follows it.
    public func split(after name: String) -> (body: Network, head: Network)? {
        guard let place = layers.index(of: name), place + 1 < layers.entries.count else { return nil }
        let cut = layers.parameterPlaces[place].upperBound
        return (
            Network(LayerSequence(Array(layers.entries[...place])), parameters: Array(parameters[..<cut])),
            Network(LayerSequence(Array(layers.entries[(place + 1)...])), parameters: Array(parameters[cut...]))
        )
    }
}
