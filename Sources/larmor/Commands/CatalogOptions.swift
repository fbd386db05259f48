import Logging
import ArgumentParser
import Catalog
import Foundation

/// Where the catalog is, and how it is brought up to date.
struct CatalogOptions: ParsableArguments {
    @Option(help: "The catalogue's file; by default larmor/catalog.sqlite in the user's cache folder.")
    var catalog: String?

    /// Opens the catalog; where its file cannot be used, one in memory, with a note.
    func open() throws -> SessionCatalog {
        do throws(CatalogError) {
            return try SessionCatalog(path: catalog ?? CatalogPlace.file(), isUsualPlace: catalog == nil)
        } catch {
            return try replacement(error)
        }
    }

    /// Without the file everything is read again, which takes longer and nothing else.
    private func replacement(_ error: CatalogError) throws -> SessionCatalog {
        log.warning("\(error). All sessions are read again for this once")
        return try SessionCatalog(path: nil)
    }

    /// The sessions in some folders, up to date; by a catalogue in memory where the file can be used no more.
    /// - Throws: `ExitCode` 66 for a folder that does not exist, 130 after Ctrl-C.
    func entries(
        _ catalog: SessionCatalog, in folders: [String], _ query: CatalogQuery = CatalogQuery()
    ) throws -> [CatalogEntry] {
        do {
            return try listed(catalog, in: folders, query)
        } catch let error as CatalogError where catalog.path != nil {
            return try listed(replacement(error), in: folders, query)
        }
    }

    private func listed(_ catalog: SessionCatalog, in folders: [String], _ query: CatalogQuery) throws -> [CatalogEntry] {
        var entries: [CatalogEntry] = []
        for folder in folders {
            _ = try refresh(catalog, folder)
            entries += try catalog.sessions(in: folder, query)
        }
        return entries
    }

    func refresh(_ catalog: SessionCatalog, _ folder: String, everything: Bool = false) throws -> SessionCatalog.Refresh {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
            log.warning("\(folder): there is no such folder")
            throw ExitCode(66)
        }
        var progress = ProgressLine("reading sessions")
        let result = try catalog.refresh(folder, everything: everything) { done, of in
            progress.show(Double(done) / Double(max(1, of)), "\(done) of \(of)")
            return !StopRequest.isRequested
        }
        progress.done()
        for text in result.unreadable { log.warning("\(text)") }
        if StopRequest.isRequested { throw StopRequest.exitCode }
        return result
    }
}
