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
