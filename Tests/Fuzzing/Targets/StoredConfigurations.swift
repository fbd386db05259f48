import Devices
import Signals

extension FuzzTarget {
    /// What a wire log stores of a decoder: JSON that is refused, or makes a decoder whose streams are as their descriptions have them.
    /// No file is touched, whatever names it holds.
    public static let storedConfiguration = FuzzTarget(
        name: "stored-configuration",
        check: { bytes throws(FuzzFinding) in
            var found: (DecoderConfiguration, [StreamDescription])?
            try touchingNothing { _ throws(FuzzFinding) in
                guard let configuration = try? DecoderConfiguration(json: Array(bytes)) else { return }
                found = (configuration, configuration.makeDecoder().streams)
            }
            guard let (configuration, streams) = found else { return }
            try require(
                (try? DecoderConfiguration(json: configuration.json)) == configuration, "its own JSON gives another one")
            // A board of outputs alone has none.
            for stream in streams {
                try require((1...Int(UInt16.max)).contains(stream.channelCount), "\(stream.channelCount) channels")
                try require(stream.nominalRate.isFinite && stream.nominalRate >= 0, "a rate of \(stream.nominalRate)")
            }
        },
        seeds: { storedConfigurations() })
}
