import Foundation
import SignalFeatures

/// A minute of noise at 16 kHz: 13 coefficients and their slopes, whole and in pieces of 10 ms.
enum MFCCWork {
    static func run() {
        let x = Draw.uniform(7, 960_000, -1, 1).map { ($0 * 8000).rounded(.towardZero) }
        var options = MelOptions.pythonSpeechFeatures
        options.bands = 23
        var (frames, sum) = (0, 0.0)
        func work(_ piece: Int) {
            let front = MelFrontEnd(rate: 16_000, options: options)
            (frames, sum) = (0, 0)
            x.withUnsafeBufferPointer { x in
                for start in stride(from: 0, to: x.count, by: piece) {
                    front.feed(UnsafeBufferPointer(rebasing: x[start..<min(start + piece, x.count)])) { features, _ in
                        frames += 1
                        for k in 0..<MelFrontEnd.cepstra { sum += Double(features[k]) }
                    }
                }
            }
        }
        let pieces = median { work(160) }
        let own = median { work(x.count) }
        print(
            "\nMFCC with slopes, 60 s at 16 kHz: \(String(format: "%.2f", own)) ms whole, \(String(format: "%.2f", pieces)) ms in pieces of 10 ms; "
                + "\(frames) frames, sum \(String(format: "%.1f", sum)) (python_speech_features pads one more frame)")
        PeerLine.compare("mfcc.py", bench: "mfcc", only: "mfcc", own: own, expected: [], threads: [1])
    }
}
