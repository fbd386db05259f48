import Devices
import Protocols
import Signals
import Simulators

/// Firmware → fault plan → decoder, in virtual time: what a driver makes of a faulty stream, without a port, a thread or a sleep.
struct FaultRun {
    /// A device for the suite.
    enum Device: String, CaseIterable, Sendable {
        case cyton, cytonDaisy, freeeeg32, emotiv, thinkgear, rdaFloat, rdaInt16, riglink, lsl
    }

    let sink = SampleCollector()
    let tally: FaultInjector.Tally
    /// Packets of which an intact copy arrived.
    private(set) var intact: Set<Int> = []
    let streams: [StreamDescription]
    private static let start = 100.0

    init(_ device: Device, _ plan: FaultPlan, packets: Int) {
        var (firmware, decoder) = Self.parts(device)
        streams = decoder.streams
        var injector = FaultInjector(plan)
        var piece: [UInt8] = []
        var pieceTime = 0.0
        var isAway = false
        _ = firmware.connect()
        _ = firmware.receive(Array("vb".utf8))
        func deliver(_ sink: SampleCollector) {
            guard !piece.isEmpty else { return }
            decoder.decode(piece, at: Self.start + pieceTime, into: sink)
            piece = []
        }
        var deliveries: [FaultInjector.Delivery] = []
        for number in 0..<packets {
            let due = Double(number + 1) / firmware.packetRate
            let before = injector.tally.unsent
            let next = injector.next(firmware.nextPacket(), due: due, counter: firmware.counterPlace)
            deliveries += next
            // A device that comes back was restarted: the driver says hello to it, and Cyton and RDA count anew.
            if injector.tally.unsent > before { isAway = true }
            let isBack = isAway && next.contains { if case .bytes = $0 { true } else { false } }
            if isBack {
                isAway = false
                deliveries.removeLast(next.count)
                deliveries.append(contentsOf: Self.comeBack(&firmware, next))
            }
        }
        for delivery in deliveries {
            switch delivery {
            case .bytes(let bytes, let time, let packet):
                // The USB transport drops a report of another length.
                if device == .emotiv, bytes.count != EmotivReport.size { continue }
                // What arrives at one time is read in one piece.
                if time != pieceTime { deliver(sink) }
                pieceTime = time
                piece += bytes
                if let packet { intact.insert(packet) }
            case .hangUp(let time, let until):
                deliver(sink)
                decoder.note(.lost, at: Self.start + time)
                decoder.note(.reconnected, at: Self.start + until)
            }
        }
        deliver(sink)
        tally = injector.tally
    }

    /// The first packet after a return, with the counter that a restarted device gives it.
    private static func comeBack(
        _ firmware: inout any SimulatedFirmware, _ next: [FaultInjector.Delivery]
    ) -> [FaultInjector.Delivery] {
        let greeting = firmware.connect()
        _ = firmware.receive(Array("sb".utf8))
        return next.map { delivery in
            guard case .bytes(_, let time, let packet) = delivery else { return delivery }
            return .bytes(greeting + firmware.nextPacket(), at: time, packet: packet)
        }
    }

    private static func parts(_ device: Device) -> (any SimulatedFirmware, any SampleDecoder) {
        // Small values: no byte of a sample looks like a mark of a packet.
        let source = CountingSource(channels: 32, step: 0, period: 16)
        let names = (1...4).map { "E\($0)" }
        switch device {
        case .cyton, .cytonDaisy:
            let hasDaisy = device == .cytonDaisy
            return (
                CytonFirmware(source: source, hasDaisy: hasDaisy),
                CytonSampleDecoder(
                    CytonConfiguration(
                        name: "d", gains: [Int](repeating: 24, count: hasDaisy ? 16 : 8), firmware: "v3.1.2"))
            )
        case .freeeeg32:
            return (
                FreeEEG32Firmware(source: source), FreeEEG32SampleDecoder(FreeEEG32Configuration(name: "d"))
            )
        case .emotiv:
            return (EmotivFirmware(source: source), EmotivSampleDecoder(EmotivConfiguration(name: "d")))
        case .thinkgear:
            return (
                ThinkGearFirmware(source: source), ThinkGearSampleDecoder(ThinkGearConfiguration(name: "d"))
            )
        case .rdaFloat, .rdaInt16:
            let firmware = RDAFirmware(
                source: source, names: names, isFloat: device == .rdaFloat, markerEvery: 0)
            return (firmware, RDASampleDecoder(RDAConfiguration(name: "d", start: firmware.start)))
        case .riglink:
            return (
                RigLinkBoard(),
                RigLinkSampleDecoder(RigLinkConfiguration(name: "d", descriptor: RigLinkBoard.descriptor))
            )
        case .lsl:
            let header = LSLStreamHeader(
                name: "s", type: "EEG", format: .float32, channelCount: 1, nominalRate: 1000)
            return (LSLSender(), LSLSampleDecoder(LSLConfiguration(name: "d", header: header)))
        }
    }
}

/// What an inlet of a stream of 1 kHz gives: 250 records a second with four samples each.
private struct LSLSender: SimulatedFirmware {
    let packetRate = 250.0
    let isStreaming = true
    /// The number of the first sample.
    let counterPlace: (offset: Int, bytes: Int)? = (16, 8)
    /// Samples since the stream began, and since the inlet was opened.
    private var sample = 0
    private var pulled: UInt64 = 0

    mutating func connect() -> [UInt8] {
        pulled = 0
        return []
    }

    mutating func nextPacket() -> [UInt8] {
        defer {
            sample += 4
            pulled += 4
        }
        return LSLRecords.chunk(pulled, stamps: (0..<4).map { Double(sample + $0) / 1000 })
    }
}
