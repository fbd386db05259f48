import Foundation
import Protocols
import Settings
import Transports

extension DeviceKind {
    public static let emotiv = DeviceKind(
        EmotivConfiguration.self,
        usb: [
            .init(vendor: 0x21A1, product: 0x0001, name: "Emotiv EPOC dongle", way: .hid),
            .init(vendor: 0x1234, product: 0xED02, name: "Emotiv EPOC dongle, older", way: .hid),
        ],
        driver: EmotivDriver.init(settings:port:waker:))
}

extension DecoderConfiguration {
    public static func emotiv(_ configuration: EmotivConfiguration) -> Self { .init(configuration) }
}

extension EmotivDriver {
    /// Where the key of a dongle is looked for when the rig names no file.
    static let keyVariable = "LARMOR_EMOTIV_KEY"

    /// - Throws: a setting that a dongle does not have or cannot use, or that there is no key.
    convenience init(settings: DeviceSettings, port: String, waker: Waker) throws(SettingsError) {
        let key = try settings.emotivKey()
        try settings.allow(["key_file"])
        self.init(name: settings.device, port: port, key: key, waker: waker)
    }
}

extension DeviceSettings {
    /// The key of a dongle: from the file that `key_file` names, or from the environment. A rig is stored with every session, so a
    /// key never stands in it, and no message repeats what might be one.
    /// - Throws: when there is none or it is no key.
    fileprivate func emotivKey(environment: [String: String] = ProcessInfo.processInfo.environment) throws(SettingsError)
        -> EmotivKey
    {
        let digits = "32 hexadecimal digits"
        guard self["key"] == nil else {
            throw invalid("key", "…", expected: "“key_file” instead, the path of a file: a rig is stored with sessions")
        }
        guard let setting = self["key_file"] else {
            guard let text = environment[EmotivDriver.keyVariable] else {
                throw invalid(
                    "key_file", "",
                    expected: "the path of a file with the dongle's key, \(digits); or put them in the environment variable "
                        + EmotivDriver.keyVariable)
            }
            guard let key = EmotivKey(hexadecimal: text) else {
                throw invalid(EmotivDriver.keyVariable, "…", expected: digits)
            }
            return key
        }
        guard let path = setting.string, EmotivKey(hexadecimal: path) == nil else {
            throw invalid("key_file", "…", expected: "the path of a file with the key, not the key itself")
        }
        guard let data = FileManager.default.contents(atPath: NSString(string: path).expandingTildeInPath) else {
            throw invalid("key_file", path, expected: "a file that this user may read")
        }
        guard let key = EmotivKey(hexadecimal: String(decoding: data.prefix(1024), as: UTF8.self)) else {
            throw invalid("key_file", path, expected: "a file that holds \(digits) and nothing else")
        }
        return key
    }
}
