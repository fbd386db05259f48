import LSLStand
import Testing
import Transports

@Suite struct LibLSLTests {
    @Test func `a library that is not there is told with every place that was searched and what to do`() throws {
        let error = try #require(throws: TransportError.self) {
            try LibLSL(searching: ["liblsl-of-nowhere.so.2", "/nowhere/liblsl.so"])
        }
        #expect(error.code == .missingLibrary)
        #expect(error.detail.contains("liblsl-of-nowhere.so.2") && error.detail.contains("/nowhere/liblsl.so"))
        let remedy = try #require(error.remedy)
        #expect(remedy.contains("github.com/sccn/liblsl") && remedy.contains("LARMOR_LIBLSL"))
    }

    @Test func `a file that the user named is told by the variable that names it`() throws {
        let error = try #require(throws: TransportError.self) {
            try LibLSL(searching: ["/nowhere/liblsl.so"], isNamed: true)
        }
        #expect(error.detail.contains("LARMOR_LIBLSL names /nowhere/liblsl.so"))
    }

    @Test func `another library under liblsl's name is refused by the function that it lacks`() throws {
        let error = try #require(throws: TransportError.self) { try LibLSL(searching: ["libc.so.6"]) }
        #expect(error.code == .missingLibrary && error.detail.contains("lsl_library_version"))
    }

    @Test(.enabled(if: LSLStand.isThere, "needs LARMOR_PYTHON with pylsl"))
    func `the library that is there tells its version and its clock`() throws {
        let library = try LibLSL.load()
        #expect(library.version >= 113)
        #expect(library.localClock > 0)
    }
}
