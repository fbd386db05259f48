import Confidence

extension FuzzTarget {
    /// CSV files of scores: a table keeps its bounds and stays the same with one more line end; small ones can be assessed.
    public static let scoreTable = FuzzTarget(
        name: "score-table",
        check: { bytes throws(FuzzFinding) in
            let table: ScoreTable
            do throws(ConfidenceError) {
                table = try ScoreTable(bytes: Array(bytes))
            } catch {
                try require(
                    !error.description.unicodeScalars.contains { $0.value < 0x20 }, "a message with control characters")
                return
            }
            let set = table.set
            try require(
                set.count > 0 && set.outcomes.count == set.count && set.scores.allSatisfy { $0 > 0 && $0 < 1 },
                "\(set.count) scores, \(set.outcomes.count) outcomes")
            try require(
                (set.clusters?.allSatisfy { $0 >= 0 && $0 < table.clusterNames.count }) ?? true, "a cluster without a name")
            guard let longer = try? ScoreTable(bytes: Array(bytes) + [0x0A]) else {
                throw FuzzFinding("a line end more and the table is refused")
            }
            try require(
                longer.set.scores == set.scores && longer.set.outcomes == set.outcomes, "a line end more changes the table")
            guard set.count <= 200, let assessment = try? CalibrationAssessment(set) else { return }
            try require(
                assessment.posterior >= 0 && assessment.posterior <= 1 && assessment.map.gamma.isFinite,
                "posterior \(assessment.posterior), γ \(assessment.map.gamma)")
            if let bold = try? BoldnessRecalibration(assessment) {
                try require(bold.posterior >= 0.95 - 1e-6, "a bold map of posterior \(bold.posterior)")
            }
        },
        seeds: {
            [
                "y,x\n1,0.8\n0,0.3\n1,0.4\n0,0.6\n",
                "\u{FEFF}utterance;y;x\r\na;true;0.25\r\n\"b \"\"c\"\"\";FALSE;2.5e-1\r\n",
                "x\ty\tnote\n0.5\t1\t\"two\nlines\"\n",
                "y,x\n" + (0..<40).map { "\($0 % 3 == 0 ? 0 : 1),0.\(10 + $0 * 7 % 89)\n" }.joined(),
            ].map { Array($0.utf8) }
        })

    /// Certificates: what is read has a map without traps, and is the same after writing and reading.
    public static let certificate = FuzzTarget(
        name: "certificate",
        check: { bytes throws(FuzzFinding) in
            guard let certificate = try? CalibrationCertificate(json: Array(bytes)) else { return }
            for x in [0.001, 0.3, 0.5, 0.999] {
                let y = certificate.map(x)
                try require(y >= 0 && y <= 1, "the map of \(x) is \(y)")
            }
            guard let json = try? certificate.json(), let again = try? CalibrationCertificate(json: json) else {
                throw FuzzFinding("what was read cannot be written and read")
            }
            try require(again.map == certificate.map && again.split == certificate.split, "writing changes it")
        },
        seeds: {
            let scores = (0..<60).map { 0.1 + Double($0 * 37 % 60) / 75 }
            let text =
                "y,x\n"
                + scores.enumerated().map { "\($0.offset * 7 % 10 < Int($0.element * 10) ? 1 : 0),\($0.element)\n" }.joined()
            guard let table = try? ScoreTable(bytes: Array(text.utf8)) else { return [] }
            return CalibrationMethod.allCases.compactMap { method in
                try? CalibrationCertificate(
                    table, method: method, level: 0.8, split: .init(seed: 1, share: 0.5), date: "2026-11-29", program: "larmor",
                    modelSHA256: method == .llo ? "abc" : nil, resamples: 2
                ).json()
            }
        })
}
