/// What a certificate makes of a recogniser's scores while it runs: a calibrated confidence, and what to do about the word.
public struct CertifiedConfidence: Sendable {
    public let certificate: CalibrationCertificate
    public let thresholds: ActionThresholds

    /// A word's confidence and what costs least.
    public struct Judgement: Sendable, Equatable {
        /// Six decimals, 0.000001 … 0.999999: what the event log tells is what was acted on, on every processor.
        public var confidence: Double
        public var action: ActionThresholds.Action

        public init(confidence: Double, action: ActionThresholds.Action) {
            (self.confidence, self.action) = (confidence, action)
        }
    }

    public init(_ certificate: CalibrationCertificate, _ thresholds: ActionThresholds) {
        (self.certificate, self.thresholds) = (certificate, thresholds)
    }

    /// See ``CalibrationCertificate/readsPosterior``.
    public var readsPosterior: Bool { certificate.readsPosterior }

    private static let least = 1e-6

    /// - Parameter score: as the certificate's own scores were made, 0 … 1.
    /// - Returns: nil for what is no number.
    public func callAsFunction(_ score: Double) -> Judgement? {
        guard !score.isNaN else { return nil }
        let clip = certificate.data.clip ?? 0
        let mapped = certificate.map(Probability.held(min(max(score, clip), 1 - clip)))
        guard !mapped.isNaN else { return nil }
        let confidence = min(max((mapped * 1e6).rounded() / 1e6, Self.least), 1 - Self.least)
        return Judgement(confidence: confidence, action: thresholds.action(at: confidence))
    }
}

extension CalibrationCertificate {
    /// Whether it maps the posterior of a word's evidence, and not what the event log tells of every word.
    public var readsPosterior: Bool { data.scoreColumn == "posterior" }

    /// The file of a certificate: a path may also be the folder that it is in, as a model's.
    public static func file(at path: String) -> String {
        ModelHash.isFolder(path) ? path + "/" + fileName : path
    }

    /// Reads a certificate that a model's words are to be acted on with.
    /// - Parameters:
    ///   - path: the file, or the folder with `certificate.json`.
    ///   - model: file or folder of the model whose scores are mapped.
    /// - Throws: ``ConfidenceError``, with the file, when it cannot be read, is not for this model, or its map turns the order of
    ///   scores round.
    public init(at path: String, for model: String) throws(ConfidenceError) {
        let file = Self.file(at: path)
        try self.init(contentsOf: file)
        do {
            try check(model: model)
            try checkOrder()
        } catch {
            throw error.of(file)
        }
    }

    /// - Throws: ``ConfidenceError`` when it is for another model, or for other scores of this one: a beam search, another language model
    ///   or other weights of it make other scores.
    public func check(model path: String) throws(ConfidenceError) {
        let found = try ModelHash.sha256(of: path)
        let weights = try ModelHash.sha256(ofWeights: path)
        if modelSHA256 == weights, found != weights {
            throw ConfidenceError(
                .certificate(
                    "it maps scores of the model's best path, and the model is read with a beam search (\(ModelHash.decoding.settings)): "
                        + "make one from its scores (`larmor evaluate --scores`, `larmor calibrate fit --model`), or take the search "
                        + "away (`larmor model decoding --remove`)"))
        }
        if modelSHA256 != nil, modelSHA256 != found, ModelHash.hasBeamSearch(path) {
            throw ConfidenceError(
                .mismatch(
                    of: "model, or for another beam search or language model of it", certified: modelSHA256 ?? "", found: found)
            )
        }
        try check(modelSHA256: found)
    }

    /// Larger numbers in a map are no fit of anything.
    private static let largest = 1e6

    /// A surer word must not get the lower confidence.
    /// - Throws: ``ConfidenceError`` with the parameter that turns the order of scores round.
    public func checkOrder() throws(ConfidenceError) {
        func check(_ name: String, _ value: Double, _ range: ClosedRange<Double>, _ expected: String) throws(ConfidenceError) {
            guard !range.contains(value) || value == 0 else { return }
            throw ConfidenceError(.outOfRange(name: "parameters.\(name)", value: value, expected: expected))
        }
        let up = "a number above 0, at most \(Int(Self.largest)): a surer word must get the higher confidence"
        switch map {
        case .identity, .isotonic, .beta: break
        case .llo(let map): try check("gamma", map.gamma, 0...Self.largest, up)
        case .temperature(let t): try check("temperature", t, 0...Self.largest, up)
        case .platt(let slope, _):
            try check(
                "slope", slope, -Self.largest...0,
                "a number below 0, at least −\(Int(Self.largest)): a surer word must get the higher confidence")
        }
    }
}
