import Devices
import Foundation
import Rigs
import Sessions
import Signals
public import Simulators

/// Serves one device of a recorded session as if it were there: on a pseudo-terminal, over TCP, or as an ALSA capture device, so
/// that other programs can be tested with the recording.
public struct SessionServer {
    private enum Way {
        case terminal(SerialSimulator<RecordedFirmware>)
        case network(TCPSimulator<RecordedFirmware>)
        case sound(RecordedMicrophone)
        case outlets(RecordedOutlets)
    }

    private var way: Way
    /// Where the device is: what `larmor simulate` prints.
    public let announcement: SimulatorProcess.Announcement

    /// - Parameters:
    ///   - device: its name in the session.
    ///   - options: which part, how fast, and whether it begins again at its end.
    ///   - link: where a symbolic link to the pseudo-terminal is put.
    ///   - port: TCP port; 0 takes a free one.
    ///   - publishes: puts the device's samples on the Lab Streaming Layer instead of its bytes on its own kind of line.
    /// - Throws: `SessionError` when the session has no such device or no wire log of it, `SimulatorError` or `TransportError` when
    ///   it cannot be served.
    public init(
        folder: String, device name: String, options: ReplayOptions, link: String?, port: UInt16, publishes: Bool = false
    ) throws {
        let manifest = try SessionManifest(folder: folder)
        if publishes {
            let outlets = try RecordedOutlets(folder: folder, device: name, manifest: manifest, options: options)
            way = .outlets(outlets)
            announcement = .init(device: name, address: "lsl:" + outlets.names)
            return
        }
        guard let device = manifest.devices.first(where: { $0.name == name }) else {
            let known = manifest.devices.map(\.name).joined(separator: ", ")
            throw SessionError(
                path: folder,
                reason: .unsupported(
                    known.isEmpty
                        ? "it has no wire log, so no device can be served on its line; --lsl publishes the samples"
                        : "it has no device “\(name)”; its devices are \(known)"))
        }
        let path = folder + "/" + device.wire
        let configuration = try Self.configuration(path)
        let timeline = try RecordedTimeline(path: path, start: manifest.anchor.host, options: options)
        guard let firmware = RecordedFirmware(configuration, timeline: timeline) else {
            guard let sound = configuration.as(ALSAConfiguration.self) else {
                throw SessionError(
                    path: path,
                    reason: .unsupported("a device of this kind has no line of its own; --lsl publishes its samples"))
            }
            let microphone = try RecordedMicrophone(sound, timeline: timeline)
            way = .sound(microphone)
            announcement = microphone.announcement
            return
        }
        if Self.isOnNetwork(configuration, link: link, manifest, name) {
            let server = try TCPSimulator(firmware, port: port)
            way = .network(server)
            announcement = .init(device: name, address: server.address)
        } else {
            let server = try SerialSimulator(firmware, link: link)
            way = .terminal(server)
            announcement = .init(device: name, address: server.address)
        }
    }

    /// Serves until `isDone` says so.
    public mutating func serve(until isDone: () -> Bool) throws {
        switch way {
        case .terminal(var server): try server.serve(until: isDone)
        case .network(let server): server.serve(until: isDone)
        case .sound(let microphone): try microphone.serve(until: isDone)
        case .outlets(let outlets): try outlets.serve(until: isDone)
        }
    }

    /// RDA always is; RigLink where the recorded device was not on a serial port.
    private static func isOnNetwork(
        _ configuration: DecoderConfiguration, link: String?, _ manifest: SessionManifest, _ name: String
    ) -> Bool {
        if let line = configuration.value.unaskedLine { return line.isOnNetwork }
        guard configuration.as(RigLinkConfiguration.self) != nil, link == nil else { return false }
        let rig = try? Rig(text: manifest.rig, file: "session.json", isRecorded: true)
        return !(rig?.device(named: name)?.port?.hasPrefix("/") ?? false)
    }

    private static func configuration(_ path: String) throws -> DecoderConfiguration {
        var reader = try WireLogReader(path: path)
        while let record = reader.next() {
            guard record.kind == .configuration else { continue }
            do {
                return try DecoderConfiguration(json: record.body)
            } catch {
                throw SessionError(
                    path: path, reason: .damaged(offset: 0, expected: "a device's configuration", found: "\(error)"))
            }
        }
        throw SessionError(
            path: path, reason: .damaged(offset: 0, expected: "a device's configuration", found: "a wire log without one"))
    }
}
