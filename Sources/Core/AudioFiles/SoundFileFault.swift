import CSndFile
import Glibc

/// Why libsndfile takes a file or does not write one, in our words: what was expected, and what to do.
package enum SoundFileFault {
    /// After a file could not be opened for reading.
    package static func ofReading() -> String {
        let code = sf_error(nil)
        switch Int(code) {
        case SF_ERR_UNRECOGNISED_FORMAT:
            return "it is no sound file of a kind that is read, expected WAV, FLAC, AIFF or Ogg"
        case SF_ERR_SYSTEM: return system("it cannot be read")
        case SF_ERR_UNSUPPORTED_ENCODING:
            return "its numbers are written in a way that is not read, expected PCM of 8 to 32 bits or floats"
        default:
            return
                "its header is damaged, expected one with a format (“fmt ”) before the samples (“data”) (fault \(code) of libsndfile)"
        }
    }

    /// After a file could not be opened for writing, or took less than it was given.
    /// - Parameter file: nil when it could not be opened.
    package static func ofWriting(_ file: OpaquePointer?, channels: Int, rate: Int) -> String {
        let code = sf_error(file)
        if Int(code) == SF_ERR_SYSTEM { return system("it cannot be written") }
        return "a sound file of this kind cannot hold \(channels) channels at \(rate) Hz (fault \(code) of libsndfile)"
    }

    private static func system(_ what: String) -> String {
        let code = errno
        return code == 0 ? what : "\(what): \(String(cString: strerror(code)))"
    }
}
