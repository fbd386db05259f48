import Foundation
import Glibc
import KnownRecording
import Sessions

// RecorderStand record FOLDER BLOCKS      writes known blocks as fast as it can; after each sync it tells their number (8 bytes)
//                                         on standard output; closes after BLOCKS and tells UInt64.max; may be killed at any moment
// RecorderStand repair FOLDER             repairs
// RecorderStand pace FOLDER BLOCKS        writes BLOCKS blocks with a sync every second of recorded time and tells resident
//                                         memory in bytes after a tenth, after the last block and after closing
// Exit code 3: the folder is in use; 1: another error, which it prints.

func tell(_ value: UInt64) {
    withUnsafeBytes(of: value) { _ = write(1, $0.baseAddress, 8) }
}

func residentBytes() -> Int {
    let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("RssAnon") } ?? ""
    return (Int(line.split(whereSeparator: { !$0.isNumber }).first ?? "") ?? 0) * 1024
}

func record(_ folder: String, _ blocks: Int) throws {
    var known = KnownRecording()
    let writer = try known.makeWriter(folder)
    for number in 0..<blocks {
        try known.append(number, to: writer)
        if number % 10 == 9 {
            try writer.sync()
            tell(UInt64(number + 1))
        }
    }
    try writer.close()
    tell(.max)
}

func pace(_ folder: String, _ blocks: Int) throws {
    var known = KnownRecording()
    let writer = try known.makeWriter(folder)
    for number in 0..<blocks {
        try known.append(number, to: writer)
        if number % 50 == 49 { try writer.sync() }
        if number == blocks / 10 { print(residentBytes()) }
    }
    print(residentBytes())
    try writer.close()
    print(residentBytes())
}

let arguments = Array(CommandLine.arguments.dropFirst())
do {
    switch (arguments.first, arguments.count) {
    case ("record", 3): try record(arguments[1], Int(arguments[2]) ?? 0)
    case ("pace", 3): try pace(arguments[1], Int(arguments[2]) ?? 0)
    case ("repair", 2): _ = try SessionRepair(folder: arguments[1])
    default: exit(64)
    }
} catch let error as SessionError {
    FileHandle.standardError.write(Data("\(error)\n".utf8))
    exit(error.reason == .inUse ? 3 : 1)
}
