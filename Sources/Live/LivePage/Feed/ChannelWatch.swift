import Foundation
import Signals

/// What a channel's last window says of it, in words and numbers, for whoever looks before a recording begins.
struct ChannelState: Encodable, Equatable {
    /// Greatest minus least sample, and the root of the mean square around the mean, in the channel's unit.
    var range: Double
    var rms: Double
    var mean: Double
    /// Greatest magnitude, as a share of full scale; nil where the device has none.
    var peak: Double?
    /// "railed", "flat", "mains 50 Hz", "mains 60 Hz", or nil when all is well.
    var fault: String?
}

/// Watches the channels of one stream, window by window. For one thread.
struct ChannelWatch {
    /// Seconds of a window, of signals and of sound.
    static let window = 0.5
    static let soundWindow = 0.1
    /// Shares of a window's samples at full scale, of a full scale that counts as the rail, and of a window's power that is mains.
    private static let railedShare = 0.1
    private static let rail = 0.995
    private static let mainsShare = 0.5
    /// Volts of EEG below which mains hum is told nobody.
    private static let leastHum = 5e-6

    private let description: StreamDescription
    private let length: Int
    private let tones: [Tone]
    private var sums: [Sums]
    private var frames = 0
    /// Of the last whole window; empty before the first.
    private(set) var states: [ChannelState] = []

    /// A frequency that is looked for, by Goertzel's recursion.
    private struct Tone {
        let frequency: Int
        let coefficient: Double
    }

    private struct Sums {
        var sum = 0.0
        var squares = 0.0
        var low = Double.infinity
        var high = -Double.infinity
        var railed = 0
        var goertzel: [(Double, Double)]
    }

    /// nil for what has no rate, or no numbers.
    init?(_ description: StreamDescription) {
        guard !description.isText, description.nominalRate >= 20, description.channelCount > 0 else { return nil }
        self.description = description
        let isSound = description.kind == .audio
        length = max(2, Int(description.nominalRate * (isSound ? Self.soundWindow : Self.window)))
        let rate = description.nominalRate
        tones =
            description.kind == .eeg && rate > 130
            ? [50, 60].map { Tone(frequency: $0, coefficient: 2 * cos(2 * .pi * Double($0) / rate)) } : []
        sums = []
        sums = Array(repeating: fresh, count: description.channelCount)
    }

    private var fresh: Sums { Sums(goertzel: Array(repeating: (0, 0), count: tones.count)) }

    /// - Parameter values: frame-major, in the description's units.
    mutating func take(frames count: Int, _ values: UnsafeBufferPointer<Float>) {
        let channels = sums.count
        guard values.count >= count * channels else { return }
        for frame in 0..<count {
            for channel in 0..<channels { add(Double(values[frame * channels + channel]), channel) }
            frames += 1
            if frames == length { close() }
        }
    }

    /// A hole: what was begun says nothing.
    mutating func interrupt() {
        frames = 0
        for channel in sums.indices { sums[channel] = fresh }
    }

    private mutating func add(_ value: Double, _ channel: Int) {
        guard value.isFinite else { return }
        sums[channel].sum += value
        sums[channel].squares += value * value
        sums[channel].low = min(sums[channel].low, value)
        sums[channel].high = max(sums[channel].high, value)
        if let limit = description.channels[channel].fullScale, limit > 0, abs(value) >= Self.rail * Double(limit) {
            sums[channel].railed += 1
        }
        for tone in tones.indices {
            let (a, b) = sums[channel].goertzel[tone]
            sums[channel].goertzel[tone] = (value + tones[tone].coefficient * a - b, a)
        }
    }

    private mutating func close() {
        states = sums.indices.map { state(of: sums[$0], description.channels[$0]) }
        interrupt()
    }

    private func state(of sums: Sums, _ channel: StreamDescription.Channel) -> ChannelState {
        let n = Double(length)
        guard sums.low <= sums.high else { return ChannelState(range: 0, rms: 0, mean: 0, fault: "no numbers") }
        let mean = sums.sum / n
        let power = max(0, sums.squares / n - mean * mean)
        var state = ChannelState(range: sums.high - sums.low, rms: power.squareRoot(), mean: mean)
        if let limit = channel.fullScale, limit > 0 { state.peak = max(abs(sums.low), abs(sums.high)) / Double(limit) }
        if Double(sums.railed) >= Self.railedShare * n {
            state.fault = "railed"
        } else if sums.low == sums.high, description.kind == .eeg || description.kind == .audio {
            state.fault = "flat"
        } else if description.kind == .eeg, state.rms > Self.leastHum {
            for (tone, (a, b)) in zip(tones, sums.goertzel) {
                // The recursion saw the mean, too; with whole periods in a window it counts for nothing.
                let squared = a * a + b * b - tone.coefficient * a * b
                if 2 * squared / (n * n) > Self.mainsShare * power { state.fault = "mains \(tone.frequency) Hz" }
            }
        }
        return state
    }
}
