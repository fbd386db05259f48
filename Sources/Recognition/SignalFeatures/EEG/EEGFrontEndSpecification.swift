import Glibc

/// All that a front end for EEG depends on beside what is fitted to training data: one value that stands in a model's card.
public struct EEGFrontEndSpecification: Codable, Sendable, Equatable {
    /// What channels are measured against, after the filters.
    public enum Reference: Sendable, Equatable {
        /// As the device measured them.
        case none
        /// The mean of all EEG channels that give numbers.
        case average
        /// One channel, or the mean of several such as both ears; counted from 0.
        case channels([Int])
    }

    /// Of this form; others are refused.
    public static let newestVersion = 1
    public var version = EEGFrontEndSpecification.newestVersion
    /// Samples per second.
    public var rate: Double
    /// All channels of the stream.
    public var channels: Int
    /// Edges of the band, Hz.
    public var lowest_Hz: Double
    public var highest_Hz: Double
    /// Frequency of the mains; nil for no notches.
    public var line_Hz: Double?
    /// Notches at so many multiples of the line, itself included, as far as they lie below half the rate.
    public var lineMultiples = 3
    public var notchQuality = 30.0
    public var reference = Reference.none
    /// EOG and EMG channels, counted from 0, ascending: they are regressed out of the others and have no features.
    public var auxiliary: [Int] = []
    /// Samples of a window, a power of two.
    public var window: Int
    public var limits = ArtefactLimits()
    /// Standard deviations at which a feature is cut before the kernel.
    public var largest = 6.0
    /// Of the kernel PCA: outputs; 0 to go without.
    public var components = 30
    public var degree = 3
    /// nil for one over the number of features.
    public var gamma: Double?
    public var coef0 = 1.0
    /// Frames of the training that the kernel is taken with, at most: bounds memory and time, live and in training.
    public var landmarks = 256
    /// 0 for none, 1 for slopes, 2 for slopes and their slopes.
    public var slopes = 2
    /// Whether the last output is the share of channels that are masked.
    public var tellsMask = true
    /// Reads the sound's envelope from the channels' moving averages, in place of kernel and features; nil for none.
    public var decoder: EnvelopeDecoder.Specification?

    /// The front end of the preset `krishna`: 0.1 … 70 Hz, five features a channel in windows of about 128 ms, 30 components, 90 with slopes.
    ///
    /// - Source: G. Krishna et al., arXiv:2103.00383, section 3. Window, number of components and slopes are ours.
    /// - Parameters:
    ///   - rate: samples per second, at least 50.
    ///   - line: frequency of the mains; nil for no notches.
    public static func krishna(channels: Int, rate: Double, line: Double? = 50) -> EEGFrontEndSpecification {
        EEGFrontEndSpecification(channels: channels, rate: rate, line: line)
    }

    /// The front end of the preset `envelope`: 1 … 15 Hz, from which a linear decoder reads how loud the sound was a quarter of a second ago.
    public static func envelope(channels: Int, rate: Double, line: Double? = 50) -> EEGFrontEndSpecification {
        var specification = EEGFrontEndSpecification(channels: channels, rate: rate, line: line)
        (specification.lowest_Hz, specification.highest_Hz) = (1, min(15, 0.45 * rate))
        specification.window = max(8, specification.window / 4)
        (specification.components, specification.slopes) = (0, 0)
        specification.decoder = EnvelopeDecoder.Specification()
        return specification
    }

    private init(channels: Int, rate: Double, line: Double?) {
        (self.channels, self.rate, line_Hz) = (channels, rate, line)
        (lowest_Hz, highest_Hz) = (0.1, min(70, 0.45 * rate))
        let exponent = rate > 0 && rate.isFinite ? log2(0.128 * rate).rounded() : 0
        window = 1 << Int(max(3, min(14, exponent)))
    }

    /// Frames a second, on the grid of the recogniser.
    public static let frameRate = 100.0

    /// As people count them.
    private static func counted(_ channels: [Int]) -> String {
        channels.map { "\($0 &+ 1)" }.joined(separator: ", ") + " (counted from 1)"
    }

    /// Channels that have features, in order.
    public var featureChannels: [Int] { (0..<channels).filter { !auxiliary.contains($0) } }
    /// Values of one frame before the projection: five for each feature channel, then a mask for each, 1 for bad.
    public var rawFeatures: Int { (channels - auxiliary.count) * (WindowFeatures.count + 1) }
    /// Features that the kernel takes.
    public var kernelFeatures: Int { (channels - auxiliary.count) * WindowFeatures.count }
    /// Values of one frame for the network.
    public var outputs: Int { projected * (1 + slopes) + (tellsMask ? 1 : 0) }
    /// Values of one frame before slopes and mask.
    var projected: Int { decoder != nil ? EnvelopeDecoder.outputs : components > 0 ? components : kernelFeatures }
    /// Frames by which slopes come late.
    public var slopeDelay: Int { 2 * slopes }
    /// Frames by which all of it comes late.
    public var delay: Int { slopeDelay + (decoder?.delay ?? 0) }

    /// The same channels and windows, and nothing behind them.
    package var withoutKernel: EEGFrontEndSpecification {
        var copy = self
        (copy.components, copy.decoder) = (0, nil)
        return copy
    }

    /// What is wrong with it; nil when a front end can be made.
    public var problem: String? {
        guard version == Self.newestVersion else {
            return "version \(version) of an EEG front end; this program knows version \(Self.newestVersion)"
        }
        guard rate.isFinite, (50...100_000).contains(rate) else { return "an EEG rate of \(rate) Hz; expected 50 … 100,000" }
        guard (1...256).contains(channels) else { return "\(channels) EEG channels; expected 1 … 256" }
        guard lowest_Hz > 0, lowest_Hz < highest_Hz, highest_Hz < rate / 2 else {
            return "a band of \(lowest_Hz) … \(highest_Hz) Hz; expected one between 0 and half the rate"
        }
        if let line_Hz, !(line_Hz >= 10 && line_Hz.isFinite) { return "a mains frequency of \(line_Hz) Hz; expected 50 or 60" }
        guard (1...20).contains(lineMultiples), notchQuality > 0.5, notchQuality <= 1000 else {
            return "notches at \(lineMultiples) multiples with a quality of \(notchQuality); expected 1 … 20, and 0.5 … 1000"
        }
        guard Set(auxiliary).count == auxiliary.count, auxiliary == auxiliary.sorted(), auxiliary.count < channels,
            auxiliary.allSatisfy((0..<channels).contains)
        else { return "auxiliary channels \(Self.counted(auxiliary)), of \(channels)" }
        let features = Set(featureChannels)
        switch reference {
        case .none, .average: break
        case .channels(let list):
            guard !list.isEmpty, Set(list).count == list.count, list.allSatisfy(features.contains) else {
                return "reference channels \(Self.counted(list)) that are no EEG channels"
            }
        }
        guard (8...16_384).contains(window), window & (window - 1) == 0 else {
            return "a window of \(window) samples; expected a power of two from 8 to 16,384"
        }
        guard limits.all.allSatisfy({ $0 > 0 && $0.isFinite }) else { return "limits of artefacts that are not above 0" }
        guard largest > 0, largest.isFinite else { return "features cut at \(largest) standard deviations" }
        guard (0...1024).contains(components), (1...8192).contains(landmarks), components <= landmarks else {
            return "\(components) components of \(landmarks) landmarks"
        }
        guard (1...10).contains(degree), gamma.map({ $0 > 0 && $0.isFinite }) ?? true, coef0 >= 0, coef0.isFinite else {
            return "a kernel of degree \(degree); expected 1 … 10, with gamma above 0"
        }
        if let problem = decoder?.problem { return problem }
        guard decoder == nil || components == 0 else { return "both an envelope decoder and a kernel" }
        guard (0...2).contains(slopes) else { return "slopes of order \(slopes); expected 0 … 2" }
        return nil
    }
}

/// As JSON `"none"`, `"average"`, or a list of channels.
extension EEGFrontEndSpecification.Reference: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let list = try? container.decode([Int].self) {
            self = .channels(list)
            return
        }
        switch try container.decode(String.self) {
        case "none": self = .none
        case "average": self = .average
        case let word:
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "reference “\(word)”; expected none, average or a list of channels")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .none: try container.encode("none")
        case .average: try container.encode("average")
        case .channels(let list): try container.encode(list)
        }
    }
}
