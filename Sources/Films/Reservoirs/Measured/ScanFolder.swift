import LinearAlgebra

/// A measured reservoir as a folder of scans, one text file for each input: PRCpy's form.
///
/// A file has a line of names and the columns of the scan's axis and of its readout. In this order: background subtracted,
/// smoothed, cut to a part of the axis, normalised, every n-th point taken; then each scan is a state.
///
/// - Source: PRCpy 0.1.14, `Prepare`; W. S. Lau, O. Lee, R. L. Stamps, H. Kurebayashi (OSJL-py/PRCpy).
public struct ScanFolder {
    public enum Normalisation: String, Sendable, CaseIterable {
        case none
        /// Each scan to 0 … 1.
        case each
        /// All scans together to 0 … 1.
        case all
    }

    public struct Options: Sendable, Equatable {
        /// Of the files' names.
        public var prefix = "scan"
        public var axis = "Frequency"
        public var readout = "Spectra"
        /// A file in the folder, or a path.
        public var background: String?
        /// Savitzky–Golay: window and order.
        public var smoothing: (window: Int, order: Int)? {
            get { window.map { ($0, order) } }
            set { (window, order) = (newValue?.window, newValue?.order ?? 2) }
        }
        private var window: Int?
        private var order = 2
        /// Part of the axis that is kept.
        public var range: ClosedRange<Double>?
        public var normalisation = Normalisation.none
        /// Every n-th point is kept, from the first on.
        public var every = 1

        public init() {}
    }

    /// Values of the axis, one for each node.
    public let axis: [Double]
    public let measured: MeasuredStates
    /// The files in their order.
    public let files: [String]

    /// No more values than this are kept.
    private static let mostValues = 1 << 27

    /// - Parameter progress: called with the fraction done; false stops.
    /// - Returns: nil when it was stopped.
    /// - Throws: `ByteFileError`, `ReservoirRecording.FileError`, `LinearAlgebraError`.
    public init?(_ folder: String, options: Options = Options(), progress: (Double) -> Bool = { _ in true }) throws {
        precondition(options.every > 0, "every first point at least")
        let files = try Self.files(folder, prefix: options.prefix)
        self.files = files
        let first = try NumberTable(file: folder + "/" + files[0], wanted: [options.axis, options.readout]).columns[0]
        guard first.count * files.count <= Self.mostValues else {
            throw ReservoirRecording.FileError(
                file: folder, line: 0, expected: "at most \(Self.mostValues) values",
                found: "\(files.count) scans of \(first.count) points")
        }
        let background = try options.background.map { try Self.background($0, folder, options, points: first.count) }
        let smoothing = try options.smoothing.map { window, order in
            guard first.count >= window else {
                throw ReservoirRecording.FileError(
                    file: folder + "/" + files[0], line: 0, expected: "\(window) points or more, the window of the smoothing",
                    found: "\(first.count)")
            }
            return try SavitzkyGolay(window: window, order: order)
        }
        let places = first.indices.filter { options.range?.contains(first[$0]) ?? true }
        guard !places.isEmpty else {
            throw ReservoirRecording.FileError(
                file: folder + "/" + files[0], line: 0, expected: "points of the axis within the range",
                found: "\(first.first ?? 0) to \(first.last ?? 0)")
        }
        var values: [Double] = []
        for (index, name) in files.enumerated() {
            var scan = try Self.scan(folder + "/" + name, options, axis: first)
            if let background { for k in scan.indices { scan[k] -= background[k] } }
            // A missing value would spoil its neighbours; its scan is left out below.
            if let smoothing, scan.allSatisfy(\.isFinite) { scan = smoothing.smooth(scan) }
            if !scan.allSatisfy(\.isFinite) { scan[places[0]] = .nan }
            values += places.map { scan[$0] }
            guard progress(Double(index + 1) / Double(files.count)) else { return nil }
        }
        var measured = MeasuredStates(
            description: "\(MeasuredStates.name(folder)), \(files.count) scans of \(options.readout)",
            inputs: Self.inputs(files),
            states: Matrix(rows: files.count, columns: places.count, values: values))
        measured.dropIncomplete()
        guard measured.steps > 0 else {
            throw ReservoirRecording.FileError(file: folder, line: 0, expected: "a scan without a missing value", found: "none")
        }
        Self.normalise(&measured.states, options.normalisation)
        let taken = Array(stride(from: 0, to: places.count, by: options.every))
        axis = taken.map { first[places[$0]] }
        let states = measured.states
        measured.states = Matrix(
            rows: states.rows, columns: taken.count,
            values: (0..<states.rows).flatMap { row in taken.map { states[row, $0] } })
        self.measured = measured
    }

    private static func scan(_ path: String, _ options: Options, axis: [Double]) throws -> [Double] {
        let columns = try NumberTable(file: path, wanted: [options.axis, options.readout]).columns
        guard columns[0].count == axis.count else {
            throw ReservoirRecording.FileError(
                file: path, line: 0, expected: "\(axis.count) points, as the first scan has", found: "\(columns[0].count)")
        }
        let step = axis.count > 1 ? abs(axis[1] - axis[0]) : .infinity
        if let row = axis.indices.first(where: { abs(columns[0][$0] - axis[$0]) > step / 2 }) {
            throw ReservoirRecording.FileError(
                file: path, line: row + 2, expected: "\(options.axis) \(axis[row]), as in the first scan",
                found: "\(columns[0][row])")
        }
        return columns[1]
    }

    private static func background(_ name: String, _ folder: String, _ options: Options, points: Int) throws -> [Double] {
        let path = name.contains("/") ? name : folder + "/" + name
        let values = try NumberTable(file: path, wanted: [options.readout]).columns[0]
        guard values.count == points else {
            throw ReservoirRecording.FileError(
                file: path, line: 0, expected: "\(points) points, as the scans have", found: "\(values.count)")
        }
        return values
    }

    private static func normalise(_ states: inout Matrix<Double>, _ kind: Normalisation) {
        func scale(_ range: Range<Int>) {
            let (low, high) = (states.values[range].min() ?? 0, states.values[range].max() ?? 1)
            for k in range { states.values[k] = high > low ? (states.values[k] - low) / (high - low) : 0 }
        }
        switch kind {
        case .none: break
        case .all: scale(states.values.indices)
        case .each: for row in 0..<states.rows { scale(row * states.columns..<(row + 1) * states.columns) }
        }
    }
}
