import Signals
import Transports

/// Plays the pulses and learns when each of them left the card. To be served again and again.
final class SoundPulses {
    /// Pulses that left, and when, in their order.
    var sent: [HostTime] {
        pulses.compactMap { pulse in
            let times = pulse.times.sorted()
            return times.isEmpty ? nil : times[times.count / 2]
        }
    }

    private struct Pulse {
        /// Its first sample's place in what is played.
        var frame: Int
        /// When that left, as the card said while it was in its buffer.
        var times: [HostTime] = []
    }

    private let output: ALSAPlayback
    private let sound: [Float]
    private var pulses: [Pulse]

    /// - Parameter times: of the pulses, in seconds from the beginning of the playing.
    init(_ output: ALSAPlayback, _ sound: PulseSound, times: [Double]) {
        self.output = output
        self.sound = sound.samples(rate: Double(output.rate))
        pulses = times.map { Pulse(frame: Int(($0 * Double(output.rate)).rounded())) }
    }

    /// Fills the card's buffer, and asks it where it is.
    func serve() throws(TransportError) {
        note()
        let room = try output.room()
        guard room > 0 else { return }
        let first = Int(output.written)
        var samples = [Float](repeating: 0, count: room)
        for pulse in pulses where pulse.frame < first + room && pulse.frame + sound.count > first {
            for k in max(first, pulse.frame)..<min(first + room, pulse.frame + sound.count) {
                samples[k - first] = sound[k - pulse.frame]
            }
        }
        _ = try output.write(samples)
        note()
    }

    /// What the card says of pulses in its buffer.
    private func note() {
        guard let position = output.position() else { return }
        for index in pulses.indices {
            let frame = Double(pulses[index].frame)
            guard frame >= position.frame, frame < Double(output.written) else { continue }
            pulses[index].times.append(position.time + (frame - position.frame) / Double(output.rate))
        }
    }

    func close() { output.close() }
}
