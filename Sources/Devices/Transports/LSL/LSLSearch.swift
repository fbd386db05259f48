import Glibc
import Protocols
import Signals

/// Looks for the one stream that a device means.
struct LSLSearch {
    let functions: LSLFunctions
    let port: String
    let waker: Waker?

    /// How long a first search waits for a second stream that fits, too.
    private static let secondLook = 0.3
    private static let slice = 0.25

    /// - Parameter known: the stream that was there before; then the first one that has its shape, and its source where it
    ///   named one, is taken.
    /// - Returns: liblsl's handle, for the caller to destroy.
    /// - Throws: ``TransportError``: absent; unsupported when several streams fit.
    func one(_ query: LSLQuery, seconds: Double, known: LSLStreamHeader?) throws(TransportError) -> OpaquePointer {
        var attended = AttendedTime()
        var found: [OpaquePointer] = []
        while found.isEmpty, attended.seconds < seconds {
            try waker?.checkRunning(port)
            found = attended.add(asked: Self.slice) {
                LSLResolver.find(query, minimum: 1, seconds: Self.slice, functions)
            }
        }
        if known == nil, found.count == 1 {
            found.forEach(functions.destroyStreamInfo)
            found = LSLResolver.find(query, minimum: 2, seconds: Self.secondLook, functions)
        }
        guard !found.isEmpty else {
            throw TransportError(
                .absent, port: port, detail: "no LSL stream fits \(query.text) (searched for \(seconds) s)",
                remedy: "start the program that sends it; `larmor devices` lists the streams that are there",
                errorNumber: ENOENT)
        }
        let headers = found.map { LSLStreamHeader($0, functions) }
        let fits = found.indices.filter { index in
            guard let known else { return true }
            guard let header = headers[index] else { return false }
            return header.hasSameShape(as: known) && (known.sourceID.isEmpty || header.sourceID == known.sourceID)
        }
        defer { for index in found.indices where index != fits.first { functions.destroyStreamInfo(found[index]) } }
        if let known, fits.isEmpty {
            let other = headers.compactMap { $0 }.first
            throw TransportError(
                .protocolViolation, port: port,
                detail: "the stream came back with another shape: \(other.map(Self.shape) ?? "unknown"), expected "
                    + Self.shape(known), remedy: "start the sender as before, or start the run again", errorNumber: ENOENT)
        }
        guard known != nil || fits.count == 1, let first = fits.first else {
            if let first = fits.first { functions.destroyStreamInfo(found[first]) }
            let names = headers.compactMap { $0 }.map { "“\(LSLQuery($0).text)” on \($0.host)" }
            throw TransportError(
                .unsupported, port: port, detail: "\(found.count) LSL streams fit: \(names.joined(separator: ", "))",
                remedy: "say which one with `source_id`, `type` or a predicate such as \"hostname='lab3'\"")
        }
        return found[first]
    }

    private static func shape(_ header: LSLStreamHeader) -> String {
        "\(header.channelCount) channels of \(header.format.name) at \(header.nominalRate) Hz from source “\(header.sourceID)”"
    }
}
