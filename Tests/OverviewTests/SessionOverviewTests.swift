import Foundation
import Overview
import Sessions
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// The picture is read back with an XML parser, and what it shows is compared with what was put in.
struct SessionOverviewTests {
    private struct Element {
        var name: String
        var attributes: [String: String]
        var text = ""

        func number(_ key: String) -> Double { attributes[key].flatMap(Double.init) ?? .nan }

        var points: [(x: Double, y: Double)] {
            (attributes["points"] ?? "").split(separator: " ").map { pair in
                let numbers = pair.split(separator: ",").compactMap { Double($0) }
                return (numbers[0], numbers[1])
            }
        }
    }

    private final class Collector: NSObject, XMLParserDelegate {
        var elements: [Element] = []
        private var open: [Int] = []

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String] = [:]
        ) {
            open.append(elements.count)
            elements.append(Element(name: name, attributes: attributes))
        }

        func parser(_ parser: XMLParser, foundCharacters text: String) {
            if let last = open.last { elements[last].text += text }
        }

        func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
            open.removeLast()
        }
    }

    private func draw(_ recording: Recording) throws -> [Element] {
        let collector = Collector()
        let parser = XMLParser(data: Data(SessionOverview(recording, title: "a & b").svg.utf8))
        parser.delegate = collector
        try #require(parser.parse(), "\(parser.parserError.map { "\($0)" } ?? "")")
        return collector.elements
    }

    private func eeg(seconds: Double, channels: Int = 2, _ value: (Double, Int) -> Double) -> Recording.Track {
        let rate = 250.0
        let values = (0..<Int(seconds * rate)).flatMap { frame in
            (0..<channels).map { Float(value(Double(frame) / rate, $0)) }
        }
        return Recording.Track(
            name: "headset.eeg", type: "EEG", labels: (1...channels).map { "E\($0)" },
            units: [String](repeating: "V", count: channels), rate: rate, values: .float32(values))
    }

    private var plotLeft: Double { 150 }
    private var plotRight: Double { 970 }

    @Test func `every stream, channel and marker is named, and the scale bar has the unit`() throws {
        var recording = Recording()
        recording.subject = "S<1>"
        recording.tracks = [eeg(seconds: 10) { 50e-6 * sin(2 * .pi * 10 * $0 + Double($1)) }]
        recording.markers = [.init(time: 3, text: "prompt: yes & no"), .init(time: 7, text: "blink")]
        let texts = try draw(recording).filter { $0.name == "text" }.map(\.text)
        for wanted in ["a & b", "headset.eeg", "E1", "E2", "prompt: yes & no", "blink", "2 × 250 Hz", "100 µV"] {
            #expect(texts.contains(wanted), "\(wanted)")
        }
        #expect(texts.contains { $0.contains("subject S<1>") && $0.contains("no frame lost") })
    }

    @Test func `events of devices have a row and a shape of their own, and no line through the traces`() throws {
        var recording = Recording()
        recording.tracks = [eeg(seconds: 10) { 50e-6 * sin(2 * .pi * 10 * $0 + Double($1)) }]
        recording.markers = [
            .init(time: 0, text: "headset started 1", stream: "events"), .init(time: 3, text: "blink"),
            .init(time: 6, text: "headset lost 19", stream: "events"),
        ]
        let elements = try draw(recording)
        let texts = elements.filter { $0.name == "text" }.map(\.text)
        for wanted in ["markers", "devices", "blink", "headset started 1", "headset lost 19"] {
            #expect(texts.contains(wanted), "\(wanted)")
        }
        // A title stands within what it names.
        let titled = zip(elements, elements.dropFirst()).filter { $0.1.name == "title" }
        func shapes(_ title: String) -> [String] { titled.filter { $0.1.text == title }.map(\.0.name) }
        #expect(shapes("headset lost 19") == ["polyline"] && shapes("blink") == ["line", "line"])
        recording.markers.removeAll { $0.stream != nil }
        #expect(try !draw(recording).contains { $0.text == "devices" })
    }

    @Test func `a trace reaches the extremes of its samples at their time`() throws {
        var recording = Recording()
        // One sample of 100 µV at 4 s on a quiet line, one of −100 µV at 8 s.
        recording.tracks = [
            eeg(seconds: 10, channels: 1) { time, _ in
                time == 4 ? 100e-6 : time == 8 ? -100e-6 : 20e-6 * sin(2 * .pi * 5 * time)
            }
        ]
        let trace = try #require(try draw(recording).first { $0.name == "polyline" }).points
        let top = try #require(trace.min { $0.y < $1.y })
        let bottom = try #require(trace.max { $0.y < $1.y })
        let width = plotRight - plotLeft
        // The last sample is 4 ms before the end of the ten seconds; a column is one unit wide.
        #expect(abs(top.x - (plotLeft + 4 / 9.996 * width)) < 1.5)
        #expect(abs(bottom.x - (plotLeft + 8 / 9.996 * width)) < 1.5)
    }

    @Test func `a gap breaks the trace and the band, at its place and of its length`() throws {
        var track = eeg(seconds: 10, channels: 1) { time, _ in 1e-5 * sin(2 * .pi * 3 * time) }
        // 500 frames, two seconds, are missing before sample 1000.
        track.gaps = [.init(index: 1000, count: 500)]
        var recording = Recording()
        recording.tracks = [track]
        let elements = try draw(recording)
        let width = plotRight - plotLeft
        let length = 2999 / 250.0
        let (first, last) = (plotLeft + 4 / length * width, plotLeft + 6 / length * width)
        let lines = elements.filter { $0.name == "polyline" }.map(\.points)
        #expect(lines.count == 2)
        for point in lines.joined() { #expect(point.x <= first + 1 || point.x >= last - 1) }
        let holes = elements.filter { $0.name == "rect" && $0.attributes["fill"] == "#fbe3e0" }
        #expect(holes.count == 1)
        #expect(abs(holes[0].number("x") - first) < 0.5 && abs(holes[0].number("width") - (last - first)) < 0.5)
        #expect(elements.contains { $0.text.contains("500 frames lost, in 1 gap") })
        #expect(elements.contains { $0.name == "title" && $0.text == "gap of 2.000 s" })
    }

    @Test func `sound becomes a spectrogram within the file, with its frequencies`() throws {
        let rate = 16_000.0
        let values = (0..<32_000).map { Float(0.5 * sin(2 * .pi * 2000 * Double($0) / rate)) }
        var recording = Recording()
        recording.tracks = [
            .init(name: "mic", type: "Audio", labels: ["mono"], units: ["FS"], rate: rate, values: .float32(values))
        ]
        let elements = try draw(recording)
        let image = try #require(elements.first { $0.name == "image" })
        #expect(image.attributes["href"]?.hasPrefix("data:image/png;base64,") == true)
        #expect(image.number("width") == plotRight - plotLeft)
        #expect(["0 kHz", "2 kHz", "8 kHz"].allSatisfy { wanted in elements.contains { $0.text == wanted } })
    }

    @Test(arguments: [0, 1, 2])
    func `recordings without samples, with one and with odd values are drawn all the same`(samples: Int) throws {
        var recording = Recording()
        for (type, rate) in [("EEG", 250.0), ("Audio", 48_000), ("Other", 0)] {
            let values = (0..<samples).map { $0 == 0 ? Float.nan : .infinity }
            recording.tracks.append(
                .init(name: type, type: type, labels: ["x"], units: [""], rate: rate, values: .float32(values)))
        }
        #expect(try !draw(recording).isEmpty)
        #expect(try !draw(Recording()).isEmpty)
    }
}
