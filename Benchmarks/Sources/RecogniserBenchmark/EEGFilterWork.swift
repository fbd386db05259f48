import Foundation
import SignalFeatures

/// Causal band-pass 0.1 … 70 Hz of 32 EEG channels at 1 kHz, without and with a notch at 50 Hz, ten samples at a time; channel by channel
/// in memory before and after, as the peer has it.
enum EEGFilterWork {
    private static let channels = 32
    private static let seconds = 60
    private static let rate = 1000

    static func run() {
        let x = Draw.uniformDoubles(8, channels * seconds * rate, -50, 50)
        let band = FilterSection.bandPass(0.1...70, rate: Double(rate))
        for (name, sections) in [
            ("bandpass", band), ("bandpass + notch", band + [.notch(50, quality: 30, rate: Double(rate))]),
        ] {
            var y = [Double](repeating: 0, count: x.count)
            // The peer's chunks are those of the first ten seconds.
            for (input, frames, chunk) in [("chunks", 10 * rate, 10), ("whole", seconds * rate, 1000)] {
                let own = median { filter(sections, x, &y, frames: frames, chunk: chunk) }
                let kept = (0..<channels).map { $0 * seconds * rate }
                let sum = kept.reduce(0.0) { sum, start in y[start..<start + frames].reduce(sum) { $0 + abs($1) } }
                print(
                    String(
                        format: "\nEEG %@, 32 channels, %@: %.3f ms, %.0f million channel samples a second", name, input, own,
                        Double(channels * frames) / own / 1000))
                PeerLine.compare(
                    "eeg_filter.py", bench: "eeg_filter", only: "\"filter\": \"\(name)\", \"input\": \"\(input)\"", own: own,
                    expected: [sum, y[frames - 1], y[kept[31] + frames - 1]], threads: [1])
            }
        }
    }

    private static func filter(_ sections: [FilterSection], _ x: [Double], _ y: inout [Double], frames: Int, chunk: Int) {
        var bank = FilterBank(sections, channels: channels)
        var rows = [Double](repeating: 0, count: chunk * bank.width)
        let (width, length) = (bank.width, seconds * rate)
        x.withUnsafeBufferPointer { x in
            y.withUnsafeMutableBufferPointer { y in
                rows.withUnsafeMutableBufferPointer { rows in
                    for start in stride(from: 0, to: frames, by: chunk) {
                        for channel in 0..<channels {
                            for n in 0..<chunk { rows[n * width + channel] = x[channel * length + start + n] }
                        }
                        bank.process(rows)
                        for channel in 0..<channels {
                            for n in 0..<chunk { y[channel * length + start + n] = rows[n * width + channel] }
                        }
                    }
                }
            }
        }
    }
}
