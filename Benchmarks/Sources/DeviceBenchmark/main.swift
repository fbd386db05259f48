// CPU time and delay of the Cyton driver on a pseudo-terminal, with the stream that the peers' script for BrainFlow uses:
// channel c of packet k carries the count ((8 k + c) · 1000) mod 2²³.
//
//     DeviceBenchmark [paced SECONDS | flood PACKETS]
//
// A second process of this program serves the packets. One line of JSON for each mode: CPU seconds of the reading process per
// million samples, delay from writing to the stamp in ms, and whether every value was right.
import Devices
import Foundation
import Glibc
import Protocols
import Signals
import Transports

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

func cpuSeconds() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
        + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6
}

func measure(_ mode: String, rate: Int, count: Int) throws {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = ["serve", "\(rate)", "\(count)"]
    process.standardOutput = output
    try process.run()
    var line = Data()
    while let byte = try output.fileHandleForReading.read(upToCount: 1), byte != Data([0x0A]) { line += byte }
    let waker = try Waker()
    let driver = CytonDriver(name: "d", port: String(decoding: line, as: UTF8.self), waker: waker)
    let runner = DeviceRunner(name: "bench", driver: driver, waker: waker)
    try runner.open()
    let ring = SampleRing(streams: 2, minimumItems: 1 << 16, minimumSamples: 1 << 23)
    let scratch = UnsafeMutableBufferPointer<Float>.allocate(capacity: 1 << 16)
    let scale = Float(CytonScale.voltsPerCount(gain: 24))
    var received = 0
    var lost: UInt64 = 0
    var isRight = true
    var stamps: [Int64] = []
    let cpu = cpuSeconds()
    let begin = HostTime.now()
    runner.start(rings: [ring], wire: nil)
    let limit = rate == 0 ? 30.0 : Double(count) / Double(rate) + 5
    while received < count, HostTime.now() - begin < limit {
        // As often as BrainFlow's reader in the peers' script asks.
        WorkerThread.sleep(0.02)
        while let item = ring.take(into: scratch) {
            guard item.kind == .samples, item.stream == 0 else { continue }
            lost += item.missingBefore
            for frame in 0..<Int(item.frames) {
                let k = received + frame
                for c in 0..<8 where scratch[frame * 8 + c] != Float(value(k, c)) * scale {
                    isRight = false
                }
                stamps.append(item.hostTime.nanoseconds)
            }
            received += Int(item.frames)
        }
    }
    let used = cpuSeconds() - cpu
    let seconds = HostTime.now() - begin
    runner.stop()
    let rest = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    var result: [String: Any] = [
        "bench": "larmor_cyton", "mode": mode, "packets": received, "lost": lost, "values_right": isRight,
        "seconds": seconds, "cpu_s_per_million": used / Double(received * 8) * 1e6,
    ]
    let written = rest.split(separator: " ").compactMap { Int64($0.filter(\.isNumber)) }
    if written.count == stamps.count, !written.isEmpty {
        let delays = zip(stamps, written).map { Double($0 - $1) * 1e-6 }.sorted()
        result["delay_p50_ms"] = delays[delays.count / 2]
        result["delay_p99_ms"] = delays[delays.count * 99 / 100]
    }
    let json = try JSONSerialization.data(withJSONObject: result, options: [.sortedKeys])
    print(String(decoding: json, as: UTF8.self))
}

let arguments = CommandLine.arguments
if arguments.count == 4, arguments[1] == "serve" {
    serve(rate: Int(arguments[2]) ?? 0, count: Int(arguments[3]) ?? 0)
} else {
    let mode = arguments.count > 1 ? arguments[1] : ""
    let size = arguments.count > 2 ? Int(arguments[2]) : nil
    if mode != "flood" { try measure("paced", rate: 250, count: 250 * (size ?? 20)) }
    if mode != "paced" { try measure("flood", rate: 0, count: size ?? 200_000) }
}
