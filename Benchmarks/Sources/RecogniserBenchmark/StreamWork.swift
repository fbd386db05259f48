import Foundation
import NeuralNetworks

/// One frame at a time with the state carried: GRU layers, dense layer, softmax.
struct StreamWork {
    var inputs: Int
    var hidden: Int
    var layers: Int

    static let cases = [
        StreamWork(inputs: 39, hidden: 128, layers: 1), StreamWork(inputs: 39, hidden: 256, layers: 1),
        StreamWork(inputs: 39, hidden: 512, layers: 1), StreamWork(inputs: 155, hidden: 512, layers: 3),
    ]

    private static let (frames, units) = (3000, 29)

    func run() {
        let units = Self.units
        let k = 1 / Double(hidden).squareRoot()
        var entries: [LayerSequence.Entry] = []
        var parameters: [Float] = []
        for place in 0..<layers {
            let width = place == 0 ? inputs : hidden
            entries.append(.init("gru.\(place)", module: "gru", GRU(inputs: width, hidden: hidden, place: place)))
            parameters += Draw.gru(inputs: width, hidden: hidden)
        }
        entries.append(.init("output", Dense(inputs: hidden, outputs: units)))
        parameters += Draw.uniform(15, units * hidden, -k, k) + Draw.uniform(16, units, -k, k)
        let network = Network(LayerSequence(entries), parameters: parameters)
        let x = Draw.uniform(4, Self.frames * inputs, -1, 1)
        var times: [Double] = []
        var logits = [Float](repeating: 0, count: units)
        var probabilities = logits
        let start = ContinuousClock.now
        repeat {
            var state = network.initialState()
            for t in 0..<Self.frames {
                let begin = ContinuousClock.now
                var output = logits.mutableSpan
                network.step(x.span.extracting(t * inputs..<(t + 1) * inputs), state: &state, into: &output)
                Softmax.set(logits, into: &probabilities)
                times.append((ContinuousClock.now - begin) / .milliseconds(1))
            }
        } while ContinuousClock.now - start < .seconds(2)
        times.sort()
        let own = times[times.count / 2]
        let check = [probabilities.reduce(0.0) { $0 + Double($1) * Double($1) }, Double(probabilities[0])]
        print(
            "\nGRU stream, I = \(inputs), H = \(hidden), \(layers) layers: median \(own) ms, p99 \(times[times.count * 99 / 100]) ms, "
                + "p99.9 \(times[times.count * 999 / 1000]) ms")
        PeerLine.compare(
            "gru_stream.py", bench: "gru_stream_step", only: "\"I\": \(inputs), \"H\": \(hidden), \"layers\": \(layers)}",
            own: own,
            expected: check, tolerance: 1e-4, threads: [1])
    }
}

enum Softmax {
    static func set(_ logits: [Float], into probabilities: inout [Float]) {
        var largest = logits[0]
        for value in logits { largest = max(largest, value) }
        var sum: Float = 0
        for k in logits.indices {
            probabilities[k] = exp(logits[k] - largest)
            sum += probabilities[k]
        }
        for k in logits.indices { probabilities[k] /= sum }
    }
}
