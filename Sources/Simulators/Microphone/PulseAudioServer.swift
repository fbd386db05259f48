import Foundation

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
    private let process = Process()

    /// Starts the server and waits until it answers.
    /// - Parameter format: of the samples, in PulseAudio's words.
    /// - Throws: ``SimulatorError`` when PulseAudio is not installed or does not come up.
    public init(rate: Int = PulseAudioServer.rate, channels: Int = 1, format: String = "s16le") throws(SimulatorError) {
        let base = FileManager.default.temporaryDirectory.path
        folder = base + "/larmor-sound-\(ProcessInfo.processInfo.processIdentifier)"
        let socket = folder + "/socket"
        address = "unix:" + socket
        let configuration = folder + "/asound.conf"
        alsaConfiguration = "/usr/share/alsa/alsa.conf:" + configuration
        let text = """
            pcm.\(Self.device) {
                type pulse
                server "unix:\(socket)"
                device "microphone.monitor"
            }
            """
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            try text.write(toFile: configuration, atomically: true, encoding: .utf8)
            process.executableURL = URL(fileURLWithPath: "/usr/bin/pulseaudio")
            // Without rewinds the sink works in blocks of 50 ms, else of 2 s, which a listener would wait for at its start.
            process.arguments = [
                "-n", "--daemonize=no", "--exit-idle-time=120", "--use-pid-file=no", "--disable-shm=yes",
                "-L", "module-native-protocol-unix auth-anonymous=1 socket=\(socket)",
                "-L", "module-null-sink sink_name=microphone rate=\(rate) channels=\(channels) format=\(format) norewinds=1",
            ]
            var environment = ProcessInfo.processInfo.environment
            environment["XDG_RUNTIME_DIR"] = folder
            environment["HOME"] = folder
            environment["LD_PRELOAD"] = nil
            process.environment = environment
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
        } catch {
            throw SimulatorError("PulseAudio cannot be started: \(error)", remedy: "install the packages of `make setup`")
        }
        for _ in 0..<200 {
            if FileManager.default.fileExists(atPath: socket) { return }
            guard process.isRunning else { break }
            usleep(50_000)
        }
        stop()
        throw SimulatorError("PulseAudio did not come up within 10 s", remedy: "try `pulseaudio -n --daemonize=no -v`")
    }

    public var isRunning: Bool { process.isRunning }

    /// Whether somebody captures from the microphone; false where PulseAudio's `pactl` is missing.
    ///
    /// Not through Foundation's `Process`: the server closes every descriptor that it inherits, `Process` takes that for its
    /// end and waits for it, and no other child's end is seen meanwhile.
    public var hasListener: Bool {
        guard let answer = popen("env -u LD_PRELOAD pactl '--server=\(address)' list short source-outputs 2>/dev/null", "re")
        else { return false }
        var isThere = false
        while fgetc(answer) != EOF { isThere = true }
        pclose(answer)
        return isThere
    }

    public func stop() {
        if process.isRunning {
            process.terminate()
            process.waitUntilExit()
        }
        try? FileManager.default.removeItem(atPath: folder)
    }
}
