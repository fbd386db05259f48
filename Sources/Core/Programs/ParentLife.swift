import CLinux
import Glibc

/// Lets a program of ours that another one of ours started end with it, also when that one is killed.
///
/// For children that have no pipe to listen to (see ``ChildProgram``): the kernel kills them.
public enum ParentLife {
    private static let variable = "LARMOR_ENDS_WITH"

    /// For a child that shall end with this process: this process' environment and the word for it.
    public static var environment: [String: String] {
        var result: [String: String] = [:]
        var place = environ
        while let entry = place.pointee {
            let text = String(cString: entry)
            if let sign = text.firstIndex(of: "=") { result[String(text[..<sign])] = String(text[text.index(after: sign)...]) }
            place += 1
        }
        result[variable] = "\(getpid())"
        return result
    }

    /// To be called once, before there are threads: follows the parent if that has said so. Programs that this one starts do not.
    public static func follow() {
        guard let text = getenv(variable), let parent = Int32(String(cString: text)) else { return }
        unsetenv(variable)
        _ = larmor_end_with_parent(SIGKILL)
        // It ended before the kernel knew.
        if getppid() != parent { _exit(128 + SIGKILL) }
    }
}
