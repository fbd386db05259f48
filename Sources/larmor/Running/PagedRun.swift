import Devices
import LivePage
import Recording
import RemoteControl

/// The page beside a run that a command begins and ends by itself: it shows everything and sets markers, and begins no recording.
final class PagedRun {
    let page: LivePageRun
    let door: ControlDoor
    private let desk: ControlDesk
    private var board: StatusBoard?

    init(_ options: PageOptions, title: String) throws {
        let desk = ControlDesk()
        self.desk = desk
        door = ControlDoor { command in
            switch command {
            case .start, .stop, .update, .filename, .selectAll, .selectNone:
                .refused("this run is begun and ended where it was started; larmor serve RIG lets the page record")
            case .status, .streams, .marker: desk.answer(command)
            }
        }
        page = try LivePageRun(options, title: title, mode: .watch, desk: desk, door: door)
    }

    /// The devices run.
    /// - Parameters:
    ///   - folder: of the recording; nil where nothing is recorded.
    ///   - feed: where markers go.
    func begin(_ run: LiveRun, folder: String?, feed: ConsoleFeed?) {
        var board = StatusBoard(desk, run, folder: folder)
        board.show(folder == nil ? .ready : .recording)
        if let folder { desk.update { $0.session = folder } }
        if let feed { desk.beginMarkers(feed) }
        self.board = board
    }

    /// To be called again and again.
    func refresh() { board?.refresh() }

    func stop() {
        door.close()
        page.stop()
    }
}
