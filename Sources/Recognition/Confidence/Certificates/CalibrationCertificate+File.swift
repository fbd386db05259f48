import Foundation
import Origin
import Outputs

extension CalibrationCertificate {
    /// Name of the file beside a model.
    public static let fileName = "certificate.json"
    private static let format = "larmor calibration certificate"
    private static let version = 1
    /// Larger files are refused; an isotonic map of a million knots has half of it.
    private static let bytesMax = 64 << 20

    /// The form on the disk: one JSON object, keys in snake_case.
    private struct Stored: Codable {
        var format: String
        var version: Int
        var method: String
        var parameters: [String: [Double]]
        /// Percent.
        var levelPercent: Double?
        var prior: Double
        var date: String
        var program: String
        var data: Data
        var modelSha256: String?
        var split: Split
        var fit: Part
        var report: Report
    }

    private struct Report: Codable {
        var rows: Int
        var clusters: Int?
        var effectiveRows: Double
        var posterior: Comparison<Double?>
        var raw: [String: Measure]
        var calibrated: [String: Measure]
    }

    /// The file's bytes.
    public func json() throws(ConfidenceError) -> [UInt8] {
        let stored = Stored(
            format: Self.format, version: Self.version, method: method.rawValue, parameters: map.parameters,
            levelPercent: level.map { ($0 * 1e10).rounded() / 1e8 },
            prior: prior, date: date, program: program, data: data, modelSha256: modelSHA256, split: split, fit: fit,
            report: Report(
                rows: report.rows, clusters: report.clusters, effectiveRows: report.effectiveRows, posterior: posterior,
                raw: raw,
                calibrated: calibrated))
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(stored)) + [0x0A]
        } catch {
            throw ConfidenceError(.certificate("it has a number that is not finite"))
        }
    }

    /// - Throws: ``ConfidenceError`` with the field that is wrong.
    public init(json bytes: [UInt8]) throws(ConfidenceError) {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let stored: Stored
        do {
            stored = try decoder.decode(Stored.self, from: Foundation.Data(bytes))
        } catch let error as DecodingError {
            throw ConfidenceError(.certificate("it is no calibration certificate: " + Self.text(error)))
        } catch {
            throw ConfidenceError(.certificate("it is no calibration certificate: it is no JSON object"))
        }
        guard stored.format == Self.format, stored.version == Self.version else {
            throw ConfidenceError(
                .certificate(
                    "its form is “\(Found.text(stored.format))” \(stored.version), expected “\(Self.format)” \(Self.version)"))
        }
        guard let method = CalibrationMethod(rawValue: stored.method) else {
            let known = CalibrationMethod.allCases.map(\.rawValue).joined(separator: ", ")
            throw ConfidenceError(.certificate("method is “\(Found.text(stored.method))”, expected one of \(known)"))
        }
        func within(_ name: String, _ value: Double?) throws(ConfidenceError) {
            guard let value, !(value > 0 && value < 1) else { return }
            throw ConfidenceError(.outOfRange(name: name, value: value, expected: "a number between 0 and 1"))
        }
        try within("level_percent / 100", stored.levelPercent.map { $0 / 100 })
        try within("prior", stored.prior)
        try within("split.share", stored.split.share)
        for (name, part) in [("fit", stored.fit.rows), ("report", stored.report.rows)] where part < 1 {
            throw ConfidenceError(.outOfRange(name: "\(name).rows", value: Double(part), expected: "at least 1"))
        }
        try Self.check(stored.split)
        map = try CalibrationMap(method, parameters: stored.parameters)
        self.method = method
        (level, prior, date, program) = (stored.levelPercent.map { $0 / 100 }, stored.prior, stored.date, stored.program)
        (data, modelSHA256, split, fit) = (stored.data, stored.modelSha256, stored.split, stored.fit)
        report = Part(rows: stored.report.rows, clusters: stored.report.clusters, effectiveRows: stored.report.effectiveRows)
        (posterior, raw, calibrated) = (stored.report.posterior, stored.report.raw, stored.report.calibrated)
    }

    /// Rows belong to a part by a column's values, or by a division of so large a share.
    private static func check(_ split: Split) throws(ConfidenceError) {
        switch (split.column, split.seed, split.share) {
        case (let column?, nil, nil) where !column.isEmpty: break
        case (nil, _?, _?): break
        default: throw ConfidenceError(.certificate("split must have a column, or a seed and a share, and not both"))
        }
    }

    /// Reads a certificate.
    /// - Throws: ``ConfidenceError`` with the file and what is wrong.
    public init(contentsOf path: String) throws(ConfidenceError) {
        let bytes: [UInt8]
        do {
            bytes = try ByteFile.bytes(of: path, atMost: Self.bytesMax)
        } catch {
            throw ConfidenceError(error)
        }
        do {
            try self.init(json: bytes)
        } catch {
            throw error.of(path)
        }
    }

    /// Writes it as JSON.
    /// - Throws: ``ConfidenceError`` when it cannot be written.
    public func write(to path: String) throws(ConfidenceError) {
        let bytes = try json()
        do throws(OutputError) {
            try OutputFile.write([UInt8](bytes), to: path)
        } catch {
            throw ConfidenceError(.notWritten(error.cause), file: path)
        }
    }

    private static func text(_ error: DecodingError) -> String {
        func place(_ context: DecodingError.Context, _ last: String? = nil) -> String {
            Found.text((context.codingPath.map(\.stringValue) + [last].compactMap { $0 }).joined(separator: "."))
        }
        switch error {
        case .keyNotFound(let key, let context): return "\(place(context, key.stringValue)) is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context): return "\(place(context)) is of another kind"
        case .dataCorrupted(let context):
            return context.codingPath.isEmpty ? "it is no JSON object" : "\(place(context)) cannot be read"
        @unknown default: return "it cannot be read"
        }
    }
}

extension CalibrationMap {
    /// No fit gives larger numbers: such a map would tell right from wrong without an error, which fits refuse.
    private static let largest = 1e12

    /// Numbers by name: one each, or a list of knots.
    var parameters: [String: [Double]] {
        switch self {
        case .identity: [:]
        case .llo(let map): ["delta": [map.delta], "gamma": [map.gamma]]
        case .temperature(let t): ["temperature": [t]]
        case .platt(let slope, let intercept): ["slope": [slope], "intercept": [intercept]]
        case .beta(let a, let b, let c): ["a": [a], "b": [b], "c": [c]]
        case .isotonic(let x, let y): ["x": x, "y": y]
        }
    }

    init(_ method: CalibrationMethod, parameters: [String: [Double]]) throws(ConfidenceError) {
        func number(_ name: String, from least: Double = -Self.largest, to most: Double = Self.largest) throws(ConfidenceError)
            -> Double
        {
            guard let values = parameters[name], values.count == 1, values[0] >= least, values[0] <= most else {
                throw ConfidenceError(.certificate("parameters.\(name) must be one number from \(least) to \(most)"))
            }
            return values[0]
        }
        switch method {
        case .llo, .boldness:
            self = .llo(LogOddsMap(delta: try number("delta", from: 1e-300, to: 1e300), gamma: try number("gamma")))
        case .temperature: self = .temperature(try number("temperature", from: 1 / Self.largest, to: 1e300))
        case .platt: self = .platt(slope: try number("slope"), intercept: try number("intercept"))
        case .beta:
            let (a, b, c) = (try number("a"), try number("b"), try number("c"))
            guard a >= 0, b >= 0 else { throw ConfidenceError(.certificate("parameters.a and .b must be at least 0")) }
            self = .beta(a: a, b: b, c: c)
        case .isotonic:
            guard let x = parameters["x"], let y = parameters["y"], x.count == y.count, !x.isEmpty else {
                throw ConfidenceError(.certificate("parameters.x and .y must be lists of the same length"))
            }
            let grows = zip(x, x.dropFirst()).allSatisfy { $0 < $1 } && zip(y, y.dropFirst()).allSatisfy { $0 <= $1 }
            guard grows, (x + y).allSatisfy({ $0 >= 0 && $0 <= 1 }) else {
                throw ConfidenceError(.certificate("parameters.x must grow, .y must not fall, and both lie in 0 … 1"))
            }
            self = .isotonic(x: x, y: y)
        }
    }
}
