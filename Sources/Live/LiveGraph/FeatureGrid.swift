package import SignalFeatures
package import Signals

/// Brings audio and EEG to one grid of 100 frames a second: the audio clock's.
///
/// Each frame of audio asks, through the clocks of both devices, for the EEG sample of the same time. It waits until that
/// sample has come, or 100 ms of stamped time have passed (and as many more as EEG is known to come later than sound), or the headset is known to be away. What it waits for is a
/// matter of stamps and counters only, so a replay waits for the same.
package struct FeatureGrid {
    package struct Frame {
        /// Number on the audio clock's grid, 100 a second.
        package var number: UInt64
        /// Counter of the EEG sample of this frame's time; nil when there is no EEG.
        package var eegCounter: UInt64?
        /// Stamp of the audio that completed the frame.
        package var hostTime: HostTime
        /// Where its features stand.
        var slot: Int
    }

    /// Places for frames that wait; a block with more frames than that makes more of them.
    package static let usualCapacity = 256
    package static let patience = 0.1

    private let audioFeatures: Int
    private let eegFront: (any EEGFeatureSource)?
    private var waiting: [Frame] = []
    private var audio: [Float]
    private var nextSlot = 0
    private var capacity = FeatureGrid.usualCapacity
    private var eegFeatures: [Float]
    package private(set) var isHeadsetAway = true

    private let patience: Double
    /// Frames that may wait at most.
    private let mostWaiting: Int

    /// - Parameters:
    ///   - audioFeatures: values per frame of sound.
    ///   - lag: seconds by which EEG comes later than the sound of the same moment, 0 … 1.
    package init(audioFeatures: Int = MelFrontEnd.features, eegChannels: Int, eegRate: Double, lag: Double = 0) {
        self.init(
            audioFeatures: audioFeatures, eegFront: eegChannels > 0 ? EEGFrontEnd(channels: eegChannels, rate: eegRate) : nil,
            lag: lag)
    }

    /// - Parameters:
    ///   - audioFeatures: values per frame of sound; 0 where none is heard.
    ///   - eegFront: what makes the EEG's features; nil without EEG.
    package init(audioFeatures: Int, eegFront: (any EEGFeatureSource)?, lag: Double = 0) {
        self.audioFeatures = audioFeatures
        patience = Self.patience + lag
        mostWaiting = min(Self.usualCapacity - 1, Self.usualCapacity / 2 + Int(saturating: lag * 100))
        self.eegFront = eegFront
        audio = [Float](repeating: 0, count: Self.usualCapacity * audioFeatures)
        eegFeatures = [Float](repeating: 0, count: max(1, eegFront?.features ?? 0))
        waiting.reserveCapacity(Self.usualCapacity)
    }

    package mutating func headsetStreams(_ streams: Bool) { isHeadsetAway = !streams }

    package mutating func takeEEG(_ item: SampleRingItem, _ samples: UnsafeBufferPointer<Float>) {
        isHeadsetAway = false
        let channels = Int(item.channels)
        for frame in 0..<Int(item.frames) {
            let row = UnsafeBufferPointer(rebasing: samples[frame * channels..<(frame + 1) * channels])
            eegFront?.feed(counter: item.firstCounter + UInt64(frame), row)
        }
    }

    /// Puts a frame of audio on the grid.
    /// - Parameter eegCounter: of the sample at the frame's time, as the clocks say.
    package mutating func takeAudio(
        number: UInt64, features: UnsafeBufferPointer<Float>, eegCounter: Double?, at time: HostTime
    ) {
        if waiting.count == capacity { makeRoom() }
        let slot = nextSlot
        nextSlot = (nextSlot + 1) % capacity
        for k in 0..<audioFeatures { audio[slot * audioFeatures + k] = features[k] }
        let counter = eegCounter.flatMap { $0 >= 0 && $0 < 0x1p62 && eegFront != nil ? UInt64($0) : nil }
        waiting.append(Frame(number: number, eegCounter: counter, hostTime: time, slot: slot))
    }

    /// One block may hold seconds of sound, as after a pause of the network: no frame that waits is written over.
    private mutating func makeRoom() {
        var larger = [Float](repeating: 0, count: 2 * capacity * audioFeatures)
        for (place, frame) in waiting.enumerated() {
            let old = frame.slot * audioFeatures
            for k in 0..<audioFeatures { larger[place * audioFeatures + k] = audio[old + k] }
            waiting[place].slot = place
        }
        audio = larger
        nextSlot = waiting.count
        capacity *= 2
    }

    /// Hands on, in order, every frame that need not wait any longer.
    /// - Parameters:
    ///   - now: stamp of the item at hand.
    ///   - body: the frame, its audio features, its EEG features or nil.
    package mutating func drain(
        now: HostTime, _ body: (Frame, UnsafeBufferPointer<Float>, UnsafeBufferPointer<Float>?) -> Void
    ) {
        var done = 0
        while done < waiting.count {
            let frame = waiting[done]
            var hasEEG = false
            if let counter = frame.eegCounter, let eegFront {
                let hasCome = (eegFront.end ?? 0) > counter
                let isLate = now - frame.hostTime > patience || waiting.count > mostWaiting
                if !hasCome, !isLate, !isHeadsetAway { break }
                if hasCome {
                    hasEEG = eegFeatures.withUnsafeMutableBufferPointer { eegFront.setFeatures(at: counter, $0) }
                }
            }
            audio.withUnsafeBufferPointer { audio in
                let start = frame.slot * audioFeatures
                let features = UnsafeBufferPointer(rebasing: audio[start..<start + audioFeatures])
                eegFeatures.withUnsafeBufferPointer { body(frame, features, hasEEG ? $0 : nil) }
            }
            done += 1
        }
        if done > 0 { waiting.removeFirst(done) }
    }
}
