extension Rig {
    /// Folders within a session that keep the models of the rig's recognisers and readouts, in their order.
    package var modelFolders: [String] { recognizers.map { Self.folder("model", $0.name) } }
    package var readoutFolders: [String] { readouts.map { Self.folder("readout", $0.name) } }

    static func folder(_ kind: String, _ name: String?) -> String { name.map { "\(kind)-\($0)" } ?? kind }

    /// A folder that a session keeps, so that it can be replayed alone.
    package struct Copy: Sendable, Equatable {
        /// Within the session.
        package var name: String
        package var from: String?
        /// Of the folder's adapters the one that is in use; the others are not the session's.
        package var adapter: String?
    }

    /// What a session keeps of the models.
    package func copies(models: [String?], readouts: [String?], predictors: [String?] = []) -> [Copy] {
        let adapters = recognizers.map(\.adapter)
        return zip(zip(modelFolders, models), adapters).map { Copy(name: $0.0, from: $0.1, adapter: $1) }
            + zip(readoutFolders, readouts).map { Copy(name: $0, from: $1) }
            + zip(predictorFolders, predictors).map { Copy(name: $0, from: $1) }
    }

    /// The same of the certificates of stages that have a model: names of files.
    package func certificateCopies(
        models: [(certificate: String?, model: String?)], readouts: [(certificate: String?, model: String?)], file: String
    ) -> [(name: String, from: String)] {
        (Array(zip(modelCertificateFolders, models)) + Array(zip(readoutCertificateFolders, readouts))).compactMap {
            guard let certificate = $1.certificate, $1.model != nil else { return nil }
            return ($0 + "/" + file, certificate)
        }
    }

    /// Folders of the recognisers' models.
    /// - Parameter first: in place of what the rig file says for the first one.
    public func models(first: String?) -> [String?] {
        recognizers.enumerated().map { $0 == 0 ? first ?? $1.model : $1.model }
    }

    /// Folders of the trained readouts, likewise.
    public func readouts(first: String?) -> [String?] {
        readouts.enumerated().map { $0 == 0 ? first ?? $1.readout : $1.readout }
    }
}
