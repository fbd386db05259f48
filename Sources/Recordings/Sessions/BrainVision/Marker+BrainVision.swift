extension Recording.Marker {
    /// Types of markers that the format's programs know.
    private static let types: Set = [
        "Stimulus", "Response", "Comment", "Event", "Optic", "SyncStatus", "Threshold", "Pulse Artifact", "Scanner", "Toggle",
        "Voltage", "Peak", "Bad Interval", "Time 0", BrainVisionMarkers.segment,
    ]

    /// Type and description in a marker file.
    /// - Parameter isOwnFormat: the recording is of a file of this format, whose markers begin with their types.
    func brainVision(isOwnFormat: Bool) -> (type: String, description: String) {
        if isDeviceEvent { return (Self.deviceType, text) }
        if text == Recording.Track.gapText { return ("Bad Interval", text) }
        if let type, text == type || text.hasPrefix(type + "/") { return (type, description) }
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        if parts.count == 2, isOwnFormat || Self.types.contains(parts[0]) { return (parts[0], parts[1]) }
        return Self.types.contains(text) ? (text, "") : ("Comment", text)
    }
}
