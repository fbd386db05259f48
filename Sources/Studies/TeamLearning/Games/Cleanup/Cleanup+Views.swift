extension Cleanup {
    /// What an agent sees as a picture, shape `[15, 15, 3]`, as the study's networks got it.
    ///
    /// The study's program turns the picture of an agent that faces left or right the wrong way round: what lies ahead is at the bottom. It
    /// draws no agents before the first step, and no beams.
    public func picture(_ agent: Int) -> [UInt8] {
        let edge = 2 * Self.view + 1
        var picture = [UInt8](repeating: 0, count: edge * edge * 3)
        let (row, column) = (places[agent] / map.columns, places[agent] % map.columns)
        for i in 0..<edge {
            for j in 0..<edge {
                let (a, b) =
                    switch facing[agent] {
                    case 0: (i, j)
                    case 1: (edge - 1 - j, i)
                    case 2: (edge - 1 - i, edge - 1 - j)
                    default: (j, edge - 1 - i)
                    }
                let (r, c) = (row - Self.view + a, column - Self.view + b)
                guard (0..<map.rows).contains(r), (0..<map.columns).contains(c) else { continue }
                let colour = Self.colour(shown[r * map.columns + c])
                let place = (i * edge + j) * 3
                (picture[place], picture[place + 1], picture[place + 2]) = colour
            }
        }
        return picture
    }

    static func colour(_ cell: UInt8) -> (UInt8, UInt8, UInt8) {
        switch cell {
        case UInt8(ascii: "@"): (180, 180, 180)
        case UInt8(ascii: "A"): (0, 255, 0)
        case UInt8(ascii: "H"): (99, 156, 194)
        case UInt8(ascii: "R"), UInt8(ascii: "S"): (113, 75, 24)
        case UInt8(ascii: "1"): (0, 0, 255)
        case UInt8(ascii: "2"): (2, 81, 154)
        case UInt8(ascii: "3"): (204, 0, 204)
        case UInt8(ascii: "4"): (216, 30, 54)
        case UInt8(ascii: "5"): (254, 151, 0)
        case UInt8(ascii: "6"): (100, 255, 255)
        case UInt8(ascii: "7"): (99, 99, 255)
        case UInt8(ascii: "8"): (250, 204, 255)
        case UInt8(ascii: "9"): (238, 223, 16)
        default: (0, 0, 0)
        }
    }

    public func state(at seat: Int) -> Int { CleanupOutlook(self, seat).state }

    public func observe(_ seat: Int, into values: inout [Float]) {
        for index in values.indices { values[index] = 0 }
        let edge = 2 * Self.view + 1
        let ahead = Self.direction(facing[seat])
        let (row, column) = (places[seat] / map.columns, places[seat] % map.columns)
        for i in 0..<edge {
            for j in 0..<edge {
                let (far, right) = (Self.view - i, j - Self.view)
                let r = row + far * ahead.row + right * ahead.column
                let c = column + far * ahead.column - right * ahead.row
                let isIn = (0..<map.rows).contains(r) && (0..<map.columns).contains(c)
                let cell = r * map.columns + c
                var plane: Int
                switch isIn ? world[cell] : UInt8(ascii: "@") {
                case UInt8(ascii: "@"): plane = 0
                case UInt8(ascii: "A"): plane = 1
                case UInt8(ascii: "H"): plane = 2
                case UInt8(ascii: "R"), UInt8(ascii: "S"): plane = 3
                default: plane = -1
                }
                let place = (i * edge + j) * CleanupOutlook.planes
                if plane >= 0 { values[place + plane] = 1 }
                if isIn, let other = places.firstIndex(of: cell), other != seat {
                    plane = partition.team(of: other) == partition.team(of: seat) ? 4 : 5
                    values[place + plane] = 1
                }
            }
        }
    }

    /// The share of the river that is waste at the end.
    public func measures(_ counts: ActionCounts) -> [String: Double] { ["waste_density": wasteDensity] }
}
