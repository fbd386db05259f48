import Foundation
import Signals
import Testing

@Suite struct SampleFormatTests {
    /// Numbers of one format that 32-bit floats would change, and their bytes.
    private static func bytes(_ format: SampleFormat) -> [UInt8] {
        func little<T: FixedWidthInteger>(_ values: [T]) -> [UInt8] {
            values.flatMap { value in withUnsafeBytes(of: value.littleEndian) { Array($0) } }
        }
        return switch format {
        case .float32: little([Float(0.1), .greatestFiniteMagnitude, -1e-38].map(\.bitPattern))
        case .double64: little([0.1, 1e300, -1e-300].map(\.bitPattern))
        case .int8: little([Int8.min, 5, .max])
        case .int16: little([Int16.min, 5, .max])
        case .int32: little([Int32.min, 16_777_217, .max])
        case .int64: little([Int64.min, 9_007_199_254_740_993, .max])
        }
    }

    private static func words(_ bytes: [UInt8]) -> [Float] {
        var words = [Float](repeating: 0, count: (bytes.count + 3) / 4)
        words.withUnsafeMutableBytes { $0.copyBytes(from: bytes) }
        return words
    }

    @Test(arguments: SampleFormat.allCases)
    func `a ring carries every format bit for bit, also across its end`(format: SampleFormat) throws {
        let bytes = Self.bytes(format)
        let words = Self.words(bytes)
        let ring = SampleRing(streams: 1, minimumItems: 4, minimumSamples: 16)
        let scratch = UnsafeMutableBufferPointer<Float>.allocate(capacity: 16)
        defer { scratch.deallocate() }
        for turn in 0..<40 {
            let item = SampleRingItem(
                stream: 0, channels: 3, frames: 1, firstCounter: UInt64(turn), missingBefore: 0,
                hostTime: HostTime(nanoseconds: 5), format: format)
            #expect(item.sampleCount == words.count)
            #expect(words.withUnsafeBufferPointer { ring.write(item, $0) })
            let found = try #require(ring.take(into: scratch))
            let values = SampleValues(found, UnsafeBufferPointer(scratch))
            #expect(values.count == 3 && Array(values.bytes) == bytes)
        }
    }

    @Test func `numbers are read as their format says`() {
        func numbers(_ format: SampleFormat) -> [Double] {
            let item = SampleRingItem(
                stream: 0, channels: 3, frames: 1, firstCounter: 0, missingBefore: 0, hostTime: HostTime(nanoseconds: 5),
                format: format)
            return Self.words(Self.bytes(format)).withUnsafeBufferPointer { words in
                (0..<3).map { SampleValues(item, words)[$0] }
            }
        }
        #expect(numbers(.float32) == [Double(Float(0.1)), Double(Float.greatestFiniteMagnitude), Double(Float(-1e-38))])
        #expect(numbers(.double64) == [0.1, 1e300, -1e-300])
        #expect(numbers(.int8) == [-128, 5, 127] && numbers(.int16) == [-32_768, 5, 32_767])
        #expect(numbers(.int32) == [-2_147_483_648, 16_777_217, 2_147_483_647])
        // The nearest doubles.
        #expect(numbers(.int64) == [-0x1p63, 9_007_199_254_740_992, 0x1p63])
    }

    @Test func `consumers get volts from microvolts, and 32-bit floats in volts without a copy`() {
        func stream(_ own: StreamDescription.OwnUnit?, _ format: SampleFormat) -> StreamDescription {
            StreamDescription(
                name: "a", kind: .eeg, channels: [.init(label: "1", unit: .volt, own: own), .init(label: "2", unit: .volt)],
                nominalRate: 250, device: "", sampleFormat: format)
        }
        let item = SampleRingItem(
            stream: 0, channels: 2, frames: 2, firstCounter: 0, missingBefore: 0, hostTime: HostTime(nanoseconds: 5),
            format: .int16)
        let numbers: [Int16] = [150, 1, -20, -1]
        let words = Self.words(numbers.flatMap { value in withUnsafeBytes(of: value.littleEndian) { Array($0) } })
        var converter = UnitConverter(stream(.init(word: "microvolts", scale: 1e-6), .int16))
        let volts = words.withUnsafeBufferPointer { converter.withFloats(item, $0) { Array($0) } }
        #expect(volts == [150e-6, 1, -20e-6, -1])

        let plain = SampleRingItem(
            stream: 0, channels: 2, frames: 1, firstCounter: 0, missingBefore: 0, hostTime: HostTime(nanoseconds: 5))
        var same = UnitConverter(stream(nil, .float32))
        [Float(3), 4].withUnsafeBufferPointer { words in
            same.withFloats(plain, words) { #expect($0.baseAddress == words.baseAddress && $0.count == 2) }
        }
    }

    @Test func `descriptions of older recordings are of 32-bit floats, new ones come back as they were`() throws {
        let old = """
            {"name":"d.eeg","kind":"EEG","channels":[{"label":"1","unit":"V"}],"nominalRate":250,"device":"x","serialNumber":""}
            """
        let read = try JSONDecoder().decode(StreamDescription.self, from: Data(old.utf8))
        #expect(read.sampleFormat == .float32 && read.channels[0].own == nil && read.channels[0].unitWord == "volts")
        let new = StreamDescription(
            name: "d.eeg", kind: .eeg,
            channels: [.init(label: "1", unit: .volt, own: .init(word: "microvolts", scale: 1e-6))], nominalRate: 250,
            device: "",
            sampleFormat: .int64, longestTextFrame: 99)
        #expect(try JSONDecoder().decode(StreamDescription.self, from: JSONEncoder().encode(new)) == new)
        #expect(new.channels[0].unitWord == "microvolts" && new.channels[0].scale == 1e-6)
    }
}
