extension ALSATransport {
    /// How samples stand in the bytes; little-endian.
    public enum Format: String, Codable, Sendable, CaseIterable {
        case s16 = "S16_LE"
        case s32 = "S32_LE"
        /// 24 bits in three bytes.
        case s24 = "S24_3LE"
        case float = "FLOAT_LE"

        public var bytes: Int {
            switch self {
            case .s16: 2
            case .s24: 3
            case .s32, .float: 4
            }
        }
    }

    /// How frames come out of the card's buffer.
    public enum Access: String, Codable, Sendable, CaseIterable {
        /// The kernel copies them: every device can do that.
        case read
        /// They are copied from the card's own buffer, which is mapped into this process: no system call for the frames.
        case mmap
    }

    /// Whose clock says when frames were captured.
    public enum TimeStamps: String, Codable, Sendable {
        /// The card's driver stamps its buffer's position: the program's own delays do not count.
        case card
        /// The host's clock after the read.
        case host
    }
}
