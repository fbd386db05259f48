import Foundation
import Glibc
import Programs
import Signals

/// A sound server of our own without a sound card: what is played into its sink is heard by an ALSA capture device at
/// real-time pace.
public final class PulseAudioServer {
    /// ALSA's name of the microphone, known to programs that read ``alsaConfiguration``.
    public static let device = "larmor_microphone"
    /// ALSA's name of a loudspeaker that the microphone hears.
    public static let loudspeaker = "larmor_loudspeaker"
    public static let rate = 16_000
    private static let executable = "/usr/bin/pulseaudio"
    /// "unix:PATH", for clients of the server.
    public let address: String
    /// Value for the variable ALSA_CONFIG_PATH.
    public let alsaConfiguration: String
    private let folder: String
    private let program: ChildProgram

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
        guard FileManager.default.isExecutableFile(atPath: Self.executable) else {
            throw SimulatorError("PulseAudio is not installed", remedy: "install the packages of `make setup`")
        }
        guard socket.utf8.count < Self.longestPath else {
            throw SimulatorError(
                "\(socket) is too long for a socket: at most \(Self.longestPath - 1) bytes", remedy: "name a shorter TMPDIR")
        }
        let configuration = folder + "/asound.conf"
        let log = folder + "/log"
        self.folder = folder
        address = "unix:" + socket
        alsaConfiguration = Self.alsaConfiguration(in: folder)
        Self.awaitCleared(folder)
        // The folder goes at the end with all that is in it.
        let present = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let isOwn = (try? String(contentsOfFile: configuration, encoding: .utf8))?.hasPrefix("pcm.\(Self.device) {") == true
        guard present.isEmpty || isOwn else {
            throw SimulatorError(
                "\(folder): it has files that are not the simulated microphone's, and it would be removed at the end",
                remedy: "name a folder that is empty or not there yet")
        }
        let text = """
            pcm.\(Self.device) {
                type pulse
                server "unix:\(socket)"
                device "microphone.monitor"
            }
            pcm.\(Self.loudspeaker) {
                type pulse
                server "unix:\(socket)"
                device "microphone"
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
            program = try ChildProgram(
                "/bin/sh",
                [
                    "-c", Self.keeper, "larmor-sound", folder, Self.executable, "-n", "--daemonize=no", "--exit-idle-time=120",
                    "--use-pid-file=no", "--disable-shm=yes",
                    "-L", "module-native-protocol-unix auth-anonymous=1 socket=\(socket)",
                    // Without rewinds the sink works in blocks of 50 ms, else of 2 s, which a listener would wait for at
                    // its start.
                    "-L",
                    "module-null-sink sink_name=microphone rate=\(rate) channels=\(channels) format=\(format) norewinds=1",
                ], environment: environment, input: .pipe, output: .file(log), error: .output)
        } catch {
            try? FileManager.default.removeItem(atPath: folder)
            throw SimulatorError("PulseAudio cannot be started: \(error)", remedy: "install the packages of `make setup`")
        }
        var attended = AttendedTime()
        while program.end == nil, attended.seconds < Self.patience {
            if Self.answers(socket) { return }
            attended.add(asked: 0.02) { WorkerThread.sleep(0.02) }
        }
        let end = program.end.map { "\($0)" } ?? "did not answer within \(Int(Self.patience)) s"
        let words = (try? String(contentsOfFile: log, encoding: .utf8))?.split(separator: "\n").last.map { ", saying “\($0)”" }
        stop()
        throw SimulatorError("PulseAudio \(end)\(words ?? "")", remedy: "try `pulseaudio -n --daemonize=no -v`")
    }

    /// Value for the variable ALSA_CONFIG_PATH of programs that listen to a server in a folder.
    public static func alsaConfiguration(in folder: String) -> String {
        "/usr/share/alsa/alsa.conf:" + folder + "/asound.conf"
    }

    /// A shell that stands between this process and the server. Its standard input is a lifeline: when that ends, because ``stop()``
    /// was called or because this process was killed, it ends the server and removes the folder. PulseAudio itself closes what it
    /// inherits, so it can hold no lifeline, and swift-subprocess has no place to ask for the parent's death signal.
    /// When the server ends by itself the folder stays for ``stop()``, because its log says why.
    private static let keeper = """
        folder=$1
        shift
        exec 3<&0 </dev/null
        "$@" 3<&- &
        server=$!
        {
            read -r nothing <&3
            true >"$folder/closing"
            kill -TERM $server
            n=0
            while [ $n -lt 30 ]; do
                sleep 0.1
                kill -0 $server || exit
                n=$((n + 1))
            done
            kill -KILL $server
        } 2>/dev/null &
        watcher=$!
        exec 3<&-
        wait $server
        status=$?
        if [ -e "$folder/closing" ]; then
            rm -rf -- "$folder"
        else
            kill $watcher
        fi
        exit $status
        """

    /// Waits while the keeper of an earlier server still clears a folder.
    private static func awaitCleared(_ folder: String) {
        var attended = AttendedTime()
        while FileManager.default.fileExists(atPath: folder + "/closing"), attended.seconds < 5 {
            attended.add(asked: 0.02) { WorkerThread.sleep(0.02) }
        }
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

    public var isRunning: Bool { program.isRunning }

    /// Whether somebody captures from the microphone; false where PulseAudio's `pactl` is missing.
    public var hasListener: Bool {
        var environment = ProcessInfo.processInfo.environment
        environment["LD_PRELOAD"] = nil
        guard
            let program = try? ChildProgram(
                "pactl", ["--server=\(address)", "list", "short", "source-outputs"], environment: environment, output: .pipe)
        else { return false }
        return !program.readToEnd().isEmpty
    }

    public func stop() {
        program.finishInput()
        if program.wait(seconds: 5) == nil { program.stop(patience: 0) }
        try? FileManager.default.removeItem(atPath: folder)
    }
}
