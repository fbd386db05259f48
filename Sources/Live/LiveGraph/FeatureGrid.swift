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
        /// Whether EEG features stand there too.
        var hasEEG = false
    }

    /// Places for frames that wait; a block with more frames than that makes more of them.
    package static let usualCapacity = 256
    package static let patience = 0.1

    private let audioFeatures: Int
    private let eegFront: (any EEGFeatureSource)?
    private let eegWidth: Int
    private var waiting: [Frame] = []
    /// The first of those that wait whose EEG has come, or who ask for none.
    private var ready = 0
    private var audio: [Float]
    private var nextSlot = 0
    private var capacity = FeatureGrid.usualCapacity
    private var eeg: [Float]
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
        eegWidth = eegFront?.features ?? 0
        audio = [Float](repeating: 0, count: Self.usualCapacity * audioFeatures)
        eeg = [Float](repeating: 0, count: Self.usualCapacity * eegWidth)
        waiting.reserveCapacity(Self.usualCapacity)
    }

    package mutating func headsetStreams(_ streams: Bool) { isHeadsetAway = !streams }

    package mutating func takeEEG(_ item: SampleRingItem, _ samples: UnsafeBufferPointer<Float>) {
        isHeadsetAway = false
        let channels = Int(item.channels)
        for frame in 0..<Int(item.frames) {
            let row = UnsafeBufferPointer(rebasing: samples[frame * channels..<(frame + 1) * channels])
            eegFront?.feed(counter: item.firstCounter + UInt64(frame), row)
            makeReady()
        }
    }

    /// Features are made as soon as their sample has come: of a long block the front end keeps only the end.
    private mutating func makeReady() {
        while ready < waiting.count, setEEG(ready) { ready += 1 }
    }

    /// Makes the EEG features of a frame that waits.
    /// - Returns: false when its sample has not come.
    private mutating func setEEG(_ place: Int) -> Bool {
        guard let eegFront, let counter = waiting[place].eegCounter else { return true }
        guard (eegFront.end ?? 0) > counter else { return false }
        let start = waiting[place].slot * eegWidth
        waiting[place].hasEEG = eeg.withUnsafeMutableBufferPointer {
            eegFront.setFeatures(at: counter, UnsafeMutableBufferPointer(rebasing: $0[start..<start + eegWidth]))
        }
        return true
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
        makeReady()
    }

    /// One block may hold seconds of sound, as after a pause of the network: no frame that waits is written over.
    private mutating func makeRoom() {
        var larger = [Float](repeating: 0, count: 2 * capacity * audioFeatures)
        var largerEEG = [Float](repeating: 0, count: 2 * capacity * eegWidth)
        for (place, frame) in waiting.enumerated() {
            for k in 0..<audioFeatures { larger[place * audioFeatures + k] = audio[frame.slot * audioFeatures + k] }
            for k in 0..<eegWidth { largerEEG[place * eegWidth + k] = eeg[frame.slot * eegWidth + k] }
            waiting[place].slot = place
        }
        (audio, eeg) = (larger, largerEEG)
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
            if done >= ready, !setEEG(done) {
                let isLate = now - waiting[done].hostTime > patience || waiting.count > mostWaiting
                if !isLate, !isHeadsetAway { break }
            }
            let frame = waiting[done]
            audio.withUnsafeBufferPointer { audio in
                let start = frame.slot * audioFeatures
                let features = UnsafeBufferPointer(rebasing: audio[start..<start + audioFeatures])
                let own = frame.slot * eegWidth
                eeg.withUnsafeBufferPointer {
                    body(frame, features, frame.hasEEG ? UnsafeBufferPointer(rebasing: $0[own..<own + eegWidth]) : nil)
                }
            }
            done += 1
        }
        if done > 0 { waiting.removeFirst(done) }
        ready = max(0, ready - done)
    }
}
