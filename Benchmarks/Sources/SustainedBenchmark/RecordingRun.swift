import Foundation
import Glibc
import Signals

/// One run of `larmor record` on the sensor board, watched from outside.
struct RecordingRun {
    let session: String
    private(set) var result: [String: Any] = [:]

    init(larmor: String, seconds: Double, folder: String) throws {
        session = folder + "/session"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let board = Process()
        let boardOutput = Pipe()
        board.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        board.arguments = ["serve", "\(seconds)"]
        board.standardOutput = boardOutput
        try board.run()
        var port = Data()
        while let byte = try boardOutput.fileHandleForReading.read(upToCount: 1), byte != Data([0x0A]) { port += byte }
        let rig = """
            name = "load"
            [[device]]
            name = "board"
            driver = "riglink"
            port = "127.0.0.1:\(String(decoding: port, as: UTF8.self))"
            """
        try Data(rig.utf8).write(to: URL(fileURLWithPath: folder + "/rig.toml"))
        let record = Process()
        let output = Pipe()
        record.executableURL = URL(fileURLWithPath: larmor)
        record.arguments = ["record", folder + "/rig.toml", "--seconds", "\(seconds)", "--output", session, "--json"]
        record.standardOutput = output
        try record.run()
        // The steady part: from the second second to the second before the end.
        WorkerThread.sleep(2)
        let (cpu0, time0) = (Self.cpu(record.processIdentifier), HostTime.now())
        WorkerThread.sleep(seconds - 3)
        let (cpu1, time1) = (Self.cpu(record.processIdentifier), HostTime.now())
        let memory = Self.memory(record.processIdentifier)
        let text = output.fileHandleForReading.readDataToEndOfFile()
        record.waitUntilExit()
        board.terminate()
        board.waitUntilExit()
        let total = zip(cpu1, cpu0).map { $0 - $1 }
        result = [
            "bench": "sustained", "seconds": time1 - time0, "exit_status": Int(record.terminationStatus),
            "cpu_user_percent": total[0] / (time1 - time0) * 100, "cpu_system_percent": total[1] / (time1 - time0) * 100,
            "cpu_percent": (total[0] + total[1]) / (time1 - time0) * 100, "memory_peak_mb": memory,
        ]
        if let report = try? JSONSerialization.jsonObject(with: text) as? [String: Any] {
            result["streams"] = report["streams"]
        }
    }

    /// User and system CPU seconds of a process so far, by the kernel's account.
    private static func cpu(_ process: Int32) -> [Double] {
        let text = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
        // The name in parentheses may hold blanks; the times are the 12th and 13th field after it.
        let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12 else { return [0, 0] }
        return [11, 12].map { (Double(fields[$0]) ?? 0) / Double(sysconf(Int32(_SC_CLK_TCK))) }
    }

    /// Greatest resident size so far, in megabytes.
    private static func memory(_ process: Int32) -> Double {
        let text = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
        return (line.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0) / 1024
    }
}
