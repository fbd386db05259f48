import Failures
import Reservoirs

/// The task of a name.
enum TaskName {
    /// A task that there is none of.
    struct Unknown: Failure {
        var name: String
        var kind: FailureKind { .badInput }
        var description: String {
            "there is no task “\(name)”; there are "
                + (ReservoirTask.all.map(\.name) + [SpokenWordTask.name]).joined(separator: ", ")
        }
    }

    @discardableResult
    static func check(_ name: String) throws(Unknown) -> ReservoirTask {
        guard let found = ReservoirTask.all.first(where: { $0.name == name }) else { throw Unknown(name: name) }
        return found
    }
}
