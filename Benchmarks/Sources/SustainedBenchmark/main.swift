// Sustained load through the real path: 256 channels at 16 kHz and 8 channels of audio at 48 kHz, 16 bits each, from one RigLink
// device on TCP through the device's thread, its rings and the recorder to the disk.
//
//     SustainedBenchmark LARMOR SECONDS FOLDER
//
// The device is a process of its own, whose CPU is not counted. LARMOR is the built program; `larmor record` runs as people run it.
// Afterwards every value of the wire log is compared with the formula, and the samples in the XDF file are counted. FOLDER is deleted
// at the end unless KEEP=1. One line of JSON.
import Foundation
import Glibc

let arguments = CommandLine.arguments
if arguments.count == 3, arguments[1] == "serve", let seconds = Double(arguments[2]) {
    try SensorBoard(seconds: seconds).serve()
    exit(0)
}
guard arguments.count == 4, let seconds = Double(arguments[2]) else {
    print("usage: SustainedBenchmark LARMOR SECONDS FOLDER")
    exit(64)
}
let folder = arguments[3]
let run = try RecordingRun(larmor: arguments[1], seconds: seconds, folder: folder)
var result = run.result
let found = try RecordedValues(session: run.session)
result["eeg_frames"] = found.frames[0]
result["audio_frames"] = found.frames[1]
result["wire_values_wrong"] = found.wrong
result["missing"] = found.missing
result["xdf_samples"] = found.xdfSamples
let json = try JSONSerialization.data(withJSONObject: result, options: [.sortedKeys])
print(String(decoding: json, as: UTF8.self))
if ProcessInfo.processInfo.environment["KEEP"] == nil { try FileManager.default.removeItem(atPath: folder) }
