import NeuralNetworks

/// Microseconds that a block takes for one frame of a stream on this machine.
enum BlockLatency {
    /// The least of five rounds: everything else that runs can only make it slower.
    static func measured(_ block: CollegialBlock) -> Double {
        let network = Network(block.sequence(), seed: 1)
        var state = network.initialState()
        let frame = (0..<block.inputs).map { Float($0 % 7) / 7 - 0.4 }
        var output = [Float](repeating: 0, count: block.outputs)
        var least = Double.infinity
        // About ten milliseconds a round.
        let steps = max(20, min(5000, 20_000_000 / max(1, network.layout.count)))
        for _ in 0..<5 {
            let begin = ContinuousClock.now
            for _ in 0..<steps {
                var place = output.mutableSpan
                network.step(frame.span, state: &state, into: &place)
            }
            let took = (ContinuousClock.now - begin) / steps
            least = min(least, Double(took.components.attoseconds) / 1e12 + Double(took.components.seconds) * 1e6)
        }
        return least
    }

    /// As many paths of the block's width as fit into the time; nil where one takes longer.
    static func paths(of block: CollegialBlock, within microseconds: Double) -> Int? {
        func time(_ paths: Int) -> Double {
            var block = block
            block.paths = paths
            return measured(block)
        }
        var (fits, fails) = (0, 0)
        var next = 1
        // Doubling, then halving: the time rises with the number of paths, but not evenly.
        while next <= 4096, next * block.width <= 16_384 {
            if time(next) > microseconds {
                fails = next
                break
            }
            (fits, next) = (next, next * 2)
        }
        while fails - fits > max(1, fits / 16) {
            let middle = (fits + fails) / 2
            if time(middle) <= microseconds { fits = middle } else { fails = middle }
        }
        return fits > 0 ? fits : nil
    }
}
