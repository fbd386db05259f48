import Failures
import Foundation
import Glibc
import Programs
import Signals

/// What a simulated headset plays: channels in microvolt, sample by sample, for ever.
public protocol EEGSource: Sendable {
    /// The next sample: one value per channel in µV; at least one, and always as many.
    mutating func next() -> [Double]
}

/// Known values, for checks of scale and order: channel c of sample k is (k mod `period`) + c · `step`, in µV.
public struct CountingSource: EEGSource {
    private let channels: Int
    private let step: Double
    private let period: Int
    private var sample = 0

    public init(channels: Int, step: Double = 1000, period: Int = 500) {
        self.channels = channels
        self.step = step
        self.period = period
    }

    public mutating func next() -> [Double] {
        defer { sample += 1 }
        return (0..<channels).map { Double(sample % period) + Double($0) * step }
    }
}

/// Noise with the 1/f fall of EEG and a 10 Hz alpha rhythm that comes and goes.
///
/// Three low-pass noises of an octave ladder make the fall; the rhythm's size follows a slow one of its own. Per channel
/// about 10 µV rms of noise and 0–15 µV of alpha.
public struct SyntheticEEG: EEGSource {
    private var random: SplitMix64
    private var states = [[Double]](repeating: [0, 0, 0], count: 8)
    private var alphaSize = 0.0
    private var sample = 0

    public init(seed: UInt64) { random = SplitMix64(seed: seed) }

    public mutating func next() -> [Double] {
        let poles = [0.99, 0.93, 0.6]
        let sizes = [7.0, 5.0, 3.0]
        alphaSize += 0.004 * (random.normal() * 40 - alphaSize)
        let phase = 2 * Double.pi * 10 * Double(sample) / 250
        sample += 1
        return (0..<8).map { channel in
            var value = 0.0
            for k in 0..<3 {
                let drive = (1 - poles[k] * poles[k]).squareRoot()
                states[channel][k] = poles[k] * states[channel][k] + drive * random.normal()
                value += sizes[k] * states[channel][k]
            }
            return value + min(15, abs(alphaSize)) * sin(phase + 0.2 * Double(channel)) * Double(channel + 1)
                / 8
        }
    }
}

/// A recording in the text form of OpenBCI's own program, played from its start, then again.
public struct RecordedEEG: EEGSource {
    /// Frames of eight values in µV.
    public let frames: [[Double]]
    private var position = 0

    /// - Parameter path: text, or text packed with gzip when the name ends with ".gz".
    /// - Throws: ``SimulatorError`` when the file has no samples of eight channels.
    public init(path: String) throws(SimulatorError) {
        guard
            let text = path.hasSuffix(".gz")
                ? Self.unpacked(path) : try? String(contentsOfFile: path, encoding: .utf8)
        else {
            throw SimulatorError(
                "\(path): cannot be read", remedy: "name a recording in OpenBCI's text form", kind: .missingInput)
        }
        frames = text.split(whereSeparator: \.isNewline).compactMap { line in
            guard !line.hasPrefix("%") else { return nil }
            let fields = line.split(separator: ",")
            guard fields.count >= 9 else { return nil }
            let values = fields[1...8].compactMap { Double($0.trimmingCharacters(in: .whitespaces)) }
            return values.count == 8 ? values : nil
        }
        guard !frames.isEmpty else {
            throw SimulatorError(
                "\(path): holds no line with a counter and eight channels",
                remedy: "name a recording of an 8-channel Cyton")
        }
    }

    public mutating func next() -> [Double] {
        defer { position = (position + 1) % frames.count }
        return frames[position]
    }

    private static func unpacked(_ path: String) -> String? {
        guard let program = try? ChildProgram("gzip", ["-dc", "--", path], output: .pipe) else { return nil }
        let bytes = program.readToEnd()
        return program.wait() == .exit(0) ? String(decoding: bytes, as: UTF8.self) : nil
    }
}
