import Devices
import Foundation
import Protocols
import Signals
import Testing

/// The door between stored bytes and decoders.
@Suite struct DecoderConfigurationTests {
    /// As the first release, whose configurations were an enumeration with synthesised coding, wrote them into its wire logs.
    private static let recorded = [
        #"{"alsa":{"_0":{"access":"read","bufferFrames":16000,"channels":1,"format":"S16_LE","name":"microphone","periodFrames":160,"#
            + #""port":"larmor_microphone","rate":16000,"timeStamps":"host"}}}"#,
        #"{"console":{"_0":{"name":"console"}}}"#,
        #"{"cyton":{"_0":{"auxiliary":"accelerometer","firmware":"v3.1.2","gains":[24,24,24,24,24,24,24,24],"name":"headset","#
            + #""serialNumber":"DM00LRMR","timeStamps":false}}}"#,
        #"{"emotiv":{"_0":{"name":"headset"}}}"#,
        #"{"freeeeg32":{"_0":{"frameSize":105,"name":"headset","serialNumber":""}}}"#,
        #"{"lsl":{"_0":{"gapSeconds":0.5,"header":{"channelCount":2,"channels":[],"format":2,"host":"bench","maker":"","#
            + #""name":"bench-clock","nominalRate":50,"serialNumber":"","sourceID":"clock-1","type":"Gaze"},"name":"clock"}}}"#,
        #"{"rda":{"_0":{"name":"amplifier","start":{"names":["Ch1","Ch2","Ch3","Ch4"],"#
            + #""resolutions":[0.0488281,0.0488281,0.0488281,0.0488281],"samplingInterval_us":2000}}}}"#,
        #"{"riglink":{"_0":{"descriptor":{"firmware":"1.0","latency_us":0,"maker":"Larmor","maximumPayload":1024,"#
            + #""model":"example board","queueFrames":16,"serialNumber":"0001","streams":[{"channels":4,"direction":0,"format":2,"#
            + #""kind":"EEG","labelPrefix":"ch","name":"eeg","rate":250,"scale":1.4901161e-08,"unit":"V"},{"channels":8,"#
            + #""direction":1,"format":0,"kind":"Drive","labelPrefix":"cell","name":"drive","rate":0,"scale":1,"unit":"T"},"#
            + #"{"answers":1,"channels":24,"direction":0,"format":0,"kind":"Magnetisation","labelPrefix":"m","name":"state","#
            + #""rate":0,"scale":1,"unit":"1"}],"timing":{"model":"physical","ordering":0,"refreshSteps":0,"stepsPerInput":1,"#
            + #""timeStep_s":0}},"name":"board"}}}"#,
        #"{"thinkgear":{"_0":{"name":"headset","serialNumber":""}}}"#,
    ]

    private func read(_ text: String) throws(ConfigurationError) -> DecoderConfiguration {
        try DecoderConfiguration(json: Array(text.utf8))
    }

    @Test(arguments: recorded)
    func `what the first release stored opens, and is written as it was, byte by byte`(_ text: String) throws {
        let configuration = try read(text)
        #expect(String(decoding: configuration.json, as: UTF8.self) == text)
        #expect(!configuration.makeDecoder().streams.isEmpty)
        #expect(configuration == (try read(text)))
    }

    @Test func `every kind has a recorded form, and one name for its driver and its form`() {
        let names = Self.recorded.compactMap { $0.split(separator: "\"").dropFirst().first.map(String.init) }
        #expect(names.sorted() == DeviceKind.all.map(\.name).sorted())
        #expect(Set(names).count == DeviceKind.all.count)
    }

    @Test(arguments: [
        // What is changed in the recorded form, the field that is named, and what is said to be there.
        ("alsa", #""channels":1,"#, #""channels":0,"#, "channels", "0"),
        ("alsa", #""channels":1,"#, #""channels":1000000000,"#, "channels", "1000000000"),
        ("alsa", #""rate":16000,"#, #""rate":0,"#, "rate", "0"),
        ("alsa", #""rate":16000,"#, #""rate":-16000,"#, "rate", "-16000"),
        ("alsa", #""S16_LE""#, #""S17_LE""#, "format", "S17_LE"),
        ("cyton", "24,24,24,24,24,24,24,24", "", "gains", "0"),
        ("cyton", "24,24,24,24,24,24,24,24", "24,24,24,24,24,24,24,24,24", "gains", "9"),
        ("cyton", "[24,24", "[24,0", "gains[1]", "0"),
        ("cyton", "[24,24", "[24,9223372036854775807", "gains[1]", "9223372036854775807"),
        ("cyton", #""auxiliary":"accelerometer""#, #""auxiliary":"sonar""#, "auxiliary", "sonar"),
        ("freeeeg32", "105", "98", "frameSize", "98"),
        ("freeeeg32", "105", "9223372036854775807", "frameSize", "9223372036854775807"),
        ("freeeeg32", "105", "-1", "frameSize", "-1"),
        ("lsl", #""channelCount":2"#, #""channelCount":0"#, "header.channelCount", "0"),
        ("lsl", #""channelCount":2"#, #""channelCount":-1"#, "header.channelCount", "-1"),
        ("lsl", #""channelCount":2"#, #""channelCount":65536"#, "header.channelCount", "65536"),
        ("lsl", #""nominalRate":50"#, #""nominalRate":-50"#, "header.nominalRate", "-50"),
        ("lsl", #""nominalRate":50"#, #""nominalRate":1e300"#, "header.nominalRate", "1e+300"),
        ("lsl", #""gapSeconds":0.5"#, #""gapSeconds":0"#, "gapSeconds", "0"),
        ("rda", #"["Ch1","Ch2","Ch3","Ch4"]"#, "[]", "start.names", "0"),
        ("rda", "0.0488281,", "", "start.resolutions", "1 numbers"),
        ("rda", "[0.0488281,", "[1e300,", "start.resolutions[0]", "1e+300"),
        ("rda", #""samplingInterval_us":2000"#, #""samplingInterval_us":0"#, "start.samplingInterval_us", "0"),
        ("riglink", #""channels":4"#, #""channels":0"#, "descriptor.streams[0].channels", "0"),
        ("riglink", #""channels":4"#, #""channels":-4"#, "descriptor.streams[0].channels", "-4"),
        ("riglink", #""channels":4"#, #""channels":16382"#, "descriptor.streams[0].channels", "16382"),
        ("riglink", #""channels":4"#, #""channels":9223372036854775807"#, "descriptor.streams[0].channels", "922337203685477"),
        ("riglink", #""rate":250"#, #""rate":1e9"#, "descriptor.streams[0].rate", "1000000000"),
        ("riglink", #""answers":1"#, #""answers":-1"#, "descriptor.streams[2].answers", "-1"),
        ("riglink", #""answers":1"#, #""answers":0"#, "descriptor.streams[2].answers", "0"),
        ("riglink", #""answers":1"#, #""answers":7"#, "descriptor.streams[2].answers", "7"),
        ("riglink", #""unit":"V""#, #""unit":"furlong""#, "descriptor.streams[0].unit", "furlong"),
        ("riglink", #""stepsPerInput":1"#, #""stepsPerInput":0"#, "descriptor.timing.stepsPerInput", "0"),
        ("thinkgear", #""headset""#, #""""#, "name", "0 bytes"),
        ("console", #""name":"console""#, #""title":"console""#, "name", "absent"),
        ("emotiv", #""headset""#, "7", "name", "another type"),
    ])
    func `a field that no device has is named with what was found`(
        kind: String, from: String, to: String, field: String, found: String
    ) throws {
        let text = try #require(Self.recorded.first { $0.hasPrefix("{\"\(kind)\"") })
        #expect(text.contains(from))
        let error = #expect(throws: ConfigurationError.self) { try read(text.replacing(from, with: to)) }
        guard case .invalid(kind: kind, let invalid)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(invalid.field == field)
        #expect(invalid.found.contains(found), "\(invalid)")
        #expect(!invalid.expected.isEmpty && error?.description.contains(field) == true)
    }

    @Test(arguments: [
        "", "{", "null", "7", "[]", "{}", #"{"cyton":{}}"#, #"{"cyton":null}"#, #"{"cyton":{"_0":null}}"#,
        #"{"typewriter":{"_0":{}}}"#,
        #"{"emotiv":{"_0":{"name":"a"}},"console":{"_0":{"name":"b"}}}"#, #"{"emotiv":{"name":"a"}}"#,
    ])
    func `what is no configuration is refused, never a trap`(_ text: String) {
        #expect(throws: ConfigurationError.self) { try read(text) }
    }

    @Test func `brackets within brackets are no way to the end of the stack`() {
        #expect(throws: ConfigurationError.self) { try read(String(repeating: "[", count: 100_000)) }
    }

    @Test func `a configuration of nine megabytes is refused before it is read`() {
        let text = #"{"emotiv":{"_0":{"name":""# + String(repeating: "a", count: 9 << 20) + #""}}}"#
        #expect(throws: ConfigurationError.self) { try read(text) }
    }

    @Test func `an unknown kind is told with those that are known`() {
        let error = #expect(throws: ConfigurationError.self) { try read(#"{"typewriter":{"_0":{}}}"#) }
        #expect(error?.description.contains("“typewriter”") == true && error?.description.contains("cyton, ") == true)
    }

    @Test func `the largest configurations that are taken give decoders of bounded size`() throws {
        let lsl = try #require(Self.recorded.first { $0.hasPrefix("{\"lsl\"") })
        let many = try read(lsl.replacing(#""channelCount":2"#, with: #""channelCount":65535"#)).makeDecoder()
        #expect(many.streams[0].channelCount == 65_535)
        let board = try #require(Self.recorded.first { $0.hasPrefix("{\"riglink\"") })
        // A payload holds 65,536 bytes: 12 of its header, and 16,381 numbers of four.
        let wide = try read(board.replacing(#""channels":4"#, with: #""channels":16381"#)).makeDecoder()
        #expect(wide.streams[0].channelCount == 16_381)
    }

    @Test func `a session of a board with two streams of one name, which the first release took, still opens`() throws {
        let board = try #require(Self.recorded.first { $0.hasPrefix("{\"riglink\"") })
        let decoder = try read(board.replacing(#""name":"state""#, with: #""name":"eeg""#)).makeDecoder()
        #expect(decoder.streams.map(\.name) == ["board.eeg", "board.eeg"])
    }
}
