import Dispatch
import Foundation
import NeuralNetworks

/// Loss and gradient of a batch, on one thread and, as training does it, in two halves on two.
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
        func work(threads: Int, _ wantsGradient: Bool = true) {
            logits.withUnsafeBufferPointer { x in
                gradient.withUnsafeMutableBufferPointer { dx in
                    losses.withUnsafeMutableBufferPointer { losses in
                        guard let first = x.baseAddress, let out = dx.baseAddress else { return }
                        // Each iteration writes its own utterances only.
                        nonisolated(unsafe) let input = first
                        nonisolated(unsafe) let output = out
                        nonisolated(unsafe) let losses = losses
                        DispatchQueue.concurrentPerform(iterations: threads) { part in
                            for b in part * batch / threads..<(part + 1) * batch / threads {
                                losses[b] =
                                    (try? loss.evaluate(
                                        logits: input + b * units, stride: batch * units, frames: frames, units: units,
                                        target: targets[b], gradient: wantsGradient ? output + b * units : nil)) ?? .nan
                            }
                        }
                    }
                }
            }
        }
        let single = median { work(threads: 1) }
        let own = median { work(threads: 2) }
        let forward = median { work(threads: 1, false) }
        work(threads: 2)
        let check = [losses.reduce(0, +), losses[0], losses[1], gradient.reduce(0.0) { $0 + Double(abs($1)) }]
        func text(_ time: Double) -> String { String(format: "%.3f ms", time) }
        print(
            "\nCTC, T = \(frames), L = \(labels), V = \(units), B = \(batch): \(text(own)) on two threads, \(text(single)) on one, "
                + "\(text(forward)) without gradient on one")
        let only = "\"T\": \(frames), \"U\": \(labels), \"V\": \(units),"
        PeerLine.compare("ctc_loss.py", bench: "ctc_loss_fwd_bwd", only: only, own: own, expected: check)
    }
}
