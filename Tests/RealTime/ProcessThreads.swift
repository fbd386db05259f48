import Foundation
import Glibc

/// What Linux tells of threads in `/proc`.
public enum ProcessThreads {
    /// The calling thread's number.
    static var current: Int32 {
        let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self")
        return link?.split(separator: "/").last.flatMap { Int32($0) } ?? getpid()
    }

    /// Nanoseconds that threads of this process were ready to run and did not: those with a name of their own, and one more.
    static func waited(owner: Int32) -> [Int32: Int64] {
        let mine = text("/proc/self/comm")
        var found: [Int32: Int64] = [:]
        for thread in numbers("/proc/self/task") {
            let name = text("/proc/self/task/\(thread)/comm")
            guard thread == owner || name != mine && !name.hasPrefix("witness") else { continue }
            found[thread] = waited("/proc/self/task/\(thread)")
        }
        return found
    }

    /// The same of all threads of programs and of those that they started.
    /// - Parameter programs: process identifiers; grows by what was started.
    static func waited(below programs: inout Set<Int32>) -> [Int32: Int64] {
        guard !programs.isEmpty else { return [:] }
        let parents = Dictionary(numbers("/proc").map { ($0, parent($0)) }) { first, _ in first }
        // As often as a child may have been listed before its parent.
        for _ in 0..<4 {
            for (process, parent) in parents where programs.contains(parent) { programs.insert(process) }
        }
        var found: [Int32: Int64] = [:]
        for process in programs where parents[process] != nil {
            for thread in numbers("/proc/\(process)/task") { found[thread] = waited("/proc/\(process)/task/\(thread)") }
        }
        return found
    }

    /// CPU seconds of the thread of this process whose name begins so, user and system; nil when there is none.
    public static func cpuSeconds(named prefix: String) -> Double? {
        for thread in numbers("/proc/self/task") where text("/proc/self/task/\(thread)/comm").hasPrefix(prefix) {
            return text("/proc/self/task/\(thread)/schedstat").split(separator: " ").first.flatMap { Double($0) }.map {
                $0 * 1e-9
            }
        }
        return nil
    }

    /// schedstat: time on the processor, time in the queue for it, number of times.
    private static func waited(_ thread: String) -> Int64? {
        let fields = text(thread + "/schedstat").split(separator: " ")
        return fields.count > 1 ? Int64(fields[1]) : nil
    }

    private static func parent(_ process: Int32) -> Int32 {
        // After the name in parentheses: state, parent.
        let fields = text("/proc/\(process)/stat").split(separator: ")").last?.split(separator: " ") ?? []
        return fields.count > 1 ? Int32(fields[1]) ?? 0 : 0
    }

    private static func numbers(_ folder: String) -> [Int32] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).compactMap { Int32($0) }
    }

    private static func text(_ file: String) -> String {
        let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }
}
