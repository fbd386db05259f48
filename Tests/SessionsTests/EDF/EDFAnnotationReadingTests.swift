import Foundation
import Sessions
import Testing

/// Annotations and the times of records in files that are composed here.
struct EDFAnnotationReadingTests {
    private func read(_ file: RawEDF) throws -> Recording {
        let scratch = ScratchFolder()
        try file.write(scratch("a.edf"))
        return try Recording(contentsOf: scratch("a.edf"))
    }

    private static func times(_ seconds: [Int]) -> [String] { seconds.map { RawEDF.list("+\($0)") } }

    @Test func `durations are durations, and annotations of one list stay together`() throws {
        var lists = Self.times([0, 1, 2, 3, 4])
        lists[0] += RawEDF.list("+0.5", "0.25", "hello") + RawEDF.list("+0.75", nil, "one", "two")
        let recording = try read(.plus("EDF+C", lists))
        #expect(recording.remarks.isEmpty, "\(recording.remarks)")
        #expect(
            recording.markers == [
                .init(time: 0.5, text: "hello", duration: 0.25), .init(time: 0.75, text: "one"), .init(time: 0.75, text: "two"),
            ])
        #expect(recording.tracks[0].channels == 2 && recording.tracks[0].gaps.isEmpty)
    }

    @Test func `the fraction of the start is in the first record's time`() throws {
        let lists = (0..<5).map { RawEDF.list("+\($0).25") + RawEDF.list("+\($0).75", nil, "m") }
        let recording = try read(.plus("EDF+C", lists))
        #expect(recording.start?.timeIntervalSince1970 == 1_583_143_872.25)
        #expect(recording.markers.map(\.time) == [0.5, 1.5, 2.5, 3.5, 4.5])
    }

    @Test(arguments: ["EDF+D", "EDF+C"])
    func `a pause between records is a gap at its sample`(reserved: String) throws {
        var lists = Self.times([0, 1, 2, 10, 11])
        lists[3] += RawEDF.list("+10.5", nil, "after gap")
        let recording = try read(.plus(reserved, lists))
        #expect(recording.tracks[0].gaps == [.init(index: 300, count: 700)])
        #expect(recording.tracks[0].stamps[299] == 2.99 && recording.tracks[0].stamps[300] == 10)
        #expect(recording.markers == [.init(time: 10.5, text: "after gap")])
        #expect(recording.remarks.isEmpty == (reserved == "EDF+D"), "\(recording.remarks)")
    }

    @Test func `a discontinuous file without a pause has no gap, and records that overlap are told`() throws {
        #expect(try read(.plus("EDF+D", Self.times([0, 1, 2, 3, 4]))).tracks[0].gaps.isEmpty)
        let back = try read(.plus("EDF+D", Self.times([0, 1, 0, 3, 4])))
        #expect(back.tracks[0].gaps.isEmpty && back.remarks.contains { $0.contains("begin before the one before them ends") })
    }

    @Test func `annotations before the start, in Latin-1 and of 900 characters are kept`() throws {
        var file = RawEDF.plus("EDF+C", Self.times([0, 1, 2, 3, 4]).map { $0 })
        file.signals[2].samples = "600"
        let long = String(repeating: "L", count: 900)
        let texts: [[UInt8]] = [
            Array((RawEDF.list("+0") + RawEDF.list("-1.5", nil, "early")).utf8),
            Array(RawEDF.list("+1").utf8) + Array("+1.5\u{14}b".utf8) + [0xF6] + Array("se\u{14}\0".utf8),
            Array((RawEDF.list("+2") + RawEDF.list("+2.5", nil, long)).utf8), Array(RawEDF.list("+3").utf8),
            Array(RawEDF.list("+4").utf8),
        ]
        file.data = zip(RawEDF.plain.data, texts).map { $0 + $1 + [UInt8](repeating: 0, count: 1200 - $1.count) }
        let recording = try read(file)
        #expect(recording.markers.map(\.text) == ["early", "böse", long] && recording.markers.map(\.time) == [-1.5, 1.5, 2.5])
        #expect(recording.remarks.contains { $0.contains("1 annotations are not UTF-8") })
        #expect(recording.remarks.contains { $0.contains("1 annotations lie before the first sample") })
    }

    @Test func `a file of annotations alone has markers and no track`() throws {
        var file = RawEDF.plus("EDF+D", Self.times([0, 6, 20]))
        file.signals.removeFirst(2)
        file.duration = "0"
        file.data = [
            RawEDF.list("+0") + RawEDF.list("+5.5", "0", "Hypopnea"), RawEDF.list("+6") + RawEDF.list("+6", "10", "Apnea"),
            RawEDF.list("+20") + RawEDF.list("+20", nil, "x"),
        ].map { RawEDF.annotations($0) }
        let recording = try read(file)
        #expect(recording.tracks.isEmpty && recording.remarks.isEmpty, "\(recording.remarks)")
        #expect(
            recording.markers == [
                .init(time: 5.5, text: "Hypopnea"), .init(time: 6, text: "Apnea", duration: 10), .init(time: 20, text: "x"),
            ])
    }

    @Test func `in a plain file a signal called as annotations are is one only when its bytes are`() throws {
        var lists = Self.times([0, 1, 2, 3, 4])
        lists[2] += RawEDF.list("+2.5", nil, "hi")
        let annotated = try read(.plus("", lists))
        #expect(annotated.tracks[0].channels == 2 && annotated.markers.map(\.text) == ["hi"] && annotated.remarks.count == 1)
        var numbers = RawEDF.plain
        numbers.signals[1].label = Array("EDF Annotations".utf8)
        let signals = try read(numbers)
        #expect(signals.tracks[0].labels == ["Fp1", "EDF Annotations"] && signals.markers.isEmpty)
        numbers.signals[1].label = Array("EDF Annotations2".utf8)
        numbers.reserved = "EDF+C"
        #expect(try read(numbers).tracks[0].labels == ["Fp1", "EDF Annotations2"])
    }

    @Test func `damaged lists are told, and what can be read of them is`() throws {
        var lists = Self.times([0, 1, 2, 3, 4])
        lists[1] += "rubbish\0" + RawEDF.list("+1.5", nil, "good") + "+1.6\u{14}open"
        let recording = try read(.plus("EDF+C", lists))
        #expect(recording.markers.map(\.text) == ["good", "open"])
        #expect(
            recording.remarks == ["2 lists of annotations are damaged; what could be read of them was"], "\(recording.remarks)")
    }

    @Test func `trigger codes of BDF's Status are markers`() throws {
        let scratch = ScratchFolder()
        try StatusFile.file.write(scratch("a.bdf"))
        let recording = try Recording(contentsOf: scratch("a.bdf"))
        #expect(
            recording.markers == [
                .init(time: 1.5, text: "254", channel: "Status"), .init(time: 3, text: "3", channel: "Status"),
            ])
        let status = try #require(recording.tracks.first).values.doubles.enumerated().filter { $0.offset % 2 == 1 }.map(
            \.element)
        #expect(status == StatusFile.codes.map(Double.init))
    }
}

/// Five seconds at 100 Hz of a signal and of trigger codes; the amplifier's own bits stand above 65,535.
enum StatusFile {
    static let codes: [Int32] = (0..<500).map { frame in
        let base: Int32 = 0x10_0000
        return switch frame {
        case 150..<160: base | 254
        case 300..<310: base | 3
        default: base
        }
    }

    static var file: RawEDF {
        var file = RawEDF.plain
        file.version = [0xFF] + Array("BIOSEMI".utf8)
        file.reserved = "24BIT"
        file.signals[0].label = Array("A1".utf8)
        file.signals[0].physical = ("-262144", "262143")
        file.signals[1].label = Array("Status".utf8)
        file.signals[1].unit = Array("Boolean".utf8)
        file.signals[1].physical = ("-8388608", "8388607")
        for index in 0..<2 { file.signals[index].digital = ("-8388608", "8388607") }
        file.data = (0..<5).map { record in
            let frames = record * 100..<record * 100 + 100
            let first = frames.map { Int32(($0 * 7919) % 100_000 - 50_000) }
            return (first + frames.map { codes[$0] }).flatMap { RawXDF.little($0).prefix(3) }
        }
        return file
    }
}
