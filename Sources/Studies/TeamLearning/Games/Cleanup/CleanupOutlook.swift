/// What a table of values knows of an agent's surroundings in Cleanup, in five numbers.
struct CleanupOutlook {
    /// Wall, apple, waste, river or stream, own team, other teams.
    static let planes = 6
    static let states = 5 * 5 * 5 * 2 * 3

    /// The cell ahead: nothing, wall, agent, apple, waste.
    var ahead = 0
    /// Where the nearest apple and the nearest waste in sight are: nowhere, ahead, right, behind, left.
    var apple = 0
    var waste = 0
    /// Whether the cleaning beam would clean something.
    var isWasteInReach = false
    /// The river: clean (below 0.1), between, foul (0.4 or more: nothing grows).
    var river = 0

    init(_ game: Cleanup, _ agent: Int) {
        let columns = game.map.columns
        let place = game.places[agent]
        let (row, column) = (place / columns, place % columns)
        let face = Cleanup.direction(game.facing[agent])
        let front = place + face.row * columns + face.column
        switch game.world[front] {
        case UInt8(ascii: "@"): ahead = 1
        case UInt8(ascii: "A"): ahead = 3
        case UInt8(ascii: "H"): ahead = 4
        default: ahead = 0
        }
        if game.places.contains(front) { ahead = 2 }

        var nearest = Int.max
        for cell in game.applePoints where game.world[cell] == UInt8(ascii: "A") {
            let (dr, dc) = (cell / columns - row, cell % columns - column)
            if max(abs(dr), abs(dc)) > Cleanup.view || abs(dr) + abs(dc) >= nearest { continue }
            nearest = abs(dr) + abs(dc)
            apple = Self.side(dr * face.row + dc * face.column, dr * face.column - dc * face.row)
        }
        nearest = .max
        var foul = 0
        for cell in game.riverPoints where game.world[cell] == UInt8(ascii: "H") {
            foul += 1
            let (dr, dc) = (cell / columns - row, cell % columns - column)
            let (far, right) = (dr * face.row + dc * face.column, dr * face.column - dc * face.row)
            if (right == 0 && (1...5).contains(far)) || (abs(right) == 1 && (0...4).contains(far)) { isWasteInReach = true }
            if max(abs(dr), abs(dc)) > Cleanup.view || abs(dr) + abs(dc) >= nearest { continue }
            nearest = abs(dr) + abs(dc)
            waste = Self.side(far, right)
        }
        let density = Double(foul) / Double(max(1, game.riverPoints.count))
        river = density < 0.1 ? 0 : density < Cleanup.depletion ? 1 : 2
    }

    private static func side(_ far: Int, _ right: Int) -> Int {
        if far == 0, right == 0 { return 0 }
        if abs(far) >= abs(right) { return far > 0 ? 1 : 3 }
        return right > 0 ? 2 : 4
    }

    var state: Int { (((ahead * 5 + apple) * 5 + waste) * 2 + (isWasteInReach ? 1 : 0)) * 3 + river }
}
