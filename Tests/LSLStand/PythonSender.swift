import Foundation

/// pylsl as a sender, told line by line what to do. Sample n of a stream of numbers has n · channels + channel in each channel and
/// the stamp `begin + n / rate`, and is not sent before that. To that number is added what 32-bit floats cannot hold: 1/3 for
/// doubles, 2²⁴ + 1 for 32-bit and 2⁵³ + 1 for 64-bit integers; for 8 bits it is taken modulo 100.
public final class PythonSender {
    private let peer: PythonPeer
    public let name: String
    /// Stamp of sample 0, in seconds of the sender's clock.
    public private(set) var begin = 0.0

    /// - Parameter units: one for each channel; also the channels are named "c1", "c2", ….
    public init(
        _ name: String, type: String = "EEG", rate: Double = 250, format: String = "float32", units: [String]
    ) throws {
        self.name = name
        peer = try PythonPeer(Self.script, name, type, "\(rate)", format, units.joined(separator: ","))
        begin = peer.line().flatMap(Double.init) ?? .nan
    }

    /// Sends the next samples. A sender waits until somebody listens.
    public func push(_ count: Int) { ask("push \(count)") }

    /// Sends the next samples with stamps that are ahead of their time (or behind it), as many seconds as `jump`.
    public func push(_ count: Int, jump: Double) { ask("jump \(jump) \(count)") }

    /// Leaves samples out.
    public func skip(_ count: Int) { ask("skip \(count)") }

    public func push(texts: [String], at stamp: Double) throws {
        let data = try JSONEncoder().encode(texts)
        ask("text \(stamp) " + String(decoding: data, as: UTF8.self))
    }

    /// Ends the stream; its samples are counted on, as a device's that is away.
    public func close() { ask("close") }

    public func reopen() { ask("open") }

    /// Of the program.
    public var processIdentifier: Int32 { peer.processIdentifier }

    /// Ends the program at once.
    public func stop() { peer.stop() }

    private func ask(_ line: String) {
        peer.say(line)
        _ = peer.line()
    }

    private static let script = """
        import sys, json, time, pylsl
        name, kind, rate, form, units = sys.argv[1:6]
        rate, units = float(rate), units.split(",")
        channels = len(units)
        def make():
            info = pylsl.StreamInfo(name, kind, channels, rate, form, "source of " + name)
            list_ = info.desc().append_child("channels")
            for number, unit in enumerate(units):
                node = list_.append_child("channel")
                node.append_child_value("label", "c%d" % (number + 1))
                node.append_child_value("unit", unit)
            info.desc().append_child("acquisition").append_child_value("manufacturer", "Tester")
            return pylsl.StreamOutlet(info, 0, 60)
        outlet = make()
        begin, n = pylsl.local_clock(), 0
        print(repr(begin))
        for line in sys.stdin:
            words = line.rstrip("\\n").split(" ", 2)
            if words[0] in ("push", "jump"):
                outlet.wait_for_consumers(120)
                jump = float(words[1]) if words[0] == "jump" else 0
                for _ in range(int(words[-1])):
                    add = {"float32": 0.0, "double64": 1 / 3, "int32": 2**24 + 1, "int64": 2**53 + 1}.get(form, 0)
                    row = [n * channels + c + add for c in range(channels)]
                    row = [v % 100 for v in row] if form == "int8" else row
                    wait = begin + n / rate - pylsl.local_clock()
                    if wait > 0:
                        time.sleep(wait)
                    outlet.push_sample(row, begin + n / rate + jump)
                    n += 1
            elif words[0] == "skip":
                n += int(words[1])
            elif words[0] == "text":
                outlet.wait_for_consumers(120)
                outlet.push_sample(json.loads(words[2]), float(words[1]))
            elif words[0] == "close":
                del outlet
            elif words[0] == "open":
                outlet = make()
            print("done")
        """
}
