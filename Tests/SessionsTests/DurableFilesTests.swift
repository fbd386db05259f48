import Sessions
import Testing

@Suite struct DurableFilesTests {
    @Test func `the folder of a path is found whatever its length`() {
        let cases = [
            ("s", ""), ("s/", ""), ("é", ""), ("ss", ""), ("./s", "."), ("a/b", "a"), ("a//b//", "a"), ("/", "/"), ("/s", "/"),
            ("/a/b", "/a"), ("/tmp/é", "/tmp"), ("..", ""), ("", ""),
        ]
        for (path, folder) in cases {
            #expect(parentFolder(of: path) == folder, "\(path)")
        }
    }
}
