/// Band-pass and notches over all channels of a running EEG stream, sample by sample, and what is known of each sample. Nothing is
/// allocated after the beginning.
///
/// A channel is filtered without its first value, so that an electrode's offset, a thousand times the EEG, does not ring for half a
/// minute. Where there is no number the last one is held.
struct EEGSampleFilter {
    /// Samples that are held at most; a longer hole is a new beginning.
    let longestHold: UInt64
    let channels: Int
    /// Filtered, microvolts; the first `channels` count.
    private(set) var row: [Double]
    /// As the device gave them or as held, microvolts.
    private(set) var unfiltered: [Double]
    private(set) var flags: [ArtefactFlags]
    private var bank: FilterBank
    private var offsets: [Double]
    /// Whether a channel has given a number since the beginning.
    private var hasBegun: [Bool]
    /// Samples for which a channel has given none.
    private var absent: [UInt64]
    private var samples = 0
    private let settling: Int
    private let flushEvery: Int

    init(_ specification: EEGFrontEndSpecification) {
        channels = specification.channels
        let rate = specification.rate
        let band = FilterSection.bandPass(specification.lowest_Hz...specification.highest_Hz, rate: rate)
        let notches = specification.line_Hz.map {
            FilterSection.notches(
                line: $0, multiples: specification.lineMultiples, quality: specification.notchQuality, rate: rate)
        }
        bank = FilterBank(band + (notches ?? []), channels: channels)
        row = [Double](repeating: 0, count: bank.width)
        unfiltered = [Double](repeating: 0, count: channels)
        flags = [ArtefactFlags](repeating: [], count: channels)
        offsets = unfiltered
        hasBegun = [Bool](repeating: false, count: channels)
        absent = [UInt64](repeating: 0, count: channels)
        longestHold = UInt64(rate / 4)
        settling = Int(rate)
        flushEvery = Int(rate)
    }

    mutating func restart() {
        bank.reset()
        for channel in 0..<channels {
            (hasBegun[channel], absent[channel], offsets[channel], unfiltered[channel]) = (false, 0, 0, 0)
        }
        samples = 0
    }

    /// A sample that never came.
    mutating func takeLost() {
        for channel in 0..<channels {
            flags[channel] = .lost
            row[channel] = unfiltered[channel] - offsets[channel]
        }
        filter()
    }

    /// - Parameter values: volt, one for each channel.
    mutating func take(_ values: UnsafeBufferPointer<Float>) {
        for channel in 0..<channels {
            let value = Double(values[channel]) * 1e6
            flags[channel] = []
            if value.isFinite {
                // No amplifier gives more; what follows stays finite.
                let given = max(-1e12, min(1e12, value))
                if !hasBegun[channel] {
                    (hasBegun[channel], offsets[channel]) = (true, given)
                } else if absent[channel] > longestHold {
                    // The electrode is on again, with another offset.
                    offsets[channel] += given - unfiltered[channel]
                }
                absent[channel] = 0
                unfiltered[channel] = given
            } else {
                flags[channel] = .leadOff
                absent[channel] += 1
            }
            row[channel] = unfiltered[channel] - offsets[channel]
        }
        filter()
    }

    private mutating func filter() {
        row.withUnsafeMutableBufferPointer { bank.process($0) }
        if samples < settling {
            for channel in 0..<channels { flags[channel].insert(.settling) }
        }
        samples += 1
        if samples % flushEvery == 0 { bank.flushSmallStates() }
    }
}
