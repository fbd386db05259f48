import Foundation
import Signals

/// What can still be read of a manifest that is damaged, with its bad fields made anew.
struct ManifestSalvage {
    private(set) var manifest: SessionManifest
    /// A line for each field that could not be read: what became of it.
    private(set) var remade: [String] = []

    /// A larger one is no manifest.
    private static let greatestSize = 64 << 20
    /// Fields that every manifest has.
    private static let needed = [
        "anchor", "created", "devices", "files", "format", "larmor", "refusedBytes", "rig", "rigName", "seed", "state",
    ]

    private static let optional = [
        "cuts", "damage", "dateUnknown", "failures", "note", "openHoles", "provenance", "subject",
    ]
    private static let ofDevices: Set = ["driver", "latencyMs", "name", "streams", "wire"]

    /// - Returns: nil where nothing of it can be read.
    /// - Throws: ``SessionError`` where what must be made anew cannot be: there is no recording of Larmor's.
    init?(folder: String) throws(SessionError) {
        guard
            let content = try SessionFile.contents(SessionManifest.fileName, in: folder, limit: Self.greatestSize)
        else { return nil }
        let text = ManifestText(
            String(decoding: content, as: UTF8.self), indent: 2, known: Set(Self.needed + Self.optional))
        let told = text.members
        let made = Result { () throws(SessionError) in try SessionManifest(reconstructing: folder) }
        var base = (try? made.get()) ?? Self.empty
        (base.note, base.damage) = (nil, nil)
        let (devices, files) = (base.devices, base.files)
        let plain = told.filter { !["devices", "files"].contains($0.name) }
        guard let read = ManifestText.value(SessionManifest.self, from: ManifestText.members(of: base), with: plain),
            read.leftOut.count < plain.count
        else { return nil }
        manifest = read.value
        let names = Set(told.map(\.name))
        let missing = Self.needed.filter { !names.contains($0) }
        for name in read.leftOut + missing where !["devices", "files"].contains(name) { lose(name) }
        for name in text.unknown where name != "seal" { lose(field: name) }
        if missing.contains("anchor") || read.leftOut.contains("anchor") { _ = try made.get() }
        if missing.contains("created") || read.leftOut.contains("created") {
            manifest.created = Date(timeIntervalSince1970: (Double(manifest.anchor.utcNanoseconds) * 1e-9).rounded(.down))
        }
        (manifest.devices, manifest.files) = ([], files)
        takeDevices(told.first { $0.name == "devices" }?.value, devices)
        takeFiles(told.first { $0.name == "files" }?.value)
        if remade.isEmpty { remade = ["\(SessionManifest.fileName): it was no JSON any more; all its fields could be read"] }
    }

    private static var empty: SessionManifest {
        SessionManifest(
            larmor: "unknown", created: Date(timeIntervalSince1970: 0),
            anchor: WallClockAnchor(host: HostTime(nanoseconds: 0), utcNanoseconds: 0), seed: 0, subject: nil, note: nil,
            rig: "", rigName: "unknown")
    }

    private mutating func lose(_ name: String) {
        let what =
            switch name {
            case "anchor": "it was made anew from the recording"
            case "created": "it was made anew from the anchor"
            case "format", "state": "it was set anew"
            default: "it is lost"
            }
        remade.append("\(SessionManifest.fileName): “\(name)” cannot be read; \(what)")
    }

    private static let mostUnknown = 20

    /// Of a name that no field has, or a line without a name.
    private mutating func lose(field name: String, of owner: String = "") {
        guard remade.count < Self.mostUnknown else { return }
        remade.append("\(SessionManifest.fileName): “\(name.prefix(80))”\(owner) is no field that can be read; it is lost")
    }

    /// - Parameter found: what recording and wire logs tell.
    private mutating func takeDevices(_ text: String?, _ found: [SessionManifest.Device]) {
        var left = found
        for (index, element) in ManifestText.elements(text ?? "", indent: 4).enumerated() {
            let text = ManifestText(element, indent: 6, known: Self.ofDevices)
            let members = text.members
            func told(_ name: String) -> String? {
                members.first { $0.name == name }.flatMap { ManifestText.value(String.self, of: $0.value) }
            }
            let (name, wire) = (told("name"), told("wire").flatMap { SessionFile.isWireLog($0) ? $0 : nil })
            let place = left.firstIndex { $0.wire == wire } ?? left.firstIndex { $0.name == name }
            let base = place.map { left.remove(at: $0) }
            let usable = members.filter { $0.name != "wire" || wire != nil }
            guard
                let read = ManifestText.value(
                    SessionManifest.Device.self, from: base.map { ManifestText.members(of: $0) } ?? Self.bare(name, wire),
                    with: usable)
            else {
                remade.append("\(SessionManifest.fileName): device \(index + 1) cannot be read; it is lost")
                continue
            }
            manifest.devices.append(read.value)
            let bad =
                read.leftOut + (wire == nil ? ["wire"] : [])
                + ["name", "driver", "streams"].filter { key in
                    !members.contains { $0.name == key }
                }
            let source = base == nil ? "it is lost" : "it was made anew from the recording and the wire log"
            for field in text.unknown { lose(field: field, of: " of the device “\(read.value.name)”") }
            for field in bad {
                remade.append(
                    "\(SessionManifest.fileName): “\(field)” of the device “\(read.value.name)” cannot be read; \(source)")
            }
        }
        for device in left {
            manifest.devices.append(device)
            remade.append(
                "\(SessionManifest.fileName): the device “\(device.name)” cannot be read; it was made anew from the recording and "
                    + "the wire log")
        }
    }

    /// A device of which only its name or its wire log is known.
    private static func bare(_ name: String?, _ wire: String?) -> [String: String] {
        guard let wire = wire ?? name.map({ "wire/\($0).wire" }), SessionFile.isWireLog(wire) else { return [:] }
        let name = name ?? String(wire.dropFirst(5).dropLast(5))
        return ManifestText.members(of: SessionManifest.Device(name: name, driver: "", wire: wire, streams: []))
    }

    private mutating func takeFiles(_ text: String?) {
        var files: [String: SessionManifest.File] = [:]
        let members = ManifestText(text ?? "", indent: 4).members
        for (name, value) in members {
            if SessionFile.isPlain(name), let file = ManifestText.value(SessionManifest.File.self, of: value) {
                files[name] = file
            } else {
                remade.append("\(SessionManifest.fileName): the checksum of “\(name.prefix(80))” cannot be read; it is lost")
            }
        }
        manifest.files = files
        if text == nil || (members.isEmpty && manifest.state == .complete) {
            remade.append("\(SessionManifest.fileName): “files” cannot be read; the checksums are lost")
        }
    }
}
