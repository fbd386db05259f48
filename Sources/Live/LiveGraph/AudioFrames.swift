import SignalFeatures
package import Signals

/// A frame of sound on its clock's grid, 100 a second. The features are lent for the call.
package struct AudioFrame {
    /// Number on the grid of the sound's counter.
    package var number: UInt64
    /// As ``MelFrontEnd`` gives them.
    package var features: UnsafeBufferPointer<Float>
    /// Logarithm of the frame's energy, as ``MelFrontEnd`` gives it.
    package var energy: Float
    /// Counter, with fraction, of the middle of its window.
    package var middle: Double
    package var grid: AudioGrid
    /// Stamp of the block that completed it.
    package var time: HostTime
}

/// How frames lie on a stream's samples.
package struct AudioGrid: Sendable {
    /// Samples from the start of one frame to the next, and of a frame's window.
    package var hop: Int
    package var window: Int

    package init(hop: Int, window: Int) {
        self.hop = hop
        self.window = window
    }

    /// Counter of the last sample of a frame's window.
    package func last(ofFrame number: UInt64) -> Double { Double(number) * Double(hop) + Double(window - 1) }
}

/// Makes frames of one stream of sound, whatever the size of its blocks; after a hole they start over on the grid of the counter.
final class AudioFrames {
    private let mel: MelFrontEnd
    /// Counter of the first sample of the front end's frame 0; a multiple of the hop.
    private var start: UInt64?
    private var next: UInt64?

    /// - Parameter rate: samples per second.
    init(rate: Double, options: MelOptions) { mel = MelFrontEnd(rate: Int(rate), options: options) }

    /// - Parameters:
    ///   - samples: of all channels, frame-major; only the first channel is heard.
    ///   - interrupted: called first where sound is missing before the block.
    ///   - body: takes every frame that the block completes.
    func take(
        _ header: SampleRingItem, _ samples: UnsafeBufferPointer<Float>, interrupted: () -> Void, _ body: (AudioFrame) -> Void
    ) {
        let hop = UInt64(mel.hop)
        var samples = samples
        var counter = header.firstCounter
        if next != counter || start == nil {
            mel.reset()
            interrupted()
            start = (counter + hop - 1) / hop * hop
        }
        next = counter + UInt64(header.frames)
        // Samples before the grid's first point are dropped.
        let channels = Int(header.channels)
        if let start, counter < start {
            let dropped = min(Int(start - counter), Int(header.frames))
            samples = UnsafeBufferPointer(rebasing: samples[(dropped * channels)...])
            counter += UInt64(dropped)
        }
        if channels == 1 {
            feed(samples, header.hostTime, body)
        } else {
            withUnsafeTemporaryAllocation(of: Float.self, capacity: samples.count / channels) { mono in
                for frame in 0..<mono.count { mono[frame] = samples[frame * channels] }
                feed(UnsafeBufferPointer(mono), header.hostTime, body)
            }
        }
    }

    private func feed(_ samples: UnsafeBufferPointer<Float>, _ time: HostTime, _ body: (AudioFrame) -> Void) {
        let hop = UInt64(mel.hop)
        mel.feed(samples) { features, energy in
            let first = (start ?? 0) + UInt64(mel.frames) * hop
            body(
                AudioFrame(
                    number: first / hop, features: features, energy: energy, middle: Double(first) + Double(mel.window) / 2,
                    grid: AudioGrid(hop: mel.hop, window: mel.window), time: time))
        }
    }
}
