import Devices
import Settings
package import Transports

/// Devices by rule: a section of a rig file that stands for every device that fits.
extension Rig {
    /// A device that a rule found.
    public struct Match: Sendable, Equatable {
        /// Of the device: the section's name and what the device calls itself.
        public var device: String
        /// Of the section.
        public var section: String
        public var rule: String
        /// What was found, and where, in words for people.
        public var found: String
    }

    /// The rig with a device for each one that its rules fit now, in the place of the section with the rule. A rig without rules stays as it
    /// is.
    /// - Throws: ``SettingsError``; `TransportError` (absent) for a rule that fits nothing.
    package func matched() throws -> Rig {
        var failure: TransportError?
        let rig = try matched { failure = failure ?? $1 }
        if let failure { throw failure }
        return rig
    }

    /// The same without the sections whose rules fit nothing.
    /// - Parameter missing: takes those, each with the reason.
    /// - Throws: ``SettingsError``.
    package func matched(_ missing: (Device, TransportError) -> Void) throws -> Rig {
        guard devices.contains(where: \.isRule) else { return self }
        var rig = self
        rig.devices = []
        for device in devices {
            do {
                let found = try matches(of: device, beside: devices.filter { !$0.isRule } + rig.devices)
                rig.devices += found ?? [device]
            } catch let error as TransportError {
                missing(device, error)
            }
        }
        return rig
    }

    /// The devices that a section's rule fits now; nil for a section without one.
    /// - Parameter others: the devices whose names are taken.
    package func matches(of section: Device, beside others: [Device]) throws -> [Device]? {
        guard section.isRule, let kind = DeviceKind.named(section.driver), let rule = section.settings[DeviceKind.rule] else {
            return nil
        }
        let settings = DeviceSettings(
            section.settings, device: section.name, file: file, line: section.line, lines: section.settingLines)
        let found = try kind.find(settings) ?? []
        guard !found.isEmpty else {
            throw TransportError(
                .absent, port: "match = “\(rule)”",
                detail: "nothing that fits this rule of the device “\(section.name)” is there",
                remedy: "start what sends it; `larmor devices` lists what is there, and --wait-for SECONDS waits for it")
        }
        var taken = Set(others.map { $0.name.lowercased() })
        return found.map { one in
            var device = section
            device.name = Self.name(section.name, one.name, &taken)
            device.settings = one.settings
            device.match = Match(device: device.name, section: section.name, rule: "\(rule)", found: one.text)
            return device
        }
    }

    /// What the rules of a rig have found, in its order.
    public var matches: [Match] { devices.compactMap(\.match) }

    /// A name that no other device has, also where a file system takes upper and lower case for one.
    private static func name(_ section: String, _ found: String, _ taken: inout Set<String>) -> String {
        var own = ""
        for character in found {
            let isFit = isName(String(character)) && character != "-"
            if isFit { own.append(character) } else if !own.hasSuffix("-") { own.append("-") }
        }
        while own.hasSuffix("-") { own.removeLast() }
        while own.hasPrefix("-") { own.removeFirst() }
        let whole = String((own.isEmpty ? section : section + "-" + own).prefix(longestName - 4))
        var name = whole
        var number = 2
        while !taken.insert(name.lowercased()).inserted {
            name = "\(whole)-\(number)"
            number += 1
        }
        return name
    }

    /// - Throws: for a rule beside something that means one device.
    static func checkRule(_ device: Device, _ table: SettingsTable) throws(SettingsError) {
        guard device.isRule else { return }
        for (key, isGiven) in [("port", device.port != nil), ("channels", !device.channelNames.isEmpty)] where isGiven {
            throw table.invalid(key, "given beside a rule", expected: "no \(key) where “match” may fit several devices")
        }
    }
}

extension Rig.Device {
    /// Whether it has a name, or its rule may find a device of that name.
    func mayBeCalled(_ name: String) -> Bool { name == self.name || isRule && name.hasPrefix(self.name + "-") }

    /// Whether it stands for every device that fits its rule.
    package var isRule: Bool {
        match == nil && settings[DeviceKind.rule] != nil && DeviceKind.named(driver)?.hasRules == true
    }
}
