import Devices
import Foundation
import Glibc
import Protocols
import Signals

/// Packets first … first + count − 1.
func packets(_ first: Int, _ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count * CytonPacket.size)
    for k in first..<first + count {
        let counts: [Int32] = (0..<8).map { channel in Int32(value(k, channel)) }
        bytes += CytonPacket(counter: UInt8(k & 255), counts: counts).bytes
    }
    return bytes
}

/// Count of a channel of a packet.
func value(_ k: Int, _ channel: Int) -> Int { ((k * 8 + channel) * 1000) % (1 << 23) }

func nanoseconds() -> Int64 { HostTime.now().nanoseconds }

/// The device: prints its port, answers every command, streams after b, then prints when it wrote each packet.
func serve(rate: Int, count: Int) {
    var near: Int32 = -1
    var far: Int32 = -1
    var name = [CChar](repeating: 0, count: 128)
    openpty(&near, &far, &name, nil, nil)
    var settings = termios()
    tcgetattr(far, &settings)
    cfmakeraw(&settings)
    tcsetattr(far, TCSANOW, &settings)
    print(String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    fflush(nil)
    let text = Array(CytonStartUp.text(hasDaisy: false).utf8)
    let setting = Array("Success: Sample rate is 250Hz$$$".utf8)
    var byte: UInt8 = 0
    while read(near, &byte, 1) == 1, byte != UInt8(ascii: "b") {
        switch byte {
        case UInt8(ascii: "v"), UInt8(ascii: "d"): _ = write(near, text, text.count)
        case UInt8(ascii: "6"): _ = write(near, setting, setting.count)
        default: break
        }
    }
    let data = packets(0, count)
    let start = nanoseconds()
    var written: [Int64] = []
    data.withUnsafeBytes { bytes in
        guard let base = bytes.baseAddress else { return }
        if rate == 0 {
            for k in stride(from: 0, to: data.count, by: 33 * 64) { _ = write(near, base + k, min(33 * 64, data.count - k)) }
        } else {
            for k in 0..<count {
                let due = start + Int64(k) * 1_000_000_000 / Int64(rate)
                WorkerThread.sleep(Double(due - nanoseconds()) * 1e-9)
                written.append(nanoseconds())
                _ = write(near, base + 33 * k, 33)
            }
        }
    }
    while read(near, &byte, 1) == 1, byte != UInt8(ascii: "s") {}
    print(written.map { "\($0)" }.joined(separator: " "))
}
