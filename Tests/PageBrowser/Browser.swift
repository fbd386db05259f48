import Foundation
import PageClient

/// Headless Chromium, driven over its DevTools protocol: what a person would see and do.
public final class Browser {
    /// Where Chromium is; nil without one.
    public static let path = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    public struct Trouble: Error, CustomStringConvertible {
        public var description: String
    }

    private let process = Process()
    private let folder: String
    private var client: PageClient
    private var ids = 0
    /// Errors of scripts that nobody caught, and what was refused by the content policy.
    public private(set) var errors: [String] = []

    /// Opens a window of that size with an empty page in it.
    public init(width: Int = 1440, height: Int = 900, isDark: Bool = false, isTouch: Bool = false) throws {
        guard let path = Self.path else { throw Trouble(description: "no Chromium") }
        folder = NSTemporaryDirectory() + "larmor-browser-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--mute-audio",
            "--remote-debugging-port=0", "--user-data-dir=\(folder)/profile", "--window-size=\(width),\(height)", "about:blank",
        ]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let end = Date().addingTimeInterval(60)
        var port: UInt16?
        while port == nil, Date() < end, process.isRunning {
            usleep(20_000)
            let text = try? String(contentsOfFile: folder + "/profile/DevToolsActivePort", encoding: .utf8)
            port = text?.split(separator: "\n").first.flatMap { UInt16($0) }
        }
        guard let port, let list = PageClient(port: port) else { throw Trouble(description: "Chromium does not start") }
        var place: Substring?
        while place == nil, Date() < end {
            place = list.get("/json/list", port: port)?.text.firstMatch(of: /ws:\/\/127\.0\.0\.1:\d+(\/devtools\/page\/\w+)/)?.1
        }
        guard let place, let client = PageClient(port: port), client.upgrade(String(place), port: port)?.status == 101 else {
            throw Trouble(description: "Chromium has no page")
        }
        self.client = client
        try call("Runtime.enable")
        try call("Page.enable")
        try call("Log.enable")
        try call(
            "Emulation.setDeviceMetricsOverride",
            ["width": width, "height": height, "deviceScaleFactor": 1, "mobile": isTouch])
        try call(
            "Emulation.setEmulatedMedia",
            ["features": [["name": "prefers-color-scheme", "value": isDark ? "dark" : "light"]]])
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// One call of the protocol.
    @discardableResult
    public func call(_ method: String, _ parameters: [String: Any] = [:]) throws -> [String: Any] {
        ids += 1
        let id = ids
        let data = try JSONSerialization.data(withJSONObject: ["id": id, "method": method, "params": parameters])
        client.tell(String(decoding: data, as: UTF8.self))
        while let message = client.message(seconds: 60) {
            guard case .text(let text) = message,
                let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
            else { continue }
            note(object)
            guard object["id"] as? Int == id else { continue }
            if let error = object["error"] { throw Trouble(description: "\(method): \(error)") }
            return object["result"] as? [String: Any] ?? [:]
        }
        throw Trouble(description: "\(method): no answer")
    }

    private func note(_ event: [String: Any]) {
        let parameters = event["params"] as? [String: Any]
        switch event["method"] as? String {
        case "Runtime.exceptionThrown": errors.append("\(parameters?["exceptionDetails"] ?? "")")
        case "Log.entryAdded":
            guard let entry = parameters?["entry"] as? [String: Any], entry["level"] as? String == "error" else { return }
            errors.append("\(entry["text"] ?? "")")
        default: break
        }
    }

    public func open(_ address: String) throws { try call("Page.navigate", ["url": address]) }

    /// The value of an expression; promises are waited for.
    public func value(_ expression: String) throws -> Any? {
        let result = try call(
            "Runtime.evaluate", ["expression": expression, "returnByValue": true, "awaitPromise": true])
        if let details = result["exceptionDetails"] { throw Trouble(description: "\(expression): \(details)") }
        return (result["result"] as? [String: Any])?["value"]
    }

    public func number(_ expression: String) throws -> Double { (try value(expression) as? NSNumber)?.doubleValue ?? .nan }
    public func text(_ expression: String) throws -> String { try value(expression) as? String ?? "" }
    public func isTrue(_ expression: String) throws -> Bool { try value(expression) as? Bool ?? false }

    /// Waits until an expression is true; one that throws is not, yet.
    public func waits(for expression: String, seconds: Double = 30) throws -> Bool {
        let end = Date().addingTimeInterval(seconds)
        repeat {
            if (try? isTrue("(() => { try { return !!(\(expression)); } catch { return false; } })()")) == true { return true }
            usleep(20_000)
        } while Date() < end
        return false
    }

    /// Presses a key, "r" or "Enter".
    public func press(_ key: String) throws {
        let isCharacter = key.count == 1
        let codes = ["Enter": 13, "Escape": 27, "ArrowLeft": 37, "ArrowRight": 39]
        var parameters: [String: Any] = ["type": "keyDown", "key": key]
        if isCharacter { parameters["text"] = key }
        if key == "Enter" { parameters["text"] = "\r" }
        if let code = codes[key] { parameters["windowsVirtualKeyCode"] = code }
        try call("Input.dispatchKeyEvent", parameters)
        parameters["type"] = "keyUp"
        parameters["text"] = nil
        try call("Input.dispatchKeyEvent", parameters)
    }

    /// Writes what is seen to a PNG file.
    public func screenshot(_ path: String) throws {
        let result = try call("Page.captureScreenshot", ["format": "png"])
        guard let data = (result["data"] as? String).flatMap({ Data(base64Encoded: $0) }) else {
            throw Trouble(description: "no picture")
        }
        try data.write(to: URL(fileURLWithPath: path))
    }
}
