import Synchronization

/// What a record of raw bytes holds; the same kinds stand in a session's wire log.
public enum WireRecordKind: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    /// Bytes that the device sent while it streamed: what a replay feeds to the driver.
    case received = 1
    /// Bytes that the host sent.
    case sent = 2
    /// Bytes that the device sent before it streamed (start-up text, answers to commands).
    case handshake = 3
    /// A ``DeviceEvent``: 2 bytes of code and 8 bytes of value, little-endian.
    case event = 4
    /// JSON of the device's configuration: what a replay builds the decoder from. It comes before the first bytes.
    case configuration = 5
}

/// Header of one record in a ``WireRing``.
public struct WireRingRecord: BitwiseCopyable, Sendable {
    public var kind: WireRecordKind
    /// Bytes of the record's body.
    public var length: UInt32
    /// Arrival of the last byte, or when it was sent.
    public var hostTime: HostTime

    public init(kind: WireRecordKind, length: Int, hostTime: HostTime) {
        self.kind = kind
        self.length = UInt32(length)
        self.hostTime = hostTime
    }
}

/// Raw bytes with their stamps, from a device's thread to the recorder's thread.
///
/// A record that finds the ring full is refused whole and counted: the recording then has a hole that its reader can see
/// from the device's counters, and the count is stored with the session.
public final class WireRing: Sendable {
    private let records: RingBuffer<WireRingRecord>
    private let bytes: RingBuffer<UInt8>
    private let refused = Atomic<UInt64>(0)

    /// - Parameters:
    ///   - minimumRecords: records that fit before one is refused.
    ///   - minimumBytes: bytes that fit.
    public init(minimumRecords: Int, minimumBytes: Int) {
        records = RingBuffer(minimumCapacity: minimumRecords)
        bytes = RingBuffer(minimumCapacity: minimumBytes)
    }

    /// Producer: puts a record in, or refuses it whole and counts its bytes.
    @discardableResult
    public func write(_ kind: WireRecordKind, _ payload: UnsafeRawBufferPointer, at time: HostTime) -> Bool {
        guard records.hasRoom(for: 1), bytes.write(all: payload.assumingMemoryBound(to: UInt8.self)) else {
            refused.wrappingAdd(UInt64(payload.count), ordering: .relaxed)
            return false
        }
        let record = WireRingRecord(kind: kind, length: payload.count, hostTime: time)
        records.write(upTo: 1) { slot in
            slot[0] = record
            return 1
        }
        return true
    }

    /// Producer: puts an event in, in its 10-byte form.
    @discardableResult
    public func write(_ event: DeviceEvent) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: 10, alignment: 8) { raw in
            raw.storeBytes(of: event.code.rawValue.littleEndian, as: UInt16.self)
            raw.storeBytes(of: event.value.littleEndian, toByteOffset: 2, as: UInt64.self)
            return write(.event, UnsafeRawBufferPointer(raw), at: event.hostTime)
        }
    }

    /// Consumer: the next record's header, without taking it.
    public func peek() -> WireRingRecord? {
        var head: WireRingRecord?
        records.read(upTo: 1) { waiting in
            head = waiting[0]
            return 0
        }
        return head
    }

    /// Consumer: takes the next record; its bytes are copied to the start of `scratch`.
    /// - Precondition: `scratch` has room for the record (see ``peek()``).
    public func take(into scratch: UnsafeMutableBufferPointer<UInt8>) -> WireRingRecord? {
        guard let head = peek() else { return nil }
        precondition(Int(head.length) <= scratch.count, "scratch is smaller than the record")
        let complete = bytes.read(all: UnsafeMutableBufferPointer(rebasing: scratch[0..<Int(head.length)]))
        precondition(complete, "a header went into the ring before its bytes")
        records.read(upTo: 1) { _ in 1 }
        return head
    }

    /// Bytes refused so far because the recorder was too slow.
    public var refusedBytes: UInt64 { refused.load(ordering: .relaxed) }
}

extension DeviceEvent {
    /// The event in a wire record of kind ``WireRecordKind/event``; nil when the bytes are not one.
    public init?(wireBytes: UnsafeRawBufferPointer, at time: HostTime) {
        guard wireBytes.count == 10,
            let code = Code(rawValue: UInt16(littleEndian: wireBytes.loadUnaligned(as: UInt16.self)))
        else { return nil }
        let value = UInt64(littleEndian: wireBytes.loadUnaligned(fromByteOffset: 2, as: UInt64.self))
        self.init(code: code, value: value, hostTime: time)
    }
}
