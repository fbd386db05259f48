import Confidence
import LiveGraph
import Replay

/// Scored events on their way through a ``CalibrationMonitor``, and what it said about them.
struct ScoreWatch {
    struct Alarm: Encodable {
        var row: Int
        var cluster: String?
        var posterior: Double
        /// Rows of the window.
        var window: Int
        /// The row at which it ended; nil where it lasts.
        var recoveredRow: Int?
    }

    private var monitor: CalibrationMonitor
    private var cluster: (name: String?, events: [(score: Double, isRight: Bool)]) = (nil, [])
    /// Told of each beginning and end of an alarm.
    private let tell: (CalibrationMonitor.Reading, _ cluster: String?) -> Void
    private(set) var alarms: [Alarm] = []
    private(set) var clusters = 0
    private(set) var last: CalibrationMonitor.Reading?
    private(set) var smallest: CalibrationMonitor.Reading?
    /// For the picture.
    private(set) var rows: [Double] = []
    private(set) var posteriors: [Double] = []

    init(_ settings: CalibrationMonitor.Settings, tell: @escaping (CalibrationMonitor.Reading, String?) -> Void) {
        monitor = CalibrationMonitor(settings)
        self.tell = tell
    }

    var settings: CalibrationMonitor.Settings { monitor.settings }
    var count: Int { monitor.count }

    /// Takes one event; those of one cluster that follow each other are judged together.
    mutating func take(_ score: Double, _ isRight: Bool, cluster name: String?) {
        if name == nil || name != cluster.name { finish() }
        cluster.name = name
        cluster.events.append((score, isRight))
    }

    /// Judges what is still kept.
    mutating func finish() {
        guard !cluster.events.isEmpty else { return }
        let (name, events) = cluster
        cluster = (nil, [])
        clusters += 1
        guard let reading = monitor.take(events) else { return }
        last = reading
        if reading.posterior < smallest?.posterior ?? 2 { smallest = reading }
        rows.append(Double(reading.row))
        posteriors.append(reading.posterior)
        switch reading.change {
        case .alarm?:
            alarms.append(Alarm(row: reading.row, cluster: name, posterior: reading.posterior, window: reading.rows))
        case .recovery?: alarms[alarms.count - 1].recoveredRow = reading.row
        case nil: return
        }
        tell(reading, name)
    }
}
