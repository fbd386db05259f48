import ArgumentParser
import Replay

/// `larmor replay SESSION --serve DEVICE`.
struct ReplayServiceOptions: ParsableArguments {
    @Option(
        help: """
            Serve this recorded device to other programs: a pseudo-terminal for serial boards, TCP for RDA and RigLink, an ALSA \
            capture device for sound.
            """)
    var serve: String?

    @Option(help: "With --serve: put a link to the pseudo-terminal here.")
    var link: String?

    @Option(help: "With --serve: TCP port on 127.0.0.1; 0 takes a free one.")
    var port: UInt16 = 0

    @Flag(help: "With --serve: publish the device's samples on the Lab Streaming Layer instead.")
    var lsl = false

    @Flag(help: "With --serve: end when standard input ends.")
    var untilInputEnds = false

    func run(_ session: String, _ device: String, _ options: ReplayOptions, json: Bool) throws {
        var server = try SessionServer(
            folder: session, device: device, options: options, link: link, port: port, publishes: lsl)
        let serving = try Serving(server.announcement, json: json, untilInputEnds: untilInputEnds)
        try server.serve(until: serving.isDone)
    }
}
