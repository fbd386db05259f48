import ControlClient
import Foundation
import RemoteControl
import Signals
import Synchronization
import Testing

/// The server with clients of every kind. An owner on a thread of its own does what is asked for.
@Suite(.serialized) final class ControlServerTests {
    private let server: ControlServer
    private let door: ControlDoor
    private let owner: WorkerThread
    private let isOver = Flag()
    private let done = Log()

    private final class Flag: Sendable {
        let value = Atomic<Bool>(false)
    }

    private final class Log: Sendable {
        private let entries = Mutex<[ControlCommand]>([])
        func add(_ command: ControlCommand) { entries.withLock { $0.append(command) } }
        var all: [ControlCommand] { entries.withLock { $0 } }
    }

    init() throws {
        let door = ControlDoor { command in
            switch command {
            case .status: .json("{\"state\":\"ready\"}")
            case .marker(let text): text == "no" ? .refused("no") : .done
            default: nil
            }
        }
        self.door = door
        server = try ControlServer(port: 0, door: door)
        owner = try WorkerThread("owner") { [isOver, done] in
            while !isOver.value.load(ordering: .acquiring) {
                while let request = door.nextRequest() {
                    done.add(request.command)
                    door.reply(request.command == .stop ? .refused("no recording runs") : .done, to: request)
                }
                WorkerThread.sleep(0.002)
            }
        }
    }

    deinit {
        isOver.value.store(true, ordering: .releasing)
        owner.join()
        server.stop()
    }

    private func client() throws -> ControlClient { try #require(ControlClient(port: server.port)) }

    private func waitFor(_ commands: [ControlCommand]) -> Bool {
        let end = Date().addingTimeInterval(10)
        while Date() < end, done.all != commands { usleep(2000) }
        return done.all == commands
    }

    @Test func `several commands in one packet are answered one by one, in their order`() throws {
        let client = try client()
        client.send("select all\nupdate\r\nstart\nstop\nstatus\nmarker a\nmarker no\nnonsense\nstart\n")
        #expect((0..<4).map { _ in client.answer() } == ["OK", "OK", "OK", "ERROR no recording runs"])
        #expect(client.answer() == "{\"state\":\"ready\"}")
        #expect((0..<2).map { _ in client.answer() } == ["OK", "ERROR no"])
        #expect(client.answer()?.hasPrefix("ERROR unknown command “nonsense”") == true)
        #expect(client.answer() == "OK")
        #expect(done.all == [.selectAll, .update, .start, .stop, .start])
    }

    @Test func `a line that comes byte by byte is one line, and half a line does nothing`() throws {
        let client = try client()
        for byte in Array("update\n".utf8) {
            client.send([byte])
            usleep(500)
        }
        #expect(client.answer() == "OK")
        client.send("start")
        #expect(client.answer(seconds: 0.3) == nil)
        client.endSending()
        #expect(client.answer() == "ERROR “start” has no line end, so it was not done")
        #expect(client.waitsForEnd())
        #expect(done.all == [.update])
    }

    @Test func `what a client has sent is done although the client is gone`() throws {
        do {
            let client = try client()
            client.send("select all\nupdate\nstart\n")
        }
        #expect(waitFor([.selectAll, .update, .start]))
    }

    @Test func `a browser gets an error and is left, and what it posts does nothing`() throws {
        let client = try client()
        client.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 6\r\n\r\nstart\n")
        #expect(client.answer()?.hasPrefix("ERROR this is no web server") == true)
        #expect(client.waitsForEnd())
        #expect(done.all.isEmpty)
    }

    @Test func `bytes that are no text, and lines without end, end the connection and nothing else`() throws {
        for bytes in [[0, 1, 2, 0x0A], [UInt8](repeating: 0xC3, count: 10) + [0x0A], [UInt8](repeating: 0x61, count: 1 << 17)] {
            let client = try client()
            client.send(bytes + Array("\nstart\n".utf8))
            #expect(client.answer()?.hasPrefix("ERROR a line ") == true)
            #expect(client.waitsForEnd())
        }
        #expect(try client().ask("update") == "OK")
        #expect(done.all == [.update])
    }

    @Test func `a client that never reads and one that sends without pause keep nobody waiting`() throws {
        let deaf = try client()
        let fast = try client()
        let lines = String(repeating: "nonsense\n", count: 2000)
        // So much waits in the system.
        deaf.send(lines)
        fast.send(lines)
        let other = try client()
        let begin = HostTime.now()
        for _ in 0..<5 { #expect(other.ask("status") == "{\"state\":\"ready\"}") }
        // Each client's lines have a pace of their own.
        #expect(HostTime.now() - begin < 10)
    }

    @Test func `there is a limit to clients: one more is refused, and a free place is taken again`() throws {
        var clients = try (0..<ControlServer.mostConnections).map { _ in try client() }
        for client in clients { #expect(client.ask("update") == "OK") }
        let more = try client()
        #expect(more.answer() == "ERROR there are \(ControlServer.mostConnections) clients already")
        #expect(more.waitsForEnd())
        clients.removeLast()
        var answer: String?
        let end = Date().addingTimeInterval(10)
        while answer != "OK", Date() < end { answer = try client().ask("update") }
        #expect(answer == "OK")
    }

    @Test func `at the end who waits is told, and every connection is closed`() throws {
        isOver.value.store(true, ordering: .releasing)
        owner.join()
        let client = try client()
        client.send("start\n")
        #expect(client.answer(seconds: 0.3) == nil)
        server.stop()
        #expect(client.answer() == "ERROR the recorder ends")
        #expect(client.waitsForEnd())
    }

    @Test func `a port that is taken is an error with a way out`() throws {
        #expect {
            try ControlServer(port: server.port, door: ControlDoor { _ in nil })
        } throws: {
            ($0 as? ControlServerError)?.description.contains("--control PORT") == true
        }
    }
}
