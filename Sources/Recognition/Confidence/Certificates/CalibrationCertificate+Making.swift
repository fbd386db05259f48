extension CalibrationCertificate {
    /// Fits a map on one part of a table's clusters and reports on the other.
    /// - Parameters:
    ///   - table: the scores, with clusters.
    ///   - method: which map is fitted.
    ///   - level: of boldness-recalibration.
    ///   - prior: probability of calibration before the data, between 0 and 1.
    ///   - split: which clusters are fitted on.
    ///   - date: given, because nothing here reads a clock.
    ///   - program: name and version of the program that makes it.
    ///   - modelSHA256: hash of the model that made the scores; nil takes what the table says, and binds the certificate to none where
    ///     it says nothing.
    ///   - clip: how far scores of 0 and 1 were moved inwards; nil where none were.
    ///   - resamples: draws of clusters for the intervals.
    /// - Throws: ``ConfidenceError`` when the map cannot be fitted, a part has too few rows, or the table is of another model.
    public init(
        _ table: ScoreTable, method: CalibrationMethod, level: Double = 0.95, prior: Double = 0.5, split: Split, date: String,
        program: String, modelSHA256: String? = nil, clip: Double? = nil, resamples: Int = 400
    ) throws(ConfidenceError) {
        if let modelSHA256, let found = table.modelSHA256, modelSHA256 != found {
            throw ConfidenceError(.otherModel(named: modelSHA256, found: found))
        }
        let rows = try split.parts(of: table)
        let fitSet = table.set.rows(rows.fit)
        let reportSet = table.set.rows(rows.report)
        // Whichever method: the fitting part must be one that can be calibrated, and its effective size is told.
        let assessment = try CalibrationAssessment(fitSet, prior: prior)
        map =
            try method == .boldness
            ? .llo(BoldnessRecalibration(assessment, level: level).map) : method.fitted(to: fitSet, level: level, prior: prior)
        self.method = method
        self.level = method == .boldness ? level : nil
        self.prior = prior
        self.date = date
        self.program = program
        data = Data(
            sha256: table.sha256, scoreColumn: table.columns.score, outcomeColumn: table.columns.outcome,
            clusterColumn: table.columns.cluster, clip: clip)
        self.modelSHA256 = modelSHA256 ?? table.modelSHA256
        self.split = split
        fit = Part(
            rows: fitSet.count, clusters: assessment.clusters, effectiveRows: assessment.effectiveCount)
        let mapped = map.applied(to: reportSet)
        // A reporting part of few or separable rows has measures, but no posterior.
        let before = try? CalibrationAssessment(reportSet, prior: prior)
        let after = try? CalibrationAssessment(mapped, prior: prior)
        report = Part(
            rows: reportSet.count, clusters: reportSet.clusters == nil ? nil : reportSet.clusterCount,
            effectiveRows: before?.effectiveCount
                ?? Double(reportSet.clusters == nil ? reportSet.count : reportSet.clusterCount))
        posterior = Comparison(raw: before?.posterior, calibrated: after?.posterior)
        raw = Self.measures(reportSet, resamples)
        calibrated = Self.measures(mapped, resamples)
    }

    private static func measures(_ set: ScoreSet, _ resamples: Int) -> [String: Measure] {
        let values = numbers(set)
        // Those that PAV or bins fit to the rows.
        let centres = zip(measureNames, values).map { name, value in
            name.hasPrefix("ece") || name == "miscalibration" || name == "discrimination" ? value : .nan
        }
        let intervals = ClusterBootstrap.intervals(set, resamples: resamples, centres: centres, numbers)
        var result: [String: Measure] = [:]
        for (index, name) in measureNames.enumerated() where values[index].isFinite {
            result[name] = Measure(
                value: values[index], low: intervals[index].map { max(0, $0.lowerBound) }, high: intervals[index]?.upperBound)
        }
        return result
    }

    /// In the order of ``measureNames``.
    private static func numbers(_ set: ScoreSet) -> [Double] {
        let all = CalibrationMeasures(set)
        return [
            all.brier, all.logLoss, all.miscalibration, all.discrimination, all.eceEqualWidth, all.eceEqualCount,
            all.auc ?? .nan,
            all.standardDeviation,
        ]
    }
}
