import Foundation
import Glibc

/// liblsl, the library of the Lab Streaming Layer, loaded at run time: it is in no distribution's packages.
///
/// Its functions may be called from any thread; an inlet or outlet is used by one thread here.
public final class LibLSL: @unchecked Sendable {
    // Sendable because everything in it is set once, before the initialiser returns, and the library's functions take
    // their own locks.
    /// The file that was loaded, as it was named.
    public let file: String
    let functions: LSLFunctions

    /// Names the library's file, in place of a search of the system's path.
    public static let environmentVariable = "LARMOR_LIBLSL"
    /// What the system's path is searched for.
    public static let fileNames = ["liblsl.so.2", "liblsl.so", "liblsl64.so", "/usr/local/lib/liblsl.so"]

    private static let loaded = Result { () throws(TransportError) in
        let named = ProcessInfo.processInfo.environment[environmentVariable].flatMap { $0.isEmpty ? nil : $0 }
        return try LibLSL(searching: named.map { [$0] } ?? fileNames, isNamed: named != nil)
    }

    /// The library, loaded by the first call.
    /// - Throws: ``TransportError`` (``TransportError/Code/missingLibrary``) that says where it was looked for.
    public static func load() throws(TransportError) -> LibLSL { try loaded.get() }

    /// The library that a caller brings, else the system's.
    static func load(or given: LibLSL?) throws(TransportError) -> LibLSL {
        if let given { return given }
        return try load()
    }

    /// Whether liblsl can be loaded here.
    public static var isThere: Bool { (try? loaded.get()) != nil }

    /// Loads the first of the files that can be loaded.
    /// - Parameters:
    ///   - files: paths, the preferred one first.
    ///   - isNamed: whether the user named the file.
    public init(searching files: [String], isNamed: Bool = false) throws(TransportError) {
        var reasons: [String] = []
        for file in files {
            guard let handle = dlopen(file, RTLD_NOW | RTLD_LOCAL) else {
                reasons.append(dlerror().map { String(cString: $0) } ?? file)
                continue
            }
            // Never closed: the library has threads of its own.
            do throws(LSLFunctions.Missing) {
                functions = try LSLFunctions(handle)
                self.file = file
                Self.quieten(handle)
                return
            } catch {
                reasons.append("\(file) is no liblsl, or one older than 1.13: it lacks \(error.name)")
            }
        }
        let place =
            isNamed
            ? "\(Self.environmentVariable) names \(files.joined(separator: ", "))"
            : "looked for \(files.joined(separator: ", ")) in the system's library path"
        throw TransportError(
            .missingLibrary, port: "liblsl",
            detail: "the library of the Lab Streaming Layer cannot be loaded: \(place) (\(reasons.joined(separator: "; ")))",
            remedy: "install liblsl (github.com/sccn/liblsl/releases; `pip install pylsl` holds one, too), or name its file in "
                + Self.environmentVariable)
    }

    /// Version as liblsl counts it: 116 is 1.16.
    public var version: Int { Int(functions.libraryVersion()) }

    /// Seconds of liblsl's clock on this machine.
    public var localClock: Double { functions.localClock() }

    /// liblsl reports every network card on standard error unless a configuration says less; a configuration of the user's
    /// own is left alone.
    private static func quieten(_ handle: UnsafeMutableRawPointer) {
        let environment = ProcessInfo.processInfo.environment
        let files = [
            environment["LSLAPICFG"], "lsl_api.cfg", environment["HOME"].map { $0 + "/lsl_api/lsl_api.cfg" },
            "/etc/lsl_api/lsl_api.cfg",
        ]
        guard !files.contains(where: { $0.map { access($0, F_OK) == 0 } ?? false }),
            let symbol = dlsym(handle, "lsl_set_config_content")
        else { return }
        let setContent = unsafeBitCast(symbol, to: (@convention(c) (UnsafePointer<CChar>) -> Void).self)
        setContent("[log]\nlevel = -2\n")
    }
}
