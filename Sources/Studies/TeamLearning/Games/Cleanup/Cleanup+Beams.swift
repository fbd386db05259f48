extension Cleanup {
    static let beamLength = 5

    /// Row and column steps of a direction: up, right, down, left.
    static func direction(_ facing: Int) -> (row: Int, column: Int) {
        switch facing {
        case 0: (-1, 0)
        case 1: (0, 1)
        case 2: (1, 0)
        default: (0, -1)
        }
    }

    /// Three beams: one from the cell ahead, two from the cells beside the agent.
    mutating func beam(_ agent: Int, isCleaning: Bool) {
        let ahead = Self.direction(facing[agent])
        let side = (row: ahead.column, column: -ahead.row)
        let (row, column) = (places[agent] / map.columns, places[agent] % map.columns)
        // What a beam cleans counts when all three have passed; they share no cell.
        for lane in 0..<3 {
            let shift = lane == 0 ? 0 : lane == 1 ? 1 : -1
            let back = lane == 0 ? 0 : 1
            var at = (
                row: row + shift * side.row - back * ahead.row + ahead.row,
                column: column + shift * side.column - back * ahead.column + ahead.column
            )
            for _ in 0..<Self.beamLength {
                guard (0..<map.rows).contains(at.row), (0..<map.columns).contains(at.column) else { break }
                let cell = at.row * map.columns + at.column
                let kind = world[cell]
                if kind == UInt8(ascii: "@") { break }
                if isCleaning, kind == UInt8(ascii: "H") {
                    set(cell, UInt8(ascii: "R"))
                    cleaned[agent] += 1
                    break
                }
                if let other = places.lastIndex(of: cell) {
                    if !isCleaning { rewards[other] -= 50 }
                    break
                }
                at = (at.row + ahead.row, at.column + ahead.column)
            }
        }
    }
}
