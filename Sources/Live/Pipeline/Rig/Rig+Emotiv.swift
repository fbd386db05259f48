import Foundation
import Protocols

extension Rig {
    /// Where the key of an Emotiv dongle is looked for when the rig names no file.
    static let emotivKeyVariable = "LARMOR_EMOTIV_KEY"

    /// The key of a dongle: from the file that `key_file` names, or from the environment. A rig is stored with every session, so a
    /// key never stands in it, and no message repeats what might be one.
    /// - Throws: ``RigError`` when there is none or it is no key.
    func emotivKey(_ device: Device, environment: [String: String] = ProcessInfo.processInfo.environment) throws(RigError)
        -> EmotivKey
    {
        let digits = "32 hexadecimal digits"
        guard device.settings["key"] == nil else {
            throw invalid("key", "…", device, expected: "“key_file” instead, the path of a file: a rig is stored with sessions")
        }
        guard let setting = device.settings["key_file"] else {
            guard let text = environment[Self.emotivKeyVariable] else {
                throw invalid(
                    "key_file", "", device,
                    expected: "the path of a file with the dongle's key, \(digits); or put them in the environment variable "
                        + Self.emotivKeyVariable)
            }
            guard let key = EmotivKey(hexadecimal: text) else {
                throw invalid(Self.emotivKeyVariable, "…", device, expected: digits)
            }
            return key
        }
        guard let path = setting.string, EmotivKey(hexadecimal: path) == nil else {
            throw invalid("key_file", "…", device, expected: "the path of a file with the key, not the key itself")
        }
        guard let data = FileManager.default.contents(atPath: NSString(string: path).expandingTildeInPath) else {
            throw invalid("key_file", path, device, expected: "a file that this user may read")
        }
        guard let key = EmotivKey(hexadecimal: String(decoding: data.prefix(1024), as: UTF8.self)) else {
            throw invalid("key_file", path, device, expected: "a file that holds \(digits) and nothing else")
        }
        return key
    }
}
