/// Markers of the subject and its stimuli, and what devices told of themselves: "headset started 1", "headset lost 19".
///
/// The two are kept apart in every file. Where a marker is one text, a device's is "device/headset started 1"; BrainVision has the type
/// "device", BIDS the trial type "device", CSV the kind "device", and XDF a stream of its own.
extension Recording.Marker {
    /// What formats call a device's event.
    static let deviceType = "device"

    /// A device told it of itself; it is no marker of the subject or of a stimulus.
    public var isDeviceEvent: Bool { stream == SessionWriter.markersName }

    /// The text for files in which a marker is one text.
    var annotationText: String { isDeviceEvent ? "\(Self.deviceType)/\(text)" : text }

    /// - Parameter annotationText: as another file has it, or one of ours.
    init(time: Double, annotationText text: String, duration: Double = 0) {
        self.init(time: time, text: text, duration: duration)
        let prefix = Self.deviceType + "/"
        guard text.hasPrefix(prefix) else { return }
        let told = String(text.dropFirst(prefix.count))
        guard RecordedSession.event(told, 0) != nil else { return }
        // A moment: the stream of such events has no durations.
        (self.text, self.duration, stream) = (told, 0, SessionWriter.markersName)
    }

    /// A marker that has a type beside its description.
    init(time: Double, type: String, description: String, duration: Double = 0, stream: String? = nil) {
        let text = [type, description].filter { !$0.isEmpty }.joined(separator: "/")
        if stream == nil {
            // Of a file that may be one of ours.
            self.init(time: time, annotationText: text, duration: duration)
        } else {
            self.init(time: time, text: text, duration: duration, stream: stream)
        }
        if !isDeviceEvent, !type.isEmpty { self.type = type }
    }

    /// The description without its type.
    var description: String {
        guard let type, text.hasPrefix(type) else { return text }
        let rest = text.dropFirst(type.count)
        return rest.hasPrefix("/") ? String(rest.dropFirst()) : rest.isEmpty ? "" : text
    }
}

extension Recording {
    /// The recording without what devices told of themselves.
    public var withoutDeviceEvents: Recording {
        var recording = self
        recording.markers.removeAll(where: \.isDeviceEvent)
        return recording
    }
}
