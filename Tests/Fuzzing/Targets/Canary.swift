extension FuzzTarget {
    /// Traps behind four nested comparisons: a fuzzer that does not find it within seconds is not at work.
    public static let canary = FuzzTarget(
        name: "canary",
        check: { bytes in
            guard bytes.count > 3, bytes[0] == 0x4C, bytes[1] == 0x61, bytes[2] == 0x72 else { return }
            precondition(bytes[3] != 0x6D, "the canary's trap")
        },
        seeds: { [[0]] })
}
