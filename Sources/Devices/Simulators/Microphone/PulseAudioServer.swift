import Foundation
import Glibc

/// A sound server of our own without a sound card: what is played into its sink is heard by an ALSA capture device at
/// real-time pace.
public final class PulseAudioServer {
    /// ALSA's name of the microphone, known to programs that read ``alsaConfiguration``.
    public static let device = "larmor_microphone"
    public static let rate = 16_000
    /// "unix:PATH", for clients of the server.
    public let address: String
    /// Value for the variable ALSA_CONFIG_PATH.
    public let alsaConfiguration: String
    private let folder: String
    private let program: SpawnedProgram

    /// Starts the server and waits until it answers.
    /// - Parameters:
    ///   - folder: of its socket and configuration, which ``stop()`` removes; nil takes a new one. The address of a server
    ///     that ended is had again in the same folder.
    ///   - format: of the samples, in PulseAudio's words.
    /// - Throws: ``SimulatorError`` when PulseAudio is not installed or does not come up, with its last words.
    public init(
        folder: String? = nil, rate: Int = PulseAudioServer.rate, channels: Int = 1, format: String = "s16le"
    ) throws(SimulatorError) {
        let folder = folder ?? FileManager.default.temporaryDirectory.path + "/larmor-sound-" + UUID().uuidString
        let socket = folder + "/socket"
        guard socket.utf8.count < Self.longestPath else {
            throw SimulatorError(
                "\(socket) is too long for a socket: at most \(Self.longestPath - 1) bytes", remedy: "name a shorter TMPDIR")
        }
        let configuration = folder + "/asound.conf"
        let log = folder + "/log"
        self.folder = folder
        address = "unix:" + socket
        alsaConfiguration = "/usr/share/alsa/alsa.conf:" + configuration
        let text = """
            pcm.\(Self.device) {
                type pulse
                server "unix:\(socket)"
                device "microphone.monitor"
            }
            """
        var environment = ProcessInfo.processInfo.environment
        environment["XDG_RUNTIME_DIR"] = folder
        environment["HOME"] = folder
        environment["LD_PRELOAD"] = nil
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            try text.write(toFile: configuration, atomically: true, encoding: .utf8)
            program = try SpawnedProgram(
                "/usr/bin/pulseaudio",
                [
                    "-n", "--daemonize=no", "--exit-idle-time=120", "--use-pid-file=no", "--disable-shm=yes",
                    "-L", "module-native-protocol-unix auth-anonymous=1 socket=\(socket)",
                    // Without rewinds the sink works in blocks of 50 ms, else of 2 s, which a listener would wait for at
                    // its start.
                    "-L",
                    "module-null-sink sink_name=microphone rate=\(rate) channels=\(channels) format=\(format) norewinds=1",
                ], environment: environment, output: log)
        } catch {
            try? FileManager.default.removeItem(atPath: folder)
            throw SimulatorError("PulseAudio cannot be started: \(error)", remedy: "install the packages of `make setup`")
        }
        let last = Date().addingTimeInterval(Self.patience)
        while program.end == nil, Date() < last {
            if Self.answers(socket) { return }
            usleep(20_000)
        }
        let end = program.end.map { "\($0)" } ?? "did not answer within \(Int(Self.patience)) s"
        let words = (try? String(contentsOfFile: log, encoding: .utf8))?.split(separator: "\n").last.map { ", saying “\($0)”" }
        stop()
        throw SimulatorError("PulseAudio \(end)\(words ?? "")", remedy: "try `pulseaudio -n --daemonize=no -v`")
    }

    /// Seconds after which it is given up; on an idle machine it is up within a tenth of one.
    private static let patience = 30.0
    /// Bytes of a socket's path, its end included.
    private static let longestPath = MemoryLayout.size(ofValue: sockaddr_un().sun_path)

    /// Whether somebody accepts connections on a socket; its file may be there before that, and after.
    private static func answers(_ path: String) -> Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        } == 0
    }

    public var isRunning: Bool { program.end == nil }

    /// Whether somebody captures from the microphone; false where PulseAudio's `pactl` is missing.
    public var hasListener: Bool {
        guard let answer = popen("env -u LD_PRELOAD pactl '--server=\(address)' list short source-outputs 2>/dev/null", "re")
        else { return false }
        var isThere = false
        while fgetc(answer) != EOF { isThere = true }
        pclose(answer)
        return isThere
    }

    public func stop() {
        program.stop()
        try? FileManager.default.removeItem(atPath: folder)
    }
}
