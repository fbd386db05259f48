/// What a header says of one signal.
struct EDFSignal: Equatable {
    var label: String
    var transducer = ""
    var unit: String
    var physicalMinimum: Double
    var physicalMaximum: Double
    var digitalMinimum: Int32
    var digitalMaximum: Int32
    var prefilter = ""
    /// Numbers in one record.
    var samples: Int
    /// Its bytes are annotations, not numbers.
    var isAnnotations = false

    /// Neither range is empty: a number has a physical value.
    var hasScale: Bool { physicalMaximum != physicalMinimum && digitalMaximum != digitalMinimum }

    /// Physical units of one digital step. An empty range counts as 1, as mne reads it.
    var gain: Double {
        let physical = physicalMaximum - physicalMinimum
        let digital = Double(digitalMaximum) - Double(digitalMinimum)
        return (physical == 0 ? 1 : physical) / (digital == 0 ? 1 : digital)
    }

    /// Physical value of the number 0.
    var offset: Double { physicalMinimum - gain * Double(digitalMinimum) }
}
