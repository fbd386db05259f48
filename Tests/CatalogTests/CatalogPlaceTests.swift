import Catalog
import Testing

/// After the XDG Base Directory Specification, version 0.8.
struct CatalogPlaceTests {
    @Test func `the catalog lies in the user's folder for caches, a relative one is ignored`() {
        #expect(CatalogPlace.file(["HOME": "/home/a", "XDG_CACHE_HOME": "/big"]) == "/big/larmor/catalog.sqlite")
        #expect(CatalogPlace.file(["HOME": "/home/a"]) == "/home/a/.cache/larmor/catalog.sqlite")
        #expect(CatalogPlace.file(["HOME": "/home/a", "XDG_CACHE_HOME": "x"]) == "/home/a/.cache/larmor/catalog.sqlite")
    }
}
