public import Signals
import Transports

/// Interleaved samples → audio relative to full scale, −1 … 1.
///
/// A sound card sends no counter: frames are counted as they come. After an overrun or a loss the stamps before and after it
/// (the card's own, where it has any) tell how many frames went by; they are counted as missing.
public final class ALSASampleDecoder: SampleDecoder {
    public let streams: [StreamDescription]
    private let format: ALSATransport.Format
    private let channels: Int
    private let rate: Double
    private var next: UInt64 = 0
    private var lastTime: HostTime?
    private var isInterrupted = false
    private var values: [Float]
    /// Bytes of a frame that was cut between two calls.
    private var carried: [UInt8] = []

    public init(_ configuration: ALSAConfiguration) {
        format = configuration.format
        channels = max(1, configuration.channels)
        rate = Double(max(1, configuration.rate))
        values = [Float](repeating: 0, count: 8192 * max(1, configuration.channels))
        carried.reserveCapacity(64)
        streams = [
            StreamDescription(
                name: configuration.name + ".audio", kind: .audio,
                channels: (0..<channels).map { .init(label: "\($0 + 1)", unit: .fullScale, fullScale: 1) },
                nominalRate: rate, device: configuration.device)
        ]
    }

    public func decode(_ bytes: UnsafeRawBufferPointer, at time: HostTime, into sink: any SampleSink) {
        let frameBytes = format.bytes * channels
        let maximum = values.count / channels * frameBytes
        var rest = bytes
        // A read gives whole frames; only damaged recordings cut them.
        if !carried.isEmpty {
            let needed = min(frameBytes - carried.count, rest.count)
            carried.append(contentsOf: rest[0..<needed])
            rest = UnsafeRawBufferPointer(rebasing: rest[needed...])
            if carried.count == frameBytes {
                carried.withUnsafeBytes { put($0, at: time, into: sink) }
                carried.removeAll(keepingCapacity: true)
            }
        }
        while rest.count >= frameBytes {
            let piece = min(rest.count / frameBytes * frameBytes, maximum)
            put(UnsafeRawBufferPointer(rebasing: rest[0..<piece]), at: time, into: sink)
            rest = UnsafeRawBufferPointer(rebasing: rest[piece...])
        }
        carried.append(contentsOf: rest)
    }

    public func note(_ event: DeviceEvent) {
        switch event.code {
        case .overrun, .lost:
            isInterrupted = true
            carried.removeAll(keepingCapacity: true)
        default: break
        }
    }

    private func put(_ bytes: UnsafeRawBufferPointer, at time: HostTime, into sink: any SampleSink) {
        let count = bytes.count / format.bytes
        let frames = count / channels
        var missing: UInt64 = 0
        if isInterrupted, let lastTime {
            missing = UInt64(saturating: (rate * (time - lastTime)).rounded() - Double(frames))
        }
        isInterrupted = false
        lastTime = time
        values.withUnsafeMutableBufferPointer { values in
            convert(bytes, count: count, into: values)
            sink.take(
                SampleRingItem(
                    stream: 0, channels: channels, frames: frames, firstCounter: next &+ missing,
                    missingBefore: missing,
                    hostTime: time),
                UnsafeBufferPointer(rebasing: UnsafeBufferPointer(values)[0..<count]))
        }
        next &+= missing &+ UInt64(frames)
    }

    private func convert(
        _ bytes: UnsafeRawBufferPointer, count: Int, into values: UnsafeMutableBufferPointer<Float>
    ) {
        switch format {
        case .s16:
            for i in 0..<count {
                let word = Int16(littleEndian: bytes.loadUnaligned(fromByteOffset: 2 * i, as: Int16.self))
                values[i] = Float(word) / 32_768
            }
        case .s24:
            for i in 0..<count {
                let low =
                    UInt32(bytes[3 * i]) | UInt32(bytes[3 * i + 1]) << 8 | UInt32(bytes[3 * i + 2]) << 16
                values[i] = Float(Int32(bitPattern: low << 8) >> 8) / 8_388_608
            }
        case .s32:
            for i in 0..<count {
                let word = Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * i, as: Int32.self))
                values[i] = Float(Double(word) / 2_147_483_648)
            }
        case .float:
            for i in 0..<count {
                let word = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * i, as: UInt32.self))
                let value = Float(bitPattern: word)
                values[i] = value.isFinite ? value : 0
            }
        }
    }
}
