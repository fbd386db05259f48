import NeuralNetworks
import Testing

/// What every layer must satisfy.
@Suite struct LayerConformanceTests {
    @Test(arguments: LayerCase.all)
    func `gradients of parameters and inputs agree with finite differences`(_ test: LayerCase) {
        let (input, parameters, weights) = (test.input, test.parameters, test.outputGradient)
        let found = test.run(input, parameters)
        /// L = Σ c y over the real frames, in Double.
        func loss(_ input: [Float], _ parameters: [Float]) -> Double {
            zip(test.run(input, parameters).output, weights).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
        func slope(_ change: (inout [Float], inout [Float], Float) -> Void) -> Double {
            var (x, p, sums) = (input, parameters, [0.0, 0.0])
            for (k, step) in [Float(0x1p-6), -0x1p-6].enumerated() {
                (x, p) = (input, parameters)
                change(&x, &p, step)
                sums[k] = loss(x, p)
            }
            return (sums[0] - sums[1]) / 0x1p-5
        }
        for i in parameters.indices {
            let expected = slope { $1[i] += $2 }
            #expect(abs(Double(found.parameterGradient[i]) - expected) < 3e-3 * max(1, abs(expected)), "parameter \(i)")
        }
        for i in input.indices {
            let expected = slope { x, _, step in x[i] += step }
            #expect(abs(Double(found.inputGradient[i]) - expected) < 3e-3 * max(1, abs(expected)), "input \(i)")
        }
    }

    @Test(arguments: LayerCase.all)
    func `padding reaches no real frame and gets no gradient, to the bit`(_ test: LayerCase) {
        let width = test.layer.inputs
        let after = test.batch.strided(by: test.layer.stride)
        let results = [Float(0), 50, -1e4].map { filling in
            test.run(LayerCase.masked(test.input, test.batch, width: width, with: filling), test.parameters)
        }
        for result in results {
            #expect(result.parameterGradient == results[0].parameterGradient)
            #expect(result.inputGradient == results[0].inputGradient)
            #expect(result.inputGradient == LayerCase.masked(result.inputGradient, test.batch, width: width))
            #expect(
                LayerCase.masked(result.output, after, width: test.layer.outputs)
                    == LayerCase.masked(results[0].output, after, width: test.layer.outputs))
        }
    }

    @Test(arguments: LayerCase.all)
    func `a sequence alone, and frame by frame, gives what it gives in a batch`(_ test: LayerCase) {
        let (layer, batch) = (test.layer, test.batch)
        let after = batch.strided(by: layer.stride)
        let together = test.run(test.input, test.parameters, isTraining: false).output
        for (b, length) in batch.lengths.enumerated() {
            let frames = (0..<length).map { t -> [Float] in
                let row = (t * batch.count + b) * layer.inputs
                return Array(test.input[row..<row + layer.inputs])
            }
            let expected = (0..<after.lengths[b]).map { t -> [Float] in
                let row = (t * after.count + b) * layer.outputs
                return Array(together[row..<row + layer.outputs])
            }
            let alone = test.run(
                frames.flatMap { $0 }, test.parameters, isTraining: false,
                batch: SequenceBatch(lengths: [length], sessions: [batch.sessions[b]])
            ).output
            #expect(alone.count == expected.count * layer.outputs)
            #expect(zip(alone, expected.flatMap { $0 }).allSatisfy { abs($0 - $1) < 1e-5 })
            guard layer.lookAhead != nil else { continue }
            let stream = test.stream(frames, session: batch.sessions[b])
            #expect(stream.count == expected.count)
            #expect(zip(stream.flatMap { $0 }, expected.flatMap { $0 }).allSatisfy { abs($0 - $1) < 1e-5 })
        }
    }

    @Test(arguments: LayerCase.all)
    func `tensors are those of the declaration, and only weights decay`(_ test: LayerCase) {
        let declared = type(of: test.layer).declaration
        #expect(LayerDeclaration.all.contains(declared))
        for parameter in test.layer.parameters {
            #expect(
                parameter.decays
                    == (parameter.name.contains("weight") && !parameter.name.hasPrefix("norm.")
                        && !(test.layer is LayerNormalisation) && !(test.layer is SessionInput)))
        }
        guard !(test.layer is ResidualBlock), (test.layer as? GRU)?.isReverse != true else { return }
        #expect(test.layer.parameters.map(\.name) == declared.tensors.map(\.name))
        #expect(test.layer.parameters.map(\.decays) == declared.tensors.map(\.decays))
    }

    /// A layer of m members is m layers side by side.
    @Test(arguments: [
        (LayerCase("dense", Dense(inputs: 6, outputs: 9, groups: 3)), LayerCase("", Dense(inputs: 2, outputs: 3))),
        (LayerCase("gru", GRU(inputs: 6, hidden: 9, groups: 3)), LayerCase("", GRU(inputs: 2, hidden: 3))),
        (
            LayerCase("convolution", TemporalConvolution(inputs: 6, outputs: 9, kernel: 3, stride: 2, groups: 3)),
            LayerCase("", TemporalConvolution(inputs: 2, outputs: 3, kernel: 3, stride: 2))
        ),
        (
            LayerCase("layer normalisation", LayerNormalisation(features: 9, groups: 3)),
            LayerCase("", LayerNormalisation(features: 3))
        ),
    ])
    func `groups are layers side by side`(_ grouped: LayerCase, _ member: LayerCase) {
        let (whole, part) = (grouped.layer, member.layer)
        let together = grouped.run(grouped.input, grouped.parameters).output
        let rows = together.count / whole.outputs
        for g in 0..<3 {
            var start = 0
            var parameters: [Float] = []
            for (tensor, own) in zip(whole.parameters, part.parameters) {
                #expect(tensor.count == 3 * own.count)
                let first = start + g * own.count
                parameters += grouped.parameters[first..<first + own.count]
                start += tensor.count
            }
            var input: [Float] = []
            for row in 0..<grouped.batch.rows {
                let first = row * whole.inputs + g * part.inputs
                input += grouped.input[first..<first + part.inputs]
            }
            let alone = member.run(input, parameters).output
            for row in 0..<rows {
                for k in 0..<part.outputs {
                    let difference = alone[row * part.outputs + k] - together[row * whole.outputs + g * part.outputs + k]
                    #expect(abs(difference) < 1e-6)
                }
            }
        }
    }
}

@Suite struct LayerBehaviourTests {
    @Test func `dropout keeps the mean, repeats for a seed and is off outside of training`() {
        let test = LayerCase("dropout", Dropout(features: 50, rate: 0.3), lengths: [400])
        let ones = [Float](repeating: 1, count: 20_000)
        let found = test.run(ones, []).output
        #expect(Set(found) == [0, 1 / 0.7])
        // Four standard deviations of the mean of 20,000 masks.
        #expect(abs(found.reduce(0, +) / 20_000 - 1) < 4 * Float(0.3 / 0.7 / 20_000).squareRoot())
        #expect(test.run(ones, []).output == found)
        #expect(test.run(ones, [], isTraining: false).output == ones)
    }

    @Test func `a session's input layer begins as the identity and sessions do not touch each other`() {
        let layer = SessionInput(features: 3, sessions: 2)
        let network = Network(LayerSequence([.init("day", layer)]), seed: 1)
        let test = LayerCase("", layer, lengths: [4, 3], sessions: [1, 1])
        #expect(test.run(test.input, network.parameters).output == test.input)
        // All gradients are session 1's.
        let gradient = test.run(test.input, network.parameters).parameterGradient
        #expect(gradient[0..<9].allSatisfy { $0 == 0 } && gradient[18..<21].allSatisfy { $0 == 0 })
        #expect(gradient[9..<18].contains { $0 != 0 } && gradient[21..<24].contains { $0 != 0 })
    }

    @Test func `papers and formulas of all layers are declared once`() {
        let names = LayerDeclaration.all.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(LayerDeclaration.all.allSatisfy { !$0.formula.isEmpty && !$0.source.isEmpty })
    }
}
