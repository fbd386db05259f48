extension Cleanup {
    static let depletion = 0.4
    static let wasteSpawn = 0.5
    static let appleSpawn = 0.05

    /// Apples and waste that come in a step.
    mutating func grow() {
        let density = wasteDensity
        if density >= Self.depletion {
            (appleChance, wasteChance) = (0, 0)
        } else {
            wasteChance = Self.wasteSpawn
            appleChance = density <= 0 ? Self.appleSpawn : (1 - density / Self.depletion) * Self.appleSpawn
        }
        for index in draws.indices { draws[index] = chance.uniform() }
        var used = 0
        // Nothing stands on the map before all was drawn: what is spawned first hides nothing from what comes later, they never share a cell.
        for cell in applePoints where world[cell] != UInt8(ascii: "A") && !places.contains(cell) {
            if draws[used] < appleChance { set(cell, UInt8(ascii: "A")) }
            used += 1
        }
        if wasteChance == 0 { return }
        chance.shuffle(&wastePoints)
        for cell in wastePoints where world[cell] != UInt8(ascii: "H") {
            let isHere = draws[used] < wasteChance
            used += 1
            if isHere { return set(cell, UInt8(ascii: "H")) }
        }
    }
}
