import Protocols
import Testing

private struct File: Decodable {
    struct Report: Decodable {
        var hex: String
        var encrypted: String
        var counter: Int
        var counts: [Int]
        var microvolt: [Double]
        var gyroscope: [Int]
        var electrode: String?
        var quality: Int?
        var battery: Double?
    }

    var key: String
    var reports: [Report]
}

struct EmotivCodecTests {
    @Test func `every report of the vectors is read as the page says`() throws {
        let reports = try vectors("emotiv", as: File.self).reports
        #expect(reports.count > 50)
        for vector in reports {
            bytes(hex: vector.hex).withUnsafeBytes { raw in
                #expect(EmotivReport.counter(raw) == UInt64(vector.counter))
                #expect((0..<14).map { EmotivReport.count(raw, electrode: $0) } == vector.counts)
                for (count, microvolt) in zip(vector.counts, vector.microvolt) {
                    let volts = Double(count - EmotivReport.zeroCount) * EmotivReport.voltsPerCount
                    #expect(isClose(volts * 1e6, microvolt))
                }
                #expect((0..<2).map { EmotivReport.gyroscope(raw, axis: $0) } == vector.gyroscope)
                let quality = EmotivReport.quality(raw)
                #expect(quality.map { EmotivReport.electrodes[$0.electrode] } == vector.electrode)
                #expect(quality?.value == vector.quality)
                #expect(EmotivReport.battery(raw) == vector.battery)
            }
        }
    }

    @Test func `every report of the vectors is written as the page says`() throws {
        for vector in try vectors("emotiv", as: File.self).reports {
            let expected = bytes(hex: vector.hex)
            let found = EmotivReport.bytes(
                counter: vector.counter, battery: max(128, expected[0]), counts: vector.counts, quality: vector.quality ?? 0,
                gyroscope: vector.gyroscope)
            #expect(found == expected)
        }
    }

    @Test func `reports are encrypted and decrypted with the vectors' key, as openssl does it`() throws {
        let file = try vectors("emotiv", as: File.self)
        let key = try #require(EmotivKey(hexadecimal: file.key))
        let encrypt = try #require(EmotivCipher(key, .encrypt))
        let decrypt = try #require(EmotivCipher(key, .decrypt))
        for vector in file.reports {
            var report = bytes(hex: vector.hex)
            #expect(report.withUnsafeMutableBytes { encrypt.apply($0) })
            #expect(report == bytes(hex: vector.encrypted))
            #expect(report.withUnsafeMutableBytes { decrypt.apply($0) })
            #expect(report == bytes(hex: vector.hex))
        }
    }

    /// FIPS 197, appendix B.
    @Test func `the cipher is AES-128`() throws {
        let key = try #require(EmotivKey(hexadecimal: "2b7e1516 28aed2a6 abf71588 09cf4f3c"))
        var block = bytes(hex: "3243f6a8885a308d313198a2e0370734")
        let cipher = try #require(EmotivCipher(key, .encrypt))
        #expect(block.withUnsafeMutableBytes { cipher.apply($0) })
        #expect(block == bytes(hex: "3925841d02dc09fbdc118597196a0b32"))
    }

    @Test func `a key is 32 hexadecimal digits, and no text shows it`() throws {
        let key = try #require(EmotivKey(hexadecimal: "00:11:22:33:44:55:66:77 8899aabbccddeeff\r\n"))
        #expect(key == EmotivKey(bytes: (0..<16).map { UInt8($0 * 0x11) }))
        for text in ["", "0011", String(repeating: "g", count: 32), String(repeating: "0", count: 33), "٠٠"] {
            #expect(EmotivKey(hexadecimal: text) == nil)
        }
        var dumped = ""
        dump(key, to: &dumped)
        for text in ["\(key)", String(reflecting: key), dumped, "\([key])"] {
            #expect(!text.contains("17") && !text.contains("11") && text.contains("16 bytes"))
        }
    }

    @Test func `values that do not fit are clipped`() {
        let report = EmotivReport.bytes(
            counter: 5, counts: [-1, 20_000] + [Int](repeating: 8192, count: 12), gyroscope: [-5, 5000])
        report.withUnsafeBytes { raw in
            #expect(EmotivReport.count(raw, electrode: 0) == 0 && EmotivReport.count(raw, electrode: 1) == 16_383)
            #expect(EmotivReport.gyroscope(raw, axis: 0) == 0 && EmotivReport.gyroscope(raw, axis: 1) == 4095)
        }
    }
}
