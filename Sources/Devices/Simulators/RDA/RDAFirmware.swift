public import Protocols

/// What Brain Products' Recorder serves: a start message for each client, then blocks of points with markers.
public struct RDAFirmware: SimulatedFirmware {
    public var isStreaming = true
    /// The block number, after the header.
    public let counterPlace: (offset: Int, bytes: Int)? = (RDAMessage.headerSize, 4)
    public let start: RDAStart
    private let isFloat: Bool
    private let points: Int
    private let markerEvery: Int
    private var source: any EEGSource
    private var block: UInt32 = 0

    /// - Parameters:
    ///   - source: microvolts; channels that it lacks repeat from its first.
    ///   - points: of one block; Recorder sends 20 ms.
    ///   - markerEvery: blocks from one marker to the next; 0 for none.
    public init(
        source: any EEGSource, names: [String], rate: Double = 1000, points: Int = 20, isFloat: Bool = true,
        markerEvery: Int = 50
    ) {
        self.source = source
        self.points = points
        self.isFloat = isFloat
        self.markerEvery = markerEvery
        // An actiCHamp's resolution is 0.0488281 µV per count.
        start = RDAStart(
            samplingInterval_us: 1e6 / rate,
            resolutions: [Double](repeating: 0.048_828_1, count: names.count),
            names: names)
    }

    public var packetRate: Double { start.rate / Double(points) }

    public mutating func connect() -> [UInt8] {
        block = 0
        return start.bytes
    }

    public mutating func nextPacket() -> [UInt8] {
        var values: [Double] = []
        values.reserveCapacity(points * start.names.count)
        for _ in 0..<points {
            let microvolts = source.next()
            for channel in start.names.indices {
                values.append(microvolts[channel % microvolts.count] / start.resolutions[channel])
            }
        }
        let hasMarker = markerEvery > 0 && block % UInt32(markerEvery) == UInt32(markerEvery - 1)
        let markers =
            hasMarker
            ? [
                RDAMarker(
                    position: UInt32(points / 2), type: "Stimulus",
                    text: "S  \(block / UInt32(markerEvery) % 9 + 1)")
            ]
            : []
        defer { block &+= 1 }
        return RDAData.bytes(block: block, points: points, values: values, isFloat: isFloat, markers: markers)
    }
}

extension SimulatorKind {
    public static let rda = SimulatorKind(
        "rda", .network, hasSeed: true,
        settings: headsetSettings + [
            SimulatorSetting("rate", .number(50...100_000)), SimulatorSetting("channels", .whole(1...256)),
            SimulatorSetting("form", .choice(["float32", "int16"])), SimulatorSetting("marker_every", .whole(0...1_000_000)),
        ])
}
