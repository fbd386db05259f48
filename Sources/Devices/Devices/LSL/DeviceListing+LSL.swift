import Protocols
public import Transports

extension DeviceListing {
    /// The streams of the Lab Streaming Layer that answer within a time.
    /// - Throws: `TransportError` when liblsl is not installed.
    public static func lslStreams(seconds: Double) throws(TransportError) -> [DeviceListing] {
        try LSLResolver.all(seconds: seconds).map(Self.init)
    }

    /// What is listed as its port can be a rig file's `port`.
    init(_ stream: LSLStreamHeader) {
        kind = "lsl"
        port = LSLQuery(stream).text
        let rate = stream.nominalRate > 0 ? "at \(stream.nominalRate) Hz" : "at irregular times"
        let type = stream.type.isEmpty ? "no type" : stream.type
        description = "\(type), \(stream.channelCount) × \(stream.format.name) \(rate), on \(stream.host)"
        drivers = ["lsl"]
        missing = nil
    }
}
