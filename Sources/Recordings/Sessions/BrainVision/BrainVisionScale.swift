import Foundation

/// How a track's values become the numbers of a BrainVision file.
///
/// Whole numbers stay whole: those that were recorded so, and those of a file that had them, with its resolutions. All else are 32-bit
/// floats in the channel's unit where these are near enough, and `IEEE_FLOAT_64`, which fewer programs read, where they are not.
struct BrainVisionScale {
    let format: BrainVisionData.Format
    /// File's units of one number, channel after channel.
    let resolutions: [Double]
    /// File's units of one recorded unit.
    let factors: [Double]
    let units: [String]
    /// Greatest distance of a stored value from the recorded one, in the recorded unit.
    let error: Double

    /// What a double may lose as a float: a part of its channel's range.
    private static let loss = 1.0 / 1_048_576

    init(_ track: Recording.Track) {
        let channels = track.channels
        units = (0..<channels).map { channel in
            switch track.units.indices.contains(channel) ? track.units[channel] : "" {
            case "V": "µV"
            // No unit at all would count as the format's own.
            case "": "n/a"
            case let unit: unit
            }
        }
        let factors = (0..<channels).map { track.units.indices.contains($0) && track.units[$0] == "V" ? 1e6 : 1 }
        self.factors = factors
        switch track.values {
        case .float32:
            (format, resolutions, error) = (.float32, .init(repeating: 1, count: channels), 0)
        case .int8, .int16: (format, resolutions, error) = (.int16, factors, 0)
        case .int32: (format, resolutions, error) = (.int32, factors, 0)
        case .int64(let values):
            let isNarrow = values.allSatisfy { Int32(exactly: $0) != nil }
            (format, resolutions, error) = (isNarrow ? .int32 : .float64, factors, 0)
        case .double64(let values):
            if let steps = Self.steps(track, values) {
                (format, error) = (steps.format, 0)
                resolutions = zip(steps.steps, factors).map { Self.plain($0 * $1) }
                return
            }
            let lost = Self.floatError(values, factors, track.digitisation)
            let ones = [Double](repeating: 1, count: channels)
            if lost.isNear {
                (format, resolutions, error) = (.float32, ones, lost.error)
            } else {
                (format, resolutions, error) = (.float64, ones, 0)
            }
        }
    }

    /// Without the last digit, where that is a rounding's.
    private static func plain(_ value: Double) -> Double {
        let plain = Double(String(format: "%.14g", value)) ?? value
        return abs(plain - value) <= 4 * value.ulp ? plain : value
    }

    /// The steps of the file that the track came from, where 0 is the number 0 and each value is a whole number of steps.
    private static func steps(
        _ track: Recording.Track, _ values: [Double]
    ) -> (steps: [Double], format: BrainVisionData.Format)? {
        guard let digitisation = track.digitisation, digitisation.channels.count == track.channels else { return nil }
        var steps: [Double] = []
        var isNarrow = true
        for channel in digitisation.channels {
            guard let channel, abs(channel.physicalMinimum / channel.step - Double(channel.digitalMinimum)) < 1e-6 else {
                return nil
            }
            steps.append(channel.step)
            let numbers = [channel.digitalMinimum, channel.digitalMaximum]
            isNarrow = isNarrow && numbers.allSatisfy { (-32_768...32_767).contains($0) }
        }
        let range: ClosedRange<Double> = isNarrow ? -32_768...32_767 : Double(Int32.min)...Double(Int32.max)
        let width = track.channels
        for (index, value) in values.enumerated() {
            let number = value / steps[index % width]
            guard range.contains(number.rounded()), abs(number - number.rounded()) < 1e-6 else { return nil }
        }
        return (steps, isNarrow ? .int16 : .int32)
    }

    private static func floatError(
        _ values: [Double], _ factors: [Double], _ source: Recording.Track.Digitisation?
    ) -> (error: Double, isNear: Bool) {
        let width = factors.count
        var errors = [Double](repeating: 0, count: width)
        var lows = [Double](repeating: .infinity, count: width)
        var highs = [Double](repeating: -.infinity, count: width)
        var channel = 0
        for value in values {
            if value.isFinite {
                let scaled = value * factors[channel]
                let error = abs(Double(Float(scaled)) - scaled)
                if error > errors[channel] { errors[channel] = error }
                if scaled < lows[channel] { lows[channel] = scaled }
                if scaled > highs[channel] { highs[channel] = scaled }
            }
            channel += 1
            if channel == width { channel = 0 }
        }
        let isNear = (0..<width).allSatisfy { channel in
            // Half a step of the file that it came from is as near as that file is.
            let step = source.flatMap { $0.channels.count == width ? $0.channels[channel]?.step.magnitude : nil } ?? 0
            return errors[channel] <= max((highs[channel] - lows[channel]) * loss, step * factors[channel] / 2)
                || errors[channel] == 0
        }
        return (zip(errors, factors).map { $0 / $1 }.max() ?? 0, isNear)
    }
}
