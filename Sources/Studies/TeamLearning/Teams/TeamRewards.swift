/// Makes learning rewards of individual ones: the mean over a team's seats, the mean over all seats, and the credo's mixture.
///
/// Where each agent has one seat the team's reward is the mean of its members' rewards. Where agents meet in pairs it is the mean over all
/// meetings of its members, as in the study.
package struct TeamRewards: Sendable, Codable {
    package let partition: TeamPartition
    package let credo: Credo
    /// Shape `[teams]`: of the last step.
    package private(set) var team: [Double]
    private var seats: [Int]
    package private(set) var system = 0.0

    package init(_ partition: TeamPartition, _ credo: Credo) {
        (self.partition, self.credo) = (partition, credo)
        team = [Double](repeating: 0, count: partition.teams)
        seats = [Int](repeating: 0, count: partition.teams)
    }

    /// - Parameters:
    ///   - agents: at each seat.
    ///   - rewards: of each seat.
    @inline(__always) package mutating func take(_ agents: [Int], _ rewards: [Double]) {
        for index in team.indices { (team[index], seats[index]) = (0, 0) }
        var sum = 0.0
        for seat in agents.indices {
            let index = partition.team(of: agents[seat])
            team[index] += rewards[seat]
            seats[index] += 1
            sum += rewards[seat]
        }
        for index in team.indices where seats[index] > 1 { team[index] /= Double(seats[index]) }
        system = sum / Double(agents.count)
    }

    @inline(__always) package func ofTeam(_ agent: Int) -> Double { team[partition.team(of: agent)] }

    @inline(__always) package func learning(_ agent: Int, _ own: Double) -> Double {
        credo.own * own + credo.team * ofTeam(agent) + credo.system * system
    }
}
