import Foundation

/// One channel's way from the recorded values to the numbers of a file.
struct EDFScale: Equatable {
    /// The file's unit, in ASCII.
    var unit: String
    /// File's units of one recorded unit.
    var factor = 1.0
    var physicalMinimum: Double
    var physicalMaximum: Double
    var digitalMinimum: Int32
    var digitalMaximum: Int32
    /// The file's numbers are the recorded values themselves.
    var isExact = false

    /// File's units of one step.
    var step: Double {
        (physicalMaximum - physicalMinimum) / (Double(digitalMaximum) - Double(digitalMinimum))
    }
    /// Steps of one recorded unit.
    var gain: Double { factor / step }
    /// Number of the recorded value 0.
    var shift: Double {
        // The same number on both ends of 0 needs no shift, whatever a rounding says.
        if physicalMinimum == -physicalMaximum, digitalMinimum == -digitalMaximum { return 0 }
        return Double(digitalMinimum) - physicalMinimum / step
    }
    /// Greatest distance of a stored value from the recorded one, in the recorded unit.
    var resolution: Double { isExact ? 0 : step / factor / 2 }

    private static let microUnits: [String: (String, Double)] = [
        "V": ("uV", 1e6), "T": ("uT", 1e6), "µV": ("uV", 1), "μV": ("uV", 1),
    ]
    /// Larger units for values that do not fit the first one's header.
    private static let largerUnits: [String: [(String, Double)]] = [
        "V": [("mV", 1e3), ("V", 1)], "T": [("mT", 1e3), ("T", 1)], "µV": [("mV", 1e-3), ("V", 1e-6)],
        "μV": [("mV", 1e-3), ("V", 1e-6)], "mV": [("V", 1e-3)],
    ]

    /// The scale of a channel, in the order of what loses least: that of the file that it came from, whole numbers as they are, the
    /// device's full scale, the data's own range.
    /// - Parameters:
    ///   - extent: of the channel's finite values.
    ///   - fullScale: the range that the device can deliver; 0 where it is not known.
    /// - Returns: nil when no text of eight characters in a header holds the channel's range.
    init?(
        unit: String, extent: EDFExtent.Channel, fullScale: Double, source: Recording.Track.Digitisation.Channel?,
        format: EDFFormat
    ) {
        let (least, greatest) = (Double(format.least), Double(format.greatest))
        if let source, let scale = EDFScale(source, unit: unit) {
            let ends = [extent.minimum, extent.maximum].map { ($0 * scale.gain + scale.shift).rounded() }
            if ends.allSatisfy({ least <= $0 && $0 <= greatest }), scale.digitalMinimum >= format.least,
                scale.digitalMaximum <= format.greatest
            {
                self = scale
                return
            }
        }
        if extent.fits(format) {
            self.init(
                unit: Self.ascii(unit), physicalMinimum: least, physicalMaximum: greatest, digitalMinimum: format.least,
                digitalMaximum: format.greatest, isExact: true)
            return
        }
        let first: (String, Double) = Self.microUnits[unit] ?? (Self.ascii(unit), 1)
        let peak = max(abs(extent.minimum), abs(extent.maximum))
        // 16 bits of a 24-bit converter's whole range would drown the signal: there the data's range is taken.
        let range = format.is24Bit && fullScale >= peak && fullScale > 0 ? fullScale : peak
        for (name, factor) in [first] + (Self.largerUnits[unit] ?? []) {
            // The minimum needs a sign.
            let end = range > 0 ? range * factor : 1
            guard let end = EDFNumber.least(notBelow: end, characters: EDFNumber.width - 1) else { continue }
            self.init(
                unit: name, factor: factor, physicalMinimum: -end, physicalMaximum: end, digitalMinimum: -format.greatest,
                digitalMaximum: format.greatest)
            return
        }
        // A field without a sign has room for a digit more.
        let low = extent.minimum.rounded(.down)
        guard low >= -9_999_999, low < 99_999_999,
            let high = EDFNumber.least(notBelow: max(extent.maximum, low + 1), characters: EDFNumber.width)
        else { return nil }
        self.init(
            unit: Self.ascii(unit), physicalMinimum: low, physicalMaximum: high, digitalMinimum: format.least,
            digitalMaximum: format.greatest)
    }

    private init?(_ source: Recording.Track.Digitisation.Channel, unit: String) {
        guard source.physicalMinimum != source.physicalMaximum, source.digitalMinimum != source.digitalMaximum,
            EDFNumber.text(source.physicalMinimum) != nil, EDFNumber.text(source.physicalMaximum) != nil
        else { return nil }
        self.init(
            unit: Self.ascii(unit), physicalMinimum: source.physicalMinimum, physicalMaximum: source.physicalMaximum,
            digitalMinimum: source.digitalMinimum, digitalMaximum: source.digitalMaximum)
    }

    private init(
        unit: String, factor: Double = 1, physicalMinimum: Double, physicalMaximum: Double, digitalMinimum: Int32,
        digitalMaximum: Int32, isExact: Bool = false
    ) {
        self.unit = unit
        self.factor = factor
        self.physicalMinimum = physicalMinimum
        self.physicalMaximum = physicalMaximum
        self.digitalMinimum = digitalMinimum
        self.digitalMaximum = digitalMaximum
        self.isExact = isExact
    }

    private static func ascii(_ unit: String) -> String { String(EDFText.ascii(unit).prefix(EDFNumber.width)) }
}
