import Protocols

extension Rig {
    /// How a Cyton is to be set up, from its table of settings.
    func cytonSetup(_ device: Device) throws(RigError) -> CytonSetup {
        try check(
            device,
            known: ["gain", "gains", "off", "lead_off", "test_signal", "auxiliary", "time_stamps", "daisy"])
        let daisy = try choice("daisy", device, CytonSetup.Daisy.self) ?? .automatic
        return CytonSetup(
            gains: try gains(device), off: try channels("off", device),
            leadOff: try channels("lead_off", device),
            testSignal: try choice("test_signal", device, CytonTestSignal.self),
            auxiliary: try choice("auxiliary", device, CytonAuxiliary.self) ?? .accelerometer,
            timeStamps: try boolean("time_stamps", device) ?? false, daisy: daisy)
    }

    private func gains(_ device: Device) throws(RigError) -> [Int] {
        var gains = [try integer("gain", device, in: 1...24, byDefault: 24)]
        if let list = device.settings["gains"] {
            let values = (list.list ?? []).compactMap(\.integer)
            guard values.count == CytonPacket.channels || values.count == 2 * CytonPacket.channels else {
                throw invalid(
                    "gains", "\(list)", device, expected: "a list of eight gains, or of sixteen with a Daisy")
            }
            gains = values
        }
        guard let wrong = gains.first(where: { !CytonScale.gains.contains($0) }) else { return gains }
        throw invalid("gain", "\(wrong)", device, expected: "one of 1, 2, 4, 6, 8, 12, 24")
    }

    /// A list of channels, from 1.
    private func channels(_ key: String, _ device: Device) throws(RigError) -> [Int] {
        guard let setting = device.settings[key] else { return [] }
        let values = (setting.list ?? []).compactMap(\.integer)
        guard let list = setting.list, values.count == list.count,
            values.allSatisfy({ (1...16).contains($0) })
        else { throw invalid(key, "\(setting)", device, expected: "a list of channels from 1 to 16") }
        return values
    }

    private func boolean(_ key: String, _ device: Device) throws(RigError) -> Bool? {
        guard let setting = device.settings[key] else { return nil }
        guard let value = setting.boolean else {
            throw invalid(key, "\(setting)", device, expected: "true or false")
        }
        return value
    }

    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ key: String, _ device: Device, _ type: Choice.Type
    ) throws(RigError) -> Choice? {
        guard let setting = device.settings[key] else { return nil }
        guard let choice = setting.string.flatMap(Choice.init(rawValue:)) else {
            let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw invalid(key, setting.string ?? "\(setting)", device, expected: "one of \(names)")
        }
        return choice
    }
}
