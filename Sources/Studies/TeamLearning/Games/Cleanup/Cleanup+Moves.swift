/// Room for the moves of one step, so that a step allocates nothing.
struct MoveRoom: Sendable, Codable, Equatable {
    /// Where an agent wants to be; −1 for one that does not move (any more).
    var wanted: [Int]
    /// As it was wanted before conflicts were resolved.
    var asked: [Int]
    /// Agents that move or stay, in a random order.
    var order: [Int]
    /// Agents of a pass, and where everybody was when it began.
    var pass: [Bool]
    var before: [Int]

    init(agents: Int) {
        wanted = [Int](repeating: -1, count: agents)
        (asked, order, before) = (wanted, wanted, wanted)
        pass = [Bool](repeating: false, count: agents)
    }
}

extension Cleanup {
    /// Moves and turns. Of several agents that want one cell a random one gets it; nobody walks through another.
    mutating func move(_ actions: [Int]) {
        var movers = 0
        for agent in places.indices {
            room.wanted[agent] = -1
            switch actions[agent] {
            case 0...4:
                room.wanted[agent] = target(agent, actions[agent])
                room.order[movers] = agent
                movers += 1
            case 5: facing[agent] = (facing[agent] + 1) % 4
            case 6: facing[agent] = (facing[agent] + 3) % 4
            default: break
            }
            room.asked[agent] = room.wanted[agent]
        }
        if movers == 0 { return }
        chance.shuffle(&room.order, first: movers)
        resolveConflicts(movers)
        moveTheOthers()
    }

    private func target(_ agent: Int, _ action: Int) -> Int {
        let step = action == 0 ? (0, -1) : action == 1 ? (0, 1) : action == 2 ? (-1, 0) : action == 3 ? (1, 0) : (0, 0)
        let turned =
            switch facing[agent] {
            case 0: step
            case 1: (step.1, -step.0)
            case 2: (-step.0, -step.1)
            default: (-step.1, step.0)
            }
        let place = places[agent] + turned.0 * map.columns + turned.1
        return world[place] == UInt8(ascii: "@") ? places[agent] : place
    }

    /// Cells that several agents want, from the first row and column on.
    private mutating func resolveConflicts(_ movers: Int) {
        var last = -1
        while true {
            // The next wanted cell, and how many want it.
            var (cell, count) = (Int.max, 0)
            for index in 0..<movers {
                let asked = room.asked[room.order[index]]
                if asked > last, asked < cell { (cell, count) = (asked, 1) } else if asked == cell { count += 1 }
            }
            if cell == .max { return }
            last = cell
            if count < 2 { continue }
            var winner = -1
            var isFree = true
            for index in 0..<movers {
                let agent = room.order[index]
                if room.asked[agent] != cell { continue }
                if winner < 0 { winner = agent }
                if let there = places.lastIndex(of: cell), staysInTheWay(there, of: agent) { isFree = false }
            }
            if isFree { places[winner] = cell }
            for index in 0..<movers where room.asked[room.order[index]] == cell {
                room.wanted[room.order[index]] = places[room.order[index]]
            }
        }
    }

    private func staysInTheWay(_ there: Int, of agent: Int) -> Bool {
        there == agent || room.wanted[there] < 0 || room.wanted[there] == places[there]
            || room.wanted[there] == places[agent]
    }

    /// Pass after pass everybody moves whose cell is free by now; who is left then goes round in a circle with others.
    private mutating func moveTheOthers() {
        while true {
            var waiting = 0
            for agent in places.indices {
                room.pass[agent] = room.wanted[agent] >= 0
                room.before[agent] = places[agent]
                if room.pass[agent] { waiting += 1 }
            }
            if waiting == 0 { return }
            var left = waiting
            for agent in places.indices where room.pass[agent] && room.wanted[agent] >= 0 {
                let cell = room.wanted[agent]
                guard places.contains(cell) else {
                    places[agent] = cell
                    room.wanted[agent] = -1
                    left -= 1
                    continue
                }
                guard let there = room.before.lastIndex(of: cell) else { continue }
                let isSwap = there != agent && room.wanted[there] >= 0 && room.wanted[there] != places[there]
                if !isSwap {
                    room.wanted[agent] = -1
                    left -= 1
                } else if room.wanted[there] == places[agent], cell == places[there] {
                    (room.wanted[agent], room.wanted[there]) = (-1, -1)
                    left -= 2
                }
            }
            if left == waiting {
                for agent in places.indices where room.wanted[agent] >= 0 { places[agent] = room.wanted[agent] }
                return
            }
        }
    }
}
