import Foundation

/// A file in memory, of this thread alone: what an importer is given to read.
func scratch(_ name: String) -> String {
    let folder = "\(scratchFolder)/\(pthread_self())"
    mkdir(folder, 0o700)
    return folder + "/" + name
}

private let scratchFolder: String = {
    let base = FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()
    let folder = "\(base)/larmor-fuzz-\(getpid())"
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return folder
}()

func write(_ bytes: [UInt8], _ path: String) {
    guard let file = fopen(path, "w") else { fatalError("\(path) cannot be written") }
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
}

/// Calls `body` with a folder that holds the files.
/// - Throws: a finding when it changes one of them, or anything in the folder or beside it.
func inFolder(
    _ files: [(name: String, bytes: [UInt8])], _ body: (String) throws(FuzzFinding) -> Void
) throws(FuzzFinding) {
    let stage = scratch("stage")
    let folder = stage + "/folder"
    try? FileManager.default.removeItem(atPath: stage)
    for path in [stage, folder] { mkdir(path, 0o700) }
    let beside: [UInt8] = [0x56, 0x49, 0x43]
    write(beside, stage + "/victim")
    for (name, bytes) in files { write(bytes, folder + "/" + name) }
    try body(folder)
    func names(_ path: String) -> [String] { (try? FileManager.default.contentsOfDirectory(atPath: path))?.sorted() ?? [] }
    try require(names(stage) == ["folder", "victim"], "beside the folder: \(names(stage))")
    try require(names(folder) == files.map(\.name).sorted(), "in the folder: \(names(folder))")
    for (path, bytes) in files.map({ (folder + "/" + $0.name, $0.bytes) }) + [(stage + "/victim", beside)] {
        try require(FileManager.default.contents(atPath: path).map(Array.init) == bytes, "\(path) was changed")
    }
}

/// Calls `body` with the name of a file that holds the bytes, and that nothing changes.
func onFile(
    _ bytes: UnsafeRawBufferPointer, _ name: String, _ body: (String) throws(FuzzFinding) -> Void
) throws(FuzzFinding) {
    try inFolder([("fuzz." + name, Array(bytes))]) { folder throws(FuzzFinding) in try body(folder + "/fuzz." + name) }
}
