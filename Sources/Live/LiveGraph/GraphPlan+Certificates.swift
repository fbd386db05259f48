package import Confidence
import Rigs
import Settings
import Signals

extension GraphPlan {
    /// What turns the scores of a rig's stages into confidences, in the order of its recognisers and of its readouts that name words; nil
    /// for stages without one.
    package struct Certificates: Sendable {
        package var models: [CalibrationCertificate?]
        package var readouts: [CalibrationCertificate?]

        package init(models: [CalibrationCertificate?] = [], readouts: [CalibrationCertificate?] = []) {
            (self.models, self.readouts) = (models, readouts)
        }

        func model(_ index: Int) -> CalibrationCertificate? { models.indices.contains(index) ? models[index] : nil }
        func readout(_ index: Int) -> CalibrationCertificate? { readouts.indices.contains(index) ? readouts[index] : nil }

        /// Reads the certificates of stages that run, and checks that each is for its stage's model.
        /// - Parameters:
        ///   - models: files of the recognisers' certificates, or the folders that they are in, each with the folder of its model.
        ///   - readouts: the same of the readouts.
        /// - Throws: `ConfidenceError` with the certificate's file.
        package init(
            models: [(certificate: String?, model: String?)], readouts: [(certificate: String?, model: String?)]
        ) throws(ConfidenceError) {
            func read(_ pairs: [(certificate: String?, model: String?)]) throws(ConfidenceError) -> [CalibrationCertificate?] {
                var found: [CalibrationCertificate?] = []
                for (certificate, model) in pairs {
                    guard let certificate, let model else {
                        found.append(nil)
                        continue
                    }
                    found.append(try CalibrationCertificate(at: certificate, for: model))
                }
                return found
            }
            self.init(models: try read(models), readouts: try read(readouts))
        }
    }

    /// A ``DriftStage``.
    package struct Drift: Sendable {
        /// Of the stage whose words are watched.
        package var name: String?
        /// Whether they are a film's words.
        package var isFilm: Bool
        /// Name of the stream of cues.
        package var truth: String
        package var settings: CalibrationMonitor.Settings

        package init(name: String?, isFilm: Bool, truth: String, settings: CalibrationMonitor.Settings) {
            (self.name, self.isFilm, self.truth, self.settings) = (name, isFilm, truth, settings)
        }
    }
}

extension StreamFinder {
    /// What a stage does with the scores of its words; nil without a certificate.
    func certified(
        _ section: Rig.Certification, _ certificate: CalibrationCertificate?, _ line: Int
    ) throws(SettingsError) -> CertifiedConfidence? {
        guard let certificate else { return nil }
        let usual = ActionThresholds.usualCosts
        do throws(ConfidenceError) {
            return CertifiedConfidence(
                certificate,
                try ActionThresholds(
                    costFalse: section.costFalse ?? usual.false, costMiss: section.costMiss ?? usual.miss,
                    costConfirm: section.costConfirm))
        } catch {
            throw SettingsError(file: rig.file, line: line, reason: .unreadable("\(error)"))
        }
    }

    /// Nothing is watched without cues, and without a certificate.
    func drift(
        _ section: Rig.Certification, name: String?, isFilm: Bool, _ line: Int
    ) throws(SettingsError) -> GraphPlan.Drift? {
        guard let truth = section.truth else { return nil }
        // The console is there only when somebody shows prompts; without them nothing is compared.
        if !Rig.isOfConsole(truth) {
            let place = try place(truth, line)
            guard devices[place.device].streams[place.stream].isText else {
                throw invalid("truth", truth, expected: "a stream of texts", line)
            }
        }
        let settings: CalibrationMonitor.Settings
        do throws(ConfidenceError) {
            settings = try CalibrationMonitor.Settings(window: section.driftWindow ?? CalibrationMonitor.Settings.usualWindow)
        } catch {
            throw SettingsError(file: rig.file, line: line, reason: .unreadable("\(error)"))
        }
        return GraphPlan.Drift(name: name, isFilm: isFilm, truth: truth, settings: settings)
    }
}
