import Foundation
import Glibc
import Protocols
import Signals

/// A RigLink device on TCP that sends by the clock: a message of each stream every 2 ms.
struct SensorBoard {
    static let eegChannels = 256
    static let audioChannels = 8
    static let eegFrames = 32
    static let audioFrames = 96
    static let messagesPerSecond = 500.0

    static let descriptor = RigLinkDescriptor(
        maker: "Larmor", model: "load", serialNumber: "1", firmware: "1.0", maximumPayload: 65_536, queueFrames: 0,
        latency_us: 0,
        streams: [
            .init(
                name: "eeg", direction: .out, kind: .eeg, rate: 16_000, channels: eegChannels, labelPrefix: "e", unit: .volt,
                format: .int16, scale: 1e-7),
            .init(
                name: "audio", direction: .out, kind: .audio, rate: 48_000, channels: audioChannels, labelPrefix: "a",
                unit: .fullScale, format: .int16, scale: 1 / 32_768),
        ])

    /// Count of channel c of frame n, for either stream.
    static func count(_ frame: Int, _ channel: Int) -> Int16 { Int16(truncatingIfNeeded: frame &* 7 &+ channel &* 129) }

    let seconds: Double

    /// Prints its port, serves one client, ends when the client leaves.
    func serve() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(listener, pointer, size) == 0 && listen(listener, 1) == 0 && getsockname(listener, pointer, &size) == 0
            }
        }
        precondition(bound, "no port on the loopback")
        print(UInt16(bigEndian: address.sin_port))
        fflush(nil)
        let client = accept(listener, nil, nil)
        var encoder = RigLinkEncoder()
        awaitMessage(.hello, client)
        send(encoder.encode(.descriptor, Self.descriptor.payload), client)
        awaitMessage(.start, client)
        stream(client, &encoder)
        close(client)
    }

    private func stream(_ client: Int32, _ encoder: inout RigLinkEncoder) {
        let begin = HostTime.now()
        var message = 0
        while true {
            let due = begin + Double(message) / Self.messagesPerSecond
            WorkerThread.sleep(due - .now())
            let bytes =
                encoder.encode(.samples, payload(0, message * Self.eegFrames, Self.eegFrames, Self.eegChannels))
                + encoder.encode(.samples, payload(1, message * Self.audioFrames, Self.audioFrames, Self.audioChannels))
            guard send(bytes, client) else { return }
            message += 1
        }
    }

    private func payload(_ stream: UInt8, _ first: Int, _ frames: Int, _ channels: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 12 + 2 * frames * channels) { bytes, count in
            let raw = UnsafeMutableRawBufferPointer(bytes)
            raw.storeBytes(of: stream, as: UInt8.self)
            raw.storeBytes(of: 0, toByteOffset: 1, as: UInt8.self)
            raw.storeBytes(of: UInt16(frames).littleEndian, toByteOffset: 2, as: UInt16.self)
            raw.storeBytes(of: UInt64(first).littleEndian, toByteOffset: 4, as: UInt64.self)
            var place = 12
            for frame in 0..<frames {
                for channel in 0..<channels {
                    raw.storeBytes(of: Self.count(first + frame, channel).littleEndian, toByteOffset: place, as: Int16.self)
                    place += 2
                }
            }
            count = place
        }
    }

    private func awaitMessage(_ type: RigLinkType, _ client: Int32) {
        var decoder = RigLinkDecoder()
        var buffer = [UInt8](repeating: 0, count: 4096)
        var found = false
        while !found {
            let count = read(client, &buffer, buffer.count)
            guard count > 0 else { exit(1) }
            buffer[0..<count].withUnsafeBytes { decoder.feed($0) { header, _ in found = found || header.type == type } }
        }
    }

    /// - Returns: false when the client has left.
    @discardableResult
    private func send(_ bytes: [UInt8], _ client: Int32) -> Bool {
        var done = 0
        return bytes.withUnsafeBytes { raw in
            while done < raw.count {
                let count = Glibc.send(client, raw.baseAddress.unsafelyUnwrapped + done, raw.count - done, Int32(MSG_NOSIGNAL))
                guard count > 0 else { return false }
                done += count
            }
            return true
        }
    }
}
