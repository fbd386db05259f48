import Foundation
import Glibc
import Signals
import Testing
import Transports

/// Capture devices of ALSA's own file and null plug-ins: real libasound, no card. They deliver as fast as one reads.
@Suite(.serialized) struct ALSATransportTests {
    /// One configuration for the process: libasound reads it when the first device is opened.
    private static let folder: String = {
        let folder = "/tmp/larmor-alsa-\(getpid())"
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let bytes = (0..<96_000).map { UInt8($0 % 251) }
        _ = FileManager.default.createFile(atPath: folder + "/infile.raw", contents: Data(bytes))
        let text = """
            pcm.larmor_file {
                type file
                slave.pcm "null"
                file "/dev/null"
                infile "\(folder)/infile.raw"
                format "raw"
            }
            """
        try? text.write(toFile: folder + "/asound.conf", atomically: true, encoding: .utf8)
        // The list that every suite of this process sets, so that they do not disturb one another; absent files are skipped.
        setenv(
            "ALSA_CONFIG_PATH",
            "/usr/share/alsa/alsa.conf:/tmp/larmor-alsa-\(getpid())/asound.conf:/tmp/larmor-sound-\(getpid())/asound.conf", 1)
        return folder
    }()

    static let hasALSA = FileManager.default.fileExists(atPath: "/usr/share/alsa/alsa.conf")

    @Test(.enabled(if: hasALSA, "needs alsa.conf of libasound2-data"), arguments: ALSATransport.Format.allCases)
    func `each format is negotiated as asked and its bytes come unchanged`(format: ALSATransport.Format) throws {
        _ = Self.folder
        let transport = try ALSATransport("larmor_file", rate: 48_000, channels: 2, format: format)
        defer { transport.close() }
        #expect(transport.format == format && transport.rate == 48_000 && transport.channels == 2)
        #expect(transport.periodFrames > 0 && transport.bufferFrames >= transport.periodFrames)
        try transport.start()
        var got: [UInt8] = []
        let end = HostTime.now() + 2
        while got.count < 2000, HostTime.now() < end { got += try transport.read(format.bytes * 2 * 100, timeout: 0.1).1 }
        #expect(got.count >= 2000 && got.count % (format.bytes * 2) == 0)
        #expect(Array(got.prefix(2000)) == (0..<2000).map { UInt8($0 % 251) })
    }

    @Test(.enabled(if: hasALSA, "needs alsa.conf of libasound2-data"))
    func `closing twice is closing once, and reading after it is an error`() throws {
        _ = Self.folder
        let transport = try ALSATransport("null", rate: 16_000, channels: 1)
        transport.close()
        transport.close()
        #expect(throws: TransportError.self) { _ = try transport.read(timeout: 0.01) }
        #expect(throws: TransportError.self) { try transport.start() }
        #expect(throws: TransportError.self) { try transport.write([1]) }
    }

    @Test(.enabled(if: hasALSA, "needs alsa.conf of libasound2-data"))
    func `a stopped waker ends reading`() throws {
        _ = Self.folder
        let waker = try Waker()
        let transport = try ALSATransport("null", rate: 16_000, channels: 1, waker: waker)
        defer { transport.close() }
        waker.stop()
        var found: TransportError?
        do throws(TransportError) { _ = try transport.read(timeout: 1) } catch { found = error }
        #expect(found?.code == .cancelled)
    }

    @Test(.enabled(if: hasALSA, "needs alsa.conf of libasound2-data"))
    func `a device that is not there is absent, by name`() {
        _ = Self.folder
        let error = openingError { () throws(TransportError) in
            try ALSATransport("hw:CARD=there_is_none", rate: 16_000, channels: 1)
        }
        #expect(error?.port == "hw:CARD=there_is_none")
        #expect(error?.code == .absent)
    }
}
