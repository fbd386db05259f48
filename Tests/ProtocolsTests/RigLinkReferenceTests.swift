import Foundation
import RigLinkReference
import Testing

/// The C99 firmware against the same vectors as the host's codec.
struct RigLinkReferenceTests {
    @Test(arguments: RigLinkVectors.all.frames)
    func `the firmware decodes and encodes the frame of a vector`(_ vector: RigLinkVectors.Frame) {
        let wire = bytes(hex: vector.hex)
        let payload = bytes(hex: vector.payload)
        var found: [(message: riglink_message, payload: [UInt8])] = []
        let decoder = receive(wire) {
            found.append(($0, Array(UnsafeBufferPointer(start: $0.payload, count: Int($0.length)))))
        }
        #expect(found.count == 1 && decoder.corrupt == 0 && decoder.unknown == 0)
        #expect(found.first?.payload == payload)
        #expect(found.first?.message.sequence == vector.sequence)
        #expect(found.first?.message.device_time == vector.device_time)

        var encoder = riglink_encoder()
        riglink_encoder_init(&encoder)
        encoder.sequence = vector.sequence
        let type = riglink_type(rawValue: UInt32(found.first?.message.type ?? 0))
        var out = [UInt8](repeating: 0xEE, count: wire.count)
        let size = out.withUnsafeMutableBufferPointer { out in
            riglink_begin(
                &encoder, out.baseAddress, out.count, type, vector.device_time, UInt32(payload.count))
            // In two pieces, as firmware would.
            riglink_put(&encoder, payload, payload.count / 2)
            riglink_put(&encoder, Array(payload[(payload.count / 2)...]), payload.count - payload.count / 2)
            return riglink_end(&encoder)
        }
        #expect(size == wire.count && out == wire)
    }

    @Test(arguments: RigLinkVectors.all.streams)
    func `the firmware finds the messages of a byte stream`(_ vector: RigLinkVectors.ByteStream) {
        var sequences: [UInt16] = []
        let decoder = receive(bytes(hex: vector.hex)) { sequences.append($0.sequence) }
        #expect(sequences == vector.sequences)
        #expect(UInt64(decoder.corrupt) == vector.corrupt)
        #expect(UInt64(decoder.lost) == vector.lost)
        #expect(UInt64(decoder.unknown) == vector.unknown)
    }

    /// The specification's section 1: a frame that cannot be sent is not begun on the wire.
    @Test func `a message that does not fit its buffer or its announced length is not sent`() {
        var encoder = riglink_encoder()
        riglink_encoder_init(&encoder)
        var out = [UInt8](repeating: 0, count: 64)
        let sizes = out.withUnsafeMutableBufferPointer { out in
            riglink_begin(&encoder, out.baseAddress, 24, RIGLINK_PING, 0, 8)
            riglink_put64(&encoder, 1)
            let tooSmall = riglink_end(&encoder)
            riglink_begin(&encoder, out.baseAddress, out.count, RIGLINK_PING, 0, 8)
            riglink_put32(&encoder, 1)
            let tooShort = riglink_end(&encoder)
            riglink_begin(&encoder, out.baseAddress, out.count, RIGLINK_PING, 0, 8)
            riglink_put64(&encoder, 1)
            riglink_put8(&encoder, 1)
            return [tooSmall, tooShort, riglink_end(&encoder)]
        }
        #expect(sizes == [0, 0, 0])
        #expect(encoder.sequence == 0)
    }

    /// Strict C99, with both compilers where both are there: the firmware is for other people's toolchains.
    @Test(arguments: ["cc", "clang"])
    func `the firmware compiles as strict C99 without a warning`(_ compiler: String) throws {
        let folder = RigLinkVectors.folder.appendingPathComponent("reference").path
        for (program, more) in [("host_main.c", []), ("functionfs_main.c", ["-pthread"])] {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments =
                [compiler, "-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-fsyntax-only"] + more
                + [program, "serve.c", "example_board.c", "riglink.c"].map { folder + "/" + $0 }
            try process.run()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0, "\(compiler) \(program)")
        }
    }

    private func receive(_ wire: [UInt8], _ body: (riglink_message) -> Void) -> riglink_decoder {
        var decoder = riglink_decoder()
        // RIGLINK_WIRE_SIZE(65536), by the specification's longest payload.
        var buffer = [UInt8](repeating: 0, count: 65_536 + 20 + 65_556 / 254 + 2)
        return buffer.withUnsafeMutableBufferPointer { buffer in
            riglink_decoder_init(&decoder, buffer.baseAddress, buffer.count)
            var message = riglink_message()
            for byte in wire where riglink_decoder_take(&decoder, byte, &message) == 1 { body(message) }
            decoder.buffer = nil
            return decoder
        }
    }
}
