import Confidence
import Foundation
import Logging
import Rigs
import Settings

/// The certificates of a rig's stages, by the rig file and the command line.
struct RigCertificates {
    private let rig: Rig
    /// Of the recognisers and of the readouts that name words, in the order of the rig file.
    let models: [String?]
    let readouts: [String?]
    private let options: (model: String?, readout: String?)

    /// - Parameters:
    ///   - model: in place of what the rig file says for the first recogniser.
    ///   - readout: the same for the first readout.
    init(_ rig: Rig, model: String?, readout: String?) {
        self.rig = rig
        options = (model, readout)
        models = rig.modelCertificates(first: model)
        readouts = rig.readoutCertificates(first: readout)
    }

    var files: [String] { (models + readouts).compactMap(\.self).map { CalibrationCertificate.file(at: $0) } }

    /// What would do nothing is refused where the command line asks for it, and told where the rig file does.
    func check(models folders: [String?], readouts readoutFolders: [String?]) throws {
        for (option, key, isUsed) in [
            (options.model, "recognizer", folders.first != nil), (options.readout, "readout", readoutFolders.first != nil),
        ] {
            guard option != nil, !isUsed else { continue }
            throw SettingsError(file: rig.file, line: 0, reason: .missingKey(key, inTable: "the rig"))
        }
        for (option, folder) in [(options.model, folders.first), (options.readout, readoutFolders.first)] {
            guard let option, let folder, folder == nil else { continue }
            throw ConfidenceError(
                .certificate("its stage has no trained model, so there is nothing to calibrate"), file: option)
        }
        let sections =
            zip(rig.recognizers.map { ($0.name, $0.certification) }, zip(models, folders)).map { ("recognizer", $0, $1) }
            + zip(rig.readouts.map { ($0.name, $0.certification) }, zip(readouts, readoutFolders)).map { ("readout", $0, $1) }
        for (kind, (name, section), (certificate, model)) in sections {
            guard let model, certificate == nil else { continue }
            let who = "the \(kind)\(name.map { " “\($0)”" } ?? "")"
            let beside = CalibrationCertificate.file(at: model)
            if FileManager.default.fileExists(atPath: beside) {
                log.notice("\(beside) is not used: \(who) has no certificate in the rig file, and the command line names none")
            }
            if section.truth != nil {
                log.warning("\(who) has no certificate, so its confidences are not compared with “truth”")
            }
        }
    }
}
