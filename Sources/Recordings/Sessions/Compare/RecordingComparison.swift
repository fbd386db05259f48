import Foundation

/// Two XDF files stream by stream, paired by their names.
struct RecordingComparison {
    private(set) var difference: SessionDifference?
    private(set) var equalSamples = 0

    /// - Throws: ``SessionError`` when a file cannot be opened or is no XDF.
    init(_ a: String, _ b: String, ignoresStamps: Bool) throws(SessionError) {
        let (left, right) = (try XDFReader(path: a), try XDFReader(path: b))
        let (firstStart, secondStart) = (Self.start(left), Self.start(right))
        for stream in left.streams {
            guard
                let other = right.streams.first(where: { $0.name == stream.name && $0.format == stream.format })
                    ?? right.streams.first(where: { $0.name == stream.name })
            else {
                difference = SessionDifference(field: "stream", stream: stream.name, a: stream.type, b: nil)
                return
            }
            let pair = StreamPair(a: stream, b: other, starts: (firstStart, secondStart), ignoresStamps: ignoresStamps)
            difference = pair.difference()
            equalSamples += difference?.sample ?? (difference == nil ? stream.samples : 0)
            if difference != nil { return }
        }
        for stream in right.streams where !left.streams.contains(where: { $0.name == stream.name }) {
            difference = SessionDifference(field: "stream", stream: stream.name, a: nil, b: stream.type)
            return
        }
    }

    /// The recording's start on the clock of its stamps.
    private static func start(_ reader: XDFReader) -> Double {
        reader.anchor?.monotonic ?? reader.streams.compactMap(\.stamps.first).min() ?? 0
    }
}

private struct StreamPair {
    let a: XDFReader.Stream
    let b: XDFReader.Stream
    let starts: (Double, Double)
    let ignoresStamps: Bool

    func difference() -> SessionDifference? {
        func differs(_ field: String, _ a: String, _ b: String) -> SessionDifference? {
            a == b ? nil : SessionDifference(field: field, stream: self.a.name, a: a, b: b)
        }
        return differs("format", a.format.rawValue, b.format.rawValue) ?? differs("channels", "\(a.channels)", "\(b.channels)")
            ?? differs("rate", "\(a.nominalRate)", "\(b.nominalRate)") ?? firstSample()
            ?? differs("samples", "\(a.samples)", "\(b.samples)")
    }

    /// The first sample whose stamp or value differs, within the common length.
    private func firstSample() -> SessionDifference? {
        let count = min(a.samples, b.samples)
        let value = a.format == .string ? firstText(count) : firstValue(count)
        guard !ignoresStamps else { return value }
        // A rounding of the subtraction is no difference.
        let limit = value?.sample ?? count
        let stamp = (0..<min(limit, count)).first { !(abs(a.stamps[$0] - starts.0 - (b.stamps[$0] - starts.1)) < 5e-10) }
        guard let stamp else { return value }
        return SessionDifference(
            field: "stamp", stream: a.name, sample: stamp, a: seconds(a.stamps[stamp] - starts.0),
            b: seconds(b.stamps[stamp] - starts.1))
    }

    private func firstText(_ count: Int) -> SessionDifference? {
        let scalars = count * a.channels
        guard let place = (0..<scalars).first(where: { a.texts[$0] != b.texts[$0] }) else { return nil }
        return SessionDifference(
            field: "text", stream: a.name, sample: place / a.channels, channel: place % a.channels, a: a.texts[place],
            b: b.texts[place])
    }

    private func firstValue(_ count: Int) -> SessionDifference? {
        let size = a.format.size
        let bytes = count * a.channels * size
        let place = a.values.withBytes { left in
            b.values.withBytes { right in
                guard bytes > 0, let x = left.baseAddress, let y = right.baseAddress, memcmp(x, y, bytes) != 0 else {
                    return Int?.none
                }
                return (0..<bytes).first { left[$0] != right[$0] }
            }
        }
        guard let scalar = place.map({ $0 / size }) else { return nil }
        return SessionDifference(
            field: "value", stream: a.name, sample: scalar / a.channels, channel: scalar % a.channels,
            a: text(a.values, scalar), b: text(b.values, scalar))
    }

    private func text(_ values: XDFValues, _ scalar: Int) -> String {
        // Doubles would say the same of two of them.
        if case .int64 = values { return values.text(scalar) }
        return "\(values[scalar])"
    }

    private func seconds(_ value: Double) -> String { String(format: "%.9f", value) }
}
