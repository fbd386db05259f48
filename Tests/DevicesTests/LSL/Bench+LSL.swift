import Devices
import Foundation
import LSLStand
import Protocols
import Signals
import Testing
import Transports

extension Bench {
    /// A driver for what a sender sends, under the supervision.
    /// - Parameter samples: words that fit in the ring.
    convenience init(_ sender: PythonSender, _ name: String, unit: String? = nil, samples: Int = 1 << 18) throws {
        let waker = try Waker()
        self.init(
            LSLDriver(name: "d", query: LSLQuery(name: sender.name), unit: unit, waker: waker), waker: waker, name: name,
            samples: samples, wireBytes: 1 << 24)
    }

    /// What the records in the wire log give once more.
    func replayed() throws -> SampleCollector {
        let sink = SampleCollector()
        let json = try #require(records.first { $0.kind == .configuration }?.bytes)
        let decoder = try DecoderConfiguration(json: json).makeDecoder()
        for record in records {
            switch record.kind {
            case .received: record.bytes.withUnsafeBytes { decoder.decode($0, at: HostTime(nanoseconds: 5), into: sink) }
            case .event:
                let event = record.bytes.withUnsafeBytes { DeviceEvent(wireBytes: $0, at: HostTime(nanoseconds: 5)) }
                if let event { decoder.note(event) }
            default: break
            }
        }
        return sink
    }
}
