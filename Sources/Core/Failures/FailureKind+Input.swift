import Glibc

extension FailureKind {
    /// Of a file that was to be read, by what stands under its name: ``missingInput`` where nothing does, where it is a folder, or where it
    /// may not be read; otherwise what is wrong lies in the file.
    ///
    /// The one rule for all inputs: a folder in place of a file is no damaged file.
    /// - Parameter otherwise: the kind where it is a file that may be read.
    public static func ofInput(at path: String, otherwise: FailureKind = .badInput) -> FailureKind {
        var status = stat()
        guard stat(path, &status) == 0 else { return .missingInput }
        guard status.st_mode & S_IFMT != S_IFDIR, access(path, R_OK) == 0 else { return .missingInput }
        return otherwise
    }
}
