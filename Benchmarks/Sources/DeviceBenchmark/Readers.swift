import Devices
import Foundation
import Glibc
import Protocols
import Signals
import Transports

/// The serving process: its port, and afterwards when it wrote each packet.
private struct Server {
    let port: String
    private let process = Process()
    private let output = Pipe()

    init(rate: Int, count: Int) throws {
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["serve", "\(rate)", "\(count)"]
        process.standardOutput = output
        try process.run()
        var line = Data()
        while let byte = try output.fileHandleForReading.read(upToCount: 1), byte != Data([0x0A]) { line += byte }
        port = String(decoding: line, as: UTF8.self)
    }

    func written() -> [Int64] {
        let rest = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return rest.split(separator: " ").compactMap { Int64($0.filter(\.isNumber)) }
    }
}

func readWithLarmor(rate: Int, count: Int) throws -> Reading {
    let server = try Server(rate: rate, count: count)
    let waker = try Waker()
    let driver = CytonDriver(name: "d", port: server.port, waker: waker)
    let runner = DeviceRunner(name: "bench", driver: driver, waker: waker)
    try runner.open()
    let ring = SampleRing(streams: 2, minimumItems: 1 << 16, minimumSamples: 1 << 23)
    let scratch = UnsafeMutableBufferPointer<Float>.allocate(capacity: 1 << 16)
    defer { scratch.deallocate() }
    let scale = Float(CytonScale.voltsPerCount(gain: 24))
    var reading = Reading()
    var stamps: [Int64] = []
    let cpu = cpuSeconds()
    let begin = HostTime.now()
    runner.start(rings: [ring], wire: nil)
    let limit = rate == 0 ? 30.0 : Double(count) / Double(rate) + 5
    while reading.packets < count, HostTime.now() - begin < limit {
        // As often as BrainFlow's reader asks.
        WorkerThread.sleep(0.02)
        while let item = ring.take(into: scratch) {
            guard item.kind == .samples, item.stream == 0 else { continue }
            reading.lost += Int(item.missingBefore)
            for frame in 0..<Int(item.frames) {
                let k = reading.packets + frame
                for c in 0..<8 where scratch[frame * 8 + c] != Float(value(k, c)) * scale { reading.isRight = false }
                stamps.append(item.hostTime.nanoseconds)
            }
            reading.packets += Int(item.frames)
        }
    }
    reading.cpu = cpuSeconds() - cpu
    runner.stop()
    reading.setDelays(stamps, server.written())
    return reading
}

private func cpuSeconds() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
        + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6
}

/// BrainFlow's driver in a Python process of its own (brainflow_reader.py beside this file).
func readWithBrainFlow(_ python: String, rate: Int, count: Int) throws -> Reading {
    struct Answer: Decodable {
        var packets: Int
        var lost: Int
        var right: Bool
        var cpu: Double
        var stamps: [Int64]
    }
    let server = try Server(rate: rate, count: count)
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: python)
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("brainflow_reader.py").path
    process.arguments = [script, server.port, "\(count)"]
    process.standardOutput = output
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let answer = try JSONDecoder().decode(Answer.self, from: text)
    var reading = Reading(packets: answer.packets, lost: answer.lost, isRight: answer.right, cpu: answer.cpu)
    reading.setDelays(answer.stamps, server.written())
    return reading
}
