import NeuralNetworks

/// Loss and gradient of a batch, on one thread.
struct CTCWork {
    var frames: Int
    var labels: Int
    var units: Int
    var batch: Int

    static let cases = [
        CTCWork(frames: 200, labels: 30, units: 29, batch: 16), CTCWork(frames: 200, labels: 30, units: 4000, batch: 16),
        CTCWork(frames: 1000, labels: 100, units: 29, batch: 32),
    ]

    func run() {
        let logits = Draw.uniform(1, frames * batch * units, -4, 4)
        let all = Draw.integers(2, batch * labels, 1, units)
        let targets = (0..<batch).map { Array(all[$0 * labels..<($0 + 1) * labels]) }
        var gradient = [Float](repeating: 0, count: logits.count)
        var losses = [Double](repeating: 0, count: batch)
        let loss = CTCLoss(blank: 0)
        func work(_ wantsGradient: Bool) {
            logits.withUnsafeBufferPointer { x in
                gradient.withUnsafeMutableBufferPointer { dx in
                    guard let x = x.baseAddress, let dx = dx.baseAddress else { return }
                    for b in 0..<batch {
                        losses[b] =
                            (try? loss.evaluate(
                                logits: x + b * units, stride: batch * units, frames: frames, units: units, target: targets[b],
                                gradient: wantsGradient ? dx + b * units : nil)) ?? .nan
                    }
                }
            }
        }
        let own = median { work(true) }
        let forward = median { work(false) }
        work(true)
        let check = [losses.reduce(0, +), losses[0], losses[1], gradient.reduce(0.0) { $0 + Double(abs($1)) }]
        print(
            "\nCTC, T = \(frames), L = \(labels), V = \(units), B = \(batch): \(String(format: "%.3f", own)) ms with gradient, "
                + "\(String(format: "%.3f", forward)) ms without")
        let only = "\"T\": \(frames), \"U\": \(labels), \"V\": \(units),"
        PeerLine.compare("ctc_loss.py", bench: "ctc_loss_fwd_bwd", only: only, own: own, expected: check)
    }
}
