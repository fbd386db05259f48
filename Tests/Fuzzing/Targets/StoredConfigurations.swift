import Devices
import Signals

extension FuzzTarget {
    /// What a wire log stores of a decoder: JSON that is refused, or makes a decoder whose streams are as their descriptions have them.
    public static let storedConfiguration = FuzzTarget(
        name: "stored-configuration",
        check: { bytes throws(FuzzFinding) in
            guard let configuration = try? DecoderConfiguration(json: Array(bytes)) else { return }
            try require(
                (try? DecoderConfiguration(json: configuration.json)) == configuration, "its own JSON gives another one")
            let streams = configuration.makeDecoder().streams
            // A board of outputs alone has none.
            for stream in streams {
                try require((1...Int(UInt16.max)).contains(stream.channelCount), "\(stream.channelCount) channels")
                try require(stream.nominalRate.isFinite && stream.nominalRate >= 0, "a rate of \(stream.nominalRate)")
            }
        },
        seeds: { storedConfigurations() })
}
