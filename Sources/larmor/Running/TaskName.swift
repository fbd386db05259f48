import Failures
import Reservoirs

/// The task of a name.
enum TaskName {
    /// A task that there is none of.
    struct Unknown: Failure {
        var name: String
        var known: [String]
        var kind: FailureKind { .usage }
        var description: String {
            "there is no task “\(name)”; there are " + known.joined(separator: ", ")
        }
    }

    /// - Parameter others: tasks that are no ``ReservoirTask``, for the message.
    @discardableResult
    static func check(_ name: String, others: [String] = []) throws(Unknown) -> ReservoirTask {
        guard let found = ReservoirTask.all.first(where: { $0.name == name }) else {
            throw Unknown(name: name, known: ReservoirTask.all.map(\.name) + others)
        }
        return found
    }
}
