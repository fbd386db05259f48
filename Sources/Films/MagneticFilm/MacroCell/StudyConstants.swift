/// Constants of nature with the digits that the study's program uses.
public enum StudyConstants {
    /// J/T.
    public static let bohrMagneton = 9.274_009_15e-24
    /// rad/(s T).
    public static let gyromagneticRatio = 1.76e11
}
