import Foundation
import Programs
import Sweeps

/// What this program's own parser tells of its commands.
enum OwnCommands {
    static func known() throws -> KnownCommands {
        let program = try ChildProgram(OwnProgram.path, ["--experimental-dump-help"], output: .pipe)
        return try KnownCommands(dump: Data(program.readToEnd()))
    }
}
