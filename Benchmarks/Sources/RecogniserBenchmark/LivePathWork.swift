import Foundation
import Measuring
import NeuralNetworks
import Recognition
import SignalFeatures

/// The whole live path of a recogniser on one thread: sound at 16 kHz → features → network → units.
enum LivePathWork {
    private static let rate = 16_000
    private static let seconds = 3600

    private static var model: RecognizerModel {
        let shape = RecognizerShape.live(LiveShape(inputs: 40, width: 128, blocks: 5, outputs: 11, planes: [16, 32]))
        let digits = (0..<10).map(String.init)
        return RecognizerModel(
            card: .init(
                units: Units(.words, texts: digits), shape: shape, frontEnd: .bands, audioRate: rate, eegChannels: 0,
                standardisation: Standardisation(
                    mean: [Float](repeating: -4, count: 40), deviation: [Float](repeating: 3, count: 40)),
                labelWindow: 5, seed: 1, epochs: 0, trainingWords: 0, finalLoss: 0),
            network: Network(shape.sequence(), seed: 3))
    }

    /// Bursts of tone and noise, so that the network has something to name; the same minute again and again.
    private static var minute: [Float] {
        let noise = Draw.uniform(21, 60 * rate, -0.1, 0.1)
        return noise.indices.map { i in
            let burst = i / 4000 % 3 == 0 ? 1 : Float(0.05)
            return burst
                * (noise[i] + 0.2 * Float(sin(Double(i % rate) * 2 * .pi * Double(200 + i / 4000 % 17 * 90) / Double(rate))))
        }
    }

    static func run() {
        let sound = minute
        print("\nLive path, preset live, 16 kHz, one thread, \(seconds) s of sound")
        var outcomes: [UInt64] = []
        for frames in [1, 7, 6000] {
            let chunk = frames * rate / 100
            let reader = Reader(model)
            var times: [Double] = []
            var memory: [Int] = []
            let begin = threadSeconds()
            for start in stride(from: 0, to: seconds * rate, by: chunk) {
                if start % (600 * rate) < chunk { memory.append(residentBytes()) }
                let before = threadSeconds()
                reader.take(sound, from: start, count: min(chunk, seconds * rate - start))
                if frames == 1 { times.append(threadSeconds() - before) }
            }
            let used = threadSeconds() - begin
            memory.append(residentBytes())
            outcomes.append(reader.digest)
            times.sort()
            let tail =
                times.isEmpty
                ? ""
                : String(
                    format: "; a 10 ms chunk: median %.3f ms, p99 %.3f ms, p99.9 %.3f ms", times[times.count / 2] * 1000,
                    times[times.count * 99 / 100] * 1000, times[times.count * 999 / 1000] * 1000)
            print(
                String(
                    format: "  chunks of %d frames: real-time factor %.4f%@; %d units; memory grew by %d KiB after ten minutes",
                    frames, used / Double(seconds), tail, reader.units,
                    ((memory.last ?? 0) - memory[min(1, memory.count - 1)]) / 1024))
        }
        print("  the three give " + (Set(outcomes).count == 1 ? "identical" : "DIFFERENT") + " bytes")
    }

    /// Reads a stream and keeps a digest of all logits and units.
    private final class Reader {
        private let front: MelFrontEnd
        private var recognizer: StreamingRecognizer
        private(set) var digest: UInt64 = 0xCBF2_9CE4_8422_2325
        private(set) var units = 0

        init(_ model: RecognizerModel) {
            front = MelFrontEnd(rate: rate, options: model.card.audioFeatures)
            recognizer = StreamingRecognizer(model)
        }

        func take(_ minute: [Float], from start: Int, count: Int) {
            var place = start
            while place < start + count {
                let first = place % minute.count
                let length = min(minute.count - first, start + count - place)
                minute.withUnsafeBufferPointer { samples in
                    front.feed(UnsafeBufferPointer(rebasing: samples[first..<first + length])) { features, _ in step(features) }
                }
                place += length
            }
        }

        private func step(_ features: UnsafeBufferPointer<Float>) {
            let unit = recognizer.step(audio: features, eeg: nil)
            for value in recognizer.logits { add(UInt64(value.bitPattern)) }
            guard let unit else { return }
            units += 1
            add(UInt64(unit.index))
            add(unit.frame)
        }

        private func add(_ value: UInt64) { digest = (digest ^ value) &* 0x100_0000_01B3 }
    }

    private static func threadSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    private static func residentBytes() -> Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * Int(getpagesize())
    }
}
