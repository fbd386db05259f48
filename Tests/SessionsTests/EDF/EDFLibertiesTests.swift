import Foundation
import Sessions
import Testing

/// Headers that other programs write and the format does not want: each is read as it was meant, and said.
struct EDFLibertiesTests {
    struct Liberty: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// A part of the remark.
        var remark: String
        var change: @Sendable (inout RawEDF) -> Void

        init(_ name: String, remark: String, _ change: @escaping @Sendable (inout RawEDF) -> Void) {
            testDescription = name
            self.remark = remark
            self.change = change
        }
    }

    static let liberties = [
        Liberty("right-aligned number", remark: "number of records (byte 236): it is not left-aligned") {
            $0.records = "       5"
        },
        Liberty("no date", remark: "start date (byte 168): “00.00.00” is no date") { $0.date = "00.00.00" },
        Liberty("time with colons", remark: "start time (byte 176): “10:11:12” is not written as") { $0.time = "10:11:12" },
        Liberty("Latin-1 unit", remark: "unit of signal 1 (byte 448): it is not ASCII and was read as Latin-1") {
            $0.signals[0].unit = [0xB5, 0x56]
        },
        Liberty("Shift JIS unit", remark: "read as Shift JIS") { $0.signals[0].unit = [0x83, 0xCA, 0x56] },
        Liberty("Latin-1 patient", remark: "patient (byte 8): it is not ASCII and was read as Latin-1") {
            $0.patient = Array("X M 01-JAN-1990 Andr".utf8) + [0xE8]
        },
        Liberty("NUL in the patient", remark: "patient (byte 8): it has control characters") {
            $0.patient = Array("Doe\0\0\0".utf8)
        },
        Liberty("EDF+C without annotations", remark: "it says EDF+C, and has no signal “EDF Annotations”") {
            $0.reserved = "EDF+C"
        },
        Liberty("duration 0", remark: "duration of a record (byte 244): it is 0; a second was taken") { $0.duration = "0" },
        Liberty("wrong size of the header", remark: "number of bytes in the header (byte 184)") { $0.headerSize = "256" },
        Liberty("decimal comma", remark: "physical maximum of signal 1 (byte 480): “1000,0” has a comma") {
            $0.signals[0].physical.1 = "1000,0"
        },
        Liberty("never closed", remark: "its recorder did not close it; 5 whole ones were read") { $0.records = "-1" },
        Liberty("number of records is a word", remark: "number of records (byte 236): it is none") { $0.records = "many" },
    ]

    @Test(arguments: liberties)
    func `a careless header gives the values of a careful one and a remark`(liberty: Liberty) throws {
        let scratch = ScratchFolder()
        var file = RawEDF.plain
        liberty.change(&file)
        try file.write(scratch("a.edf"))
        let recording = try Recording(contentsOf: scratch("a.edf"))
        let track = try #require(recording.tracks.first)
        #expect(recording.remarks.contains { $0.contains(liberty.remark) }, "\(recording.remarks)")
        #expect(track.labels == ["Fp1", "Cz"] && track.units == ["µV", "µV"] && track.rate == 100 && track.samples == 500)
        let values = track.values.doubles
        #expect((0..<1000).allSatisfy { abs(values[$0] - RawEDF.value($0 / 2, $0 % 2)) < 1e-9 })
        // 2020-03-02T10:11:12Z.
        #expect(recording.start?.timeIntervalSince1970 == 1_583_143_872)
    }

    @Test func `a careful header has no remark`() throws {
        let scratch = ScratchFolder()
        try RawEDF.plain.write(scratch("a.edf"))
        #expect(try Recording(contentsOf: scratch("a.edf")).remarks.isEmpty)
    }

    @Test func `labels and units in UTF-8 or Latin-1 are kept`() throws {
        let scratch = ScratchFolder()
        var file = RawEDF.plain
        file.signals[0].label = Array("Fp1µ".utf8)
        file.signals[1].unit = [0xB0, 0x43]
        try file.write(scratch("a.edf"))
        let track = try #require(try Recording(contentsOf: scratch("a.edf")).tracks.first)
        #expect(track.labels == ["Fp1µ", "Cz"] && track.units == ["µV", "°C"])
    }

    @Test func `an empty physical or digital range counts as 1, as mne reads it`() throws {
        let scratch = ScratchFolder()
        var file = RawEDF.plain
        file.signals[0].physical = ("0", "0")
        file.signals[1].digital = ("5", "5")
        try file.write(scratch("a.edf"))
        let recording = try Recording(contentsOf: scratch("a.edf"))
        #expect(recording.remarks.count == 2, "\(recording.remarks)")
        let values = try #require(recording.tracks.first).values.doubles
        #expect(abs(values[0] - Double(RawEDF.number(0, 0) + 32_768) / 65_535) < 1e-12)
        #expect(values[1] == -1000 + 2000 * Double(RawEDF.number(0, 1) - 5))
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var change: @Sendable (inout RawEDF) -> Void
        init(_ text: String, _ change: @escaping @Sendable (inout RawEDF) -> Void) {
            testDescription = text
            self.change = change
        }
    }

    static let faults = [
        Fault("damaged at byte 252: expected a number as the number of signals, found “two”") { $0.signalCount = "two" },
        Fault("damaged at byte 244: expected a number as the duration of a record, found “nan”") { $0.duration = "nan" },
        Fault("damaged at byte 244: expected seconds as the duration of a record, found “-1.0”") { $0.duration = "-1" },
        Fault("damaged at byte 472: expected a number as the physical minimum of signal 2, found “low”") {
            $0.signals[1].physical.0 = "low"
        },
        Fault(
            "damaged at byte 688: expected a whole number from 0 to 16777216 as the samples in a record of signal 1, found “-1”"
        ) {
            $0.signals[0].samples = "-1"
        },
        Fault("expected the header of 9999 signals") { $0.signalCount = "9999" },
    ]

    @Test(arguments: faults)
    func `a header that cannot be read is refused with the field and its byte`(fault: Fault) throws {
        let scratch = ScratchFolder()
        var file = RawEDF.plain
        fault.change(&file)
        try file.write(scratch("a.edf"))
        let error = #expect(throws: SessionError.self) { try Recording(contentsOf: scratch("a.edf")) }
        #expect(error?.description.contains(fault.testDescription) == true, "\(error?.description ?? "")")
    }
}
