import RemoteControl

extension FuzzTarget {
    /// What a client of the remote control sends: the same commands however the network cuts it, one line for each answer, and no
    /// recording outside of its root.
    public static let remoteControl = FuzzTarget(
        name: "remote-control",
        check: { bytes throws(FuzzFinding) in
            let pieces = FuzzTarget.pieces(of: bytes, step: max(1, bytes.count))
            for step in [1, 7] {
                try require(
                    FuzzTarget.pieces(of: bytes, step: step) == pieces, "cut every \(step) bytes it says something else")
            }
            var naming = SessionNaming()
            for case .line(let line) in pieces {
                try require(line.utf8.count <= ControlCommand.longestLine, "a line above the limit")
                switch FuzzTarget.place(line, &naming) {
                case .success(let place?):
                    let root = naming.root ?? "/of the rig"
                    var bare = root
                    while bare.hasSuffix("/") { bare.removeLast() }
                    try require(
                        place.root == root && place.folder == bare + "/" + place.parts.joined(separator: "/"),
                        "“\(place.folder)” is outside of “\(root)”")
                    try require(
                        place.parts.allSatisfy { !$0.isEmpty && $0 != ".." && $0 != "." && !$0.contains("/") },
                        "“\(place.folder)” leads elsewhere")
                    try require(!place.folder.hasSuffix("001"), "a name that is taken")
                case .success(.none): break
                case .failure(let refusal):
                    let answer = ControlReply.refused(refusal.reason).bytes
                    try require(answer.count { $0 == 0x0A } == 1 && answer.last == 0x0A, "an answer of several lines")
                }
            }
        },
        seeds: {
            [
                "select all\nfilename {root:/data/study} {template:exp%n\\%p_block_%b.xdf} {run:2} {participant:P003} {task:MemoryGuided}\nstart\nstop\n",
                "update\r\nstatus\r\nstreams\r\nmarker  stimulus on \r\nselect none\r\nfilename {Participant:P1}{SESSION:2}{acquisition:}{modality:MEG}\r\n",
                "filename {template:sub-%p/ses-%s/[x]%%_[acq-%a]_run-%r} {session:é} {unknown:1}\nstart\n",
            ].map { Array($0.utf8) }
        })

    private static func pieces(of bytes: UnsafeRawBufferPointer, step: Int) -> [ControlLines.Piece] {
        var lines = ControlLines()
        var pieces: [ControlLines.Piece] = []
        var place = 0
        while place < bytes.count, lines.room > 0 {
            let end = min(place + min(step, lines.room), bytes.count)
            lines.append(bytes[place..<end])
            place = end
            while let piece = lines.next() { pieces.append(piece) }
        }
        return pieces
    }

    /// Where a recording would go after a line that names it; nil after other commands.
    private static func place(_ line: String, _ naming: inout SessionNaming) -> Result<SessionPlace?, ControlRefusal> {
        do throws(ControlRefusal) {
            guard case .filename(let fields) = try ControlCommand(line: line) else { return .success(nil) }
            try naming.take(fields)
            return .success(
                try naming.place(root: "/of the rig", unnamed: "now", subject: "S/1", isTaken: { $0.hasSuffix("001") }))
        } catch {
            return .failure(error)
        }
    }
}
