public import Foundation

/// Where the catalog lies unless somebody says otherwise.
public enum CatalogPlace {
    /// `larmor/catalog.sqlite` in the user's folder for caches (XDG Base Directory Specification, version 0.8): the catalog can be
    /// rebuilt from the sessions at any time.
    public static func file(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> String {
        let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? NSHomeDirectory()
        // The specification wants relative paths ignored.
        let caches = environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? home + "/.cache"
        return caches + "/larmor/catalog.sqlite"
    }
}
