import CCrypto

/// The encryption of an Emotiv dongle's reports: AES-128 on each block of 16 bytes alone (ECB), by OpenSSL's libcrypto.
///
/// Made once, it allocates nothing any more: the device's thread may use it. One thread at a time.
public final class EmotivCipher {
    public enum Direction: Sendable { case encrypt, decrypt }

    private let context: OpaquePointer

    /// - Returns: nil when libcrypto has no AES, which no build that follows its defaults lacks.
    public init?(_ key: EmotivKey, _ direction: Direction) {
        guard let context = EVP_CIPHER_CTX_new() else { return nil }
        self.context = context
        let isReady = key.withBytes { bytes in
            EVP_CipherInit_ex(context, EVP_aes_128_ecb(), nil, bytes, nil, direction == .encrypt ? 1 : 0) == 1
                && EVP_CIPHER_CTX_set_padding(context, 0) == 1
        }
        guard isReady else { return nil }
    }

    deinit { EVP_CIPHER_CTX_free(context) }

    /// Turns whole blocks over in place.
    /// - Parameter bytes: a multiple of 16.
    /// - Returns: whether libcrypto did all of it.
    public func apply(_ bytes: UnsafeMutableRawBufferPointer) -> Bool {
        precondition(bytes.count % 16 == 0, "AES turns whole blocks over")
        guard let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return true }
        var length: Int32 = 0
        return EVP_CipherUpdate(context, start, &length, start, Int32(bytes.count)) == 1 && length == bytes.count
    }
}
