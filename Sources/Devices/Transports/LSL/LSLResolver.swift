import Glibc
public import Protocols

/// Finds streams on the network.
public enum LSLResolver {
    private static let most = 256

    /// All streams that answer within a time.
    /// - Throws: ``TransportError`` when liblsl is not installed.
    public static func all(seconds: Double, library: LibLSL? = nil) throws(TransportError) -> [LSLStreamHeader] {
        let functions = try LibLSL.load(or: library).functions
        let found = handles { functions.resolveAll($0, UInt32(most), seconds) }
        defer { found.forEach(functions.destroyStreamInfo) }
        return found.compactMap { LSLStreamHeader($0, functions) }.sorted { ($0.name, $0.sourceID) < ($1.name, $1.sourceID) }
    }

    /// A stream that fits a rule.
    package struct Match: Sendable, Equatable {
        package var header: LSLStreamHeader
        /// Of its outlet: another one when its program is started again.
        package var uid: String
    }

    /// All streams that fit, in the order of their names.
    /// - Parameters:
    ///   - name: pattern for the name, with * and ?; nil for any.
    ///   - seconds: how long answers are waited for.
    /// - Throws: ``TransportError`` when liblsl is not installed.
    package static func matching(
        _ query: LSLQuery, name: String?, seconds: Double = 1.5, library: LibLSL? = nil
    ) throws(TransportError) -> [Match] {
        let functions = try LibLSL.load(or: library).functions
        let found =
            query.isEmpty
            ? handles { functions.resolveAll($0, UInt32(most), seconds) }
            : find(query, minimum: most, seconds: seconds, functions)
        defer { found.forEach(functions.destroyStreamInfo) }
        return found.compactMap { info in
            LSLStreamHeader(info, functions).map { Match(header: $0, uid: functions.text(functions.uid, info)) }
        }
        .filter { match in name.map { fnmatch($0, match.header.name, 0) == 0 } ?? true }
        .sorted { a, b in
            (a.header.name, a.header.type, a.header.sourceID, a.header.host, a.uid)
                < (b.header.name, b.header.type, b.header.sourceID, b.header.host, b.uid)
        }
    }

    /// Streams that fit a query; returns as soon as there are `minimum`.
    /// - Returns: liblsl's handles, for the caller to destroy.
    static func find(
        _ query: LSLQuery, minimum: Int, seconds: Double, _ functions: LSLFunctions
    ) -> [OpaquePointer] {
        handles { functions.resolveByPredicate($0, UInt32(most), query.text, Int32(minimum), seconds) }
    }

    private static func handles(_ resolve: (UnsafeMutablePointer<OpaquePointer?>) -> Int32) -> [OpaquePointer] {
        var buffer = [OpaquePointer?](repeating: nil, count: most)
        let count = buffer.withUnsafeMutableBufferPointer { $0.baseAddress.map(resolve) ?? 0 }
        // A negative number is an error: a predicate that is none finds nothing.
        return buffer.prefix(Int(max(0, count))).compactMap { $0 }
    }
}

extension LSLStreamHeader {
    /// Reads liblsl's description of a stream, with its channels where the handle holds the full one.
    /// - Returns: nil for a format or a number of channels that do not exist.
    init?(_ info: OpaquePointer, _ functions: LSLFunctions) {
        let count = Int(functions.channelCount(info))
        guard let format = UInt8(exactly: functions.channelFormat(info)).flatMap(LSLFormat.init(rawValue:)), count > 0,
            count <= Int(UInt16.max)
        else { return nil }
        let rate = functions.nominalRate(info)
        self.init(
            name: functions.text(functions.name, info), type: functions.text(functions.type, info), format: format,
            channelCount: count, nominalRate: rate.isFinite && rate > 0 ? rate : 0,
            sourceID: functions.text(functions.sourceID, info), host: functions.text(functions.hostName, info))
        guard let root = functions.description(info) else { return }
        let value = { (node: OpaquePointer, name: String) in
            functions.childValue(node, name).map { String(cString: $0) } ?? ""
        }
        if let acquisition = functions.child(root, "acquisition") {
            maker = [value(acquisition, "manufacturer"), value(acquisition, "model")].filter { !$0.isEmpty }
                .joined(separator: " ")
            serialNumber = value(acquisition, "serial_number")
        }
        guard let list = functions.child(root, "channels") else { return }
        var found: [Channel] = []
        var node = functions.child(list, "channel")
        while let channel = node, functions.isEmpty(channel) == 0, found.count <= count {
            found.append(
                Channel(label: value(channel, "label"), unit: value(channel, "unit"), type: value(channel, "type")))
            node = functions.nextSibling(channel, "channel")
        }
        // A list of another length tells of no channel for certain.
        if found.count == count { channels = found }
    }
}
