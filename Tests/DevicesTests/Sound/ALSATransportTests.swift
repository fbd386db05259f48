import Devices
import Foundation
import Glibc
import RealTime
import Signals
import Testing
import Transports

extension Transport {
    /// One read.
    fileprivate func read(_ count: Int = 4096, timeout: Double) throws(TransportError) -> (TransportRead, [UInt8]) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
        defer { buffer.deallocate() }
        let result = try read(into: buffer, timeout: timeout)
        guard case .bytes(let length) = result else { return (result, []) }
        return (result, Array(buffer[0..<length]))
    }
}

extension SoundCardTests {
    /// Capture devices of ALSA's own file and null plug-ins: real libasound, no card. They deliver as fast as one reads.
    @Suite struct ALSATransportTests {
        init() { ALSAFilePlugin.use() }

        static let hasALSA = ALSAFilePlugin.isThere

        @Test(.enabled(if: hasALSA, "needs alsa.conf of libasound2-data"), arguments: ALSATransport.Format.allCases)
        func `each format is negotiated as asked and its bytes come unchanged`(format: ALSATransport.Format) throws {
            let transport = try ALSATransport("larmor_file", rate: 48_000, channels: 2, format: format)
            defer { transport.close() }
            #expect(transport.format == format && transport.rate == 48_000 && transport.channels == 2)
            #expect(transport.periodFrames > 0 && transport.bufferFrames >= transport.periodFrames)
            try transport.start()
            var got: [UInt8] = []
            try waitUntil(every: 0) {
                got += try transport.read(format.bytes * 2 * 100, timeout: 0.1).1
                return got.count >= 2000
            }
            #expect(got.count >= 2000 && got.count % (format.bytes * 2) == 0)
            #expect(Array(got.prefix(2000)) == (0..<2000).map { UInt8($0 % 251) })
        }

        @Test(.enabled(if: hasALSA, "needs alsa.conf of libasound2-data"))
        func `a signal that interrupts a wait does not end the capture`() throws {
            let transport = try ALSATransport("larmor_file", rate: 48_000, channels: 2)
            defer { transport.close() }
            try transport.start()
            #expect(try transport.recover(-EINTR) == .nothing)
            #expect(try waitUntil(every: 0) { try !transport.read(4096, timeout: 0.5).1.isEmpty })
            #expect(throws: TransportError.self) { try transport.recover(-ENODEV) }
        }

        /// Frames as they come with one access, in reads of a size that no period is a multiple of.
        private func heard(_ access: ALSATransport.Access, _ format: ALSATransport.Format) throws -> [UInt8] {
            let transport = try ALSATransport("larmor_file", rate: 48_000, channels: 2, format: format, access: access)
            defer { transport.close() }
            #expect(transport.access == access)
            try transport.start()
            var got: [UInt8] = []
            try waitUntil(every: 0) {
                got += try transport.read(format.bytes * 2 * 77, timeout: 0.1).1
                return got.count >= 24_000
            }
            return Array(got.prefix(24_000))
        }

        @Test(.enabled(if: hasALSA, "needs alsa.conf of libasound2-data"), arguments: ALSATransport.Format.allCases)
        func `a mapped buffer gives the same bytes as reading`(format: ALSATransport.Format) throws {
            let mapped = try heard(.mmap, format)
            let isEqual = try mapped == heard(.read, format)
            #expect(isEqual && mapped == (0..<24_000).map { UInt8($0 % 251) })
        }

        @Test(.enabled(if: hasALSA, "needs alsa.conf of libasound2-data"))
        func `without a card the host's clock stamps, and the stream says what was negotiated`() throws {
            let driver = ALSADriver(name: "d", port: "null", rate: 44_100, channels: 2, format: .s32, access: .mmap)
            let device = try driver.open { _, _ in }
            defer { device.transport.close() }
            let transport = try #require(device.transport as? ALSATransport)
            #expect(transport.timeStamps == .host && transport.access == .mmap)
            try driver.start(device) { _, _ in }
            _ = try transport.read(timeout: 0.1)
            #expect(transport.arrival == nil)
            #expect(device.decoder.streams[0].device == "ALSA null (S32_LE, mmap, time stamps of the host)")
            #expect(device.decoder.streams[0].nominalRate == 44_100)
        }

        @Test(.enabled(if: hasALSA, "needs alsa.conf of libasound2-data"))
        func `closing twice is closing once, and reading after it is an error`() throws {
            let transport = try ALSATransport("null", rate: 16_000, channels: 1)
            transport.close()
            transport.close()
            #expect(throws: TransportError.self) { _ = try transport.read(timeout: 0.01) }
            #expect(throws: TransportError.self) { try transport.start() }
            #expect(throws: TransportError.self) { try transport.write([1]) }
        }

        @Test(.enabled(if: hasALSA, "needs alsa.conf of libasound2-data"))
        func `a stopped waker ends reading`() throws {
            let waker = try Waker()
            let transport = try ALSATransport("null", rate: 16_000, channels: 1, waker: waker)
            defer { transport.close() }
            waker.stop()
            var found: TransportError?
            do throws(TransportError) { _ = try transport.read(timeout: 1) } catch { found = error }
            #expect(found?.code == .cancelled)
        }

        @Test(.enabled(if: hasALSA, "needs alsa.conf of libasound2-data"))
        func `a device that is not there is absent, by name`() {
            let error = #expect(throws: TransportError.self) {
                try ALSATransport("hw:CARD=there_is_none", rate: 16_000, channels: 1)
            }
            #expect(error?.port == "hw:CARD=there_is_none")
            #expect(error?.code == .absent)
        }
    }
}
