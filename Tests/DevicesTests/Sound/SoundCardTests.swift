import Testing

/// All tests that tell libasound, through one variable of the process, which devices there are: one after the other.
@Suite(.serialized) enum SoundCardTests {}
