import CountingDriver
import Devices
import Glibc
import Protocols
import RealTime
import ScriptedUSB
import Signals
import Simulators
import Transports

/// Interrupt transfers: whole reports, in order, several in flight, from the interface that has them.
func reports() throws {
    let transport = try USBTransport(Dongle.address, endpoints: .hidReports(bytes: 32), waker: nil)
    expect(scripted_usb_count().flying_in == 32, "32 transfers in flight after opening")
    expect(scripted_usb_count().driver_detached == 1, "the kernel's driver let go")
    let sent = (0..<200).map { index in [UInt8](repeating: UInt8(index), count: 32) }
    for report in sent { send(report) }
    let found = try read(transport, 200 * 32)
    expect(found == sent.flatMap(\.self), "200 reports in order, found \(found.count) bytes")
    // A report that is too short is none.
    send([1, 2, 3])
    send(sent[7])
    var buffer = [UInt8](repeating: 0, count: 64)
    let short = try buffer.withUnsafeMutableBytes { try transport.read(into: $0, timeout: 0.1) }
    expect(short == .overrun, "a short report is told as lost bytes, found \(short)")
    expect(try read(transport, 32) == sent[7], "the report after it is whole")
    expect(failure { try transport.write([1]) }?.code == .unsupported, "writing is refused")
    transport.close()
    let counts = scripted_usb_count()
    expect(counts.flying_at_release == 0, "no transfer in flight when the interface is released")
    expect(counts.driver_attached == 1, "the kernel's driver has it back, found \(counts.driver_attached)")
    let wrong = failure { _ = try USBTransport(Dongle.address, endpoints: .hidReports(bytes: 64), waker: nil) }
    expect(wrong?.code == .unsupported, "a dongle without such reports is refused, found \(wrong.map { "\($0)" } ?? "nothing")")
    let board = failure { _ = try USBTransport(Dongle.address, waker: nil) }
    expect(board?.code == .unsupported, "a dongle is no board")
}

/// 0.51 µV per count: what is sent in µV comes within half of that.
private func checkValues(_ bench: DongleBench) {
    let electrodes = EmotivReport.electrodes.count
    // The first counter says which value of the source it was: the source and the counter began with 0.
    for (frame, counter) in bench.counters.enumerated() {
        for electrode in 0..<electrodes {
            let expected = (Double(counter % 1500) + Double(electrode) * 51) * 1e-6
            let found = Double(bench.samples[frame * electrodes + electrode])
            if abs(found - expected) > 0.2551e-6 {
                return expect(false, "frame \(counter), electrode \(electrode): \(expected), found \(found)")
            }
        }
    }
}

func dongleStream() throws {
    let dongle = Dongle()
    dongle.switchOn()
    let bench = try DongleBench()
    try bench.runner.open()
    bench.start()
    expect(bench.wait { bench.counters.count >= 200 }, "200 frames, found \(bench.counters.count)")
    bench.runner.stop()
    bench.collect()
    dongle.switchOff()
    expect(bench.missing == 0 && bench.codes == [.started, .stopped], "no loss, found \(bench.codes)")
    // Seventeen reports were looked at for the key.
    expect(bench.counters.first == 17, "the 18th report is the first frame, found \(bench.counters.first ?? 0)")
    expect(zip(bench.counters, bench.counters.dropFirst()).allSatisfy { $0 + 1 == $1 }, "counters without a hole")
    checkValues(bench)
    expect(bench.runner.backend == "libusb", "libusb, found \(bench.runner.backend)")
}

/// Once it streams, neither the transport's side of libusb nor libcrypto, the decoder or the rings claim memory.
func dongleHeap() throws {
    let dongle = Dongle(skipping: Set(stride(from: 60, to: 4000, by: 50)))
    dongle.switchOn()
    let bench = try DongleBench()
    try bench.runner.open()
    bench.start()
    expect(bench.wait { bench.counters.count >= 60 && bench.missing > 0 }, "frames and a hole")
    bench.driver.startCounting()
    let before = bench.counters.count
    expect(bench.wait { bench.counters.count >= before + 200 }, "200 more frames")
    bench.runner.stop()
    dongle.switchOff()
    let counts = bench.driver.counts
    expect(!CountingDriver.isPossible || counts.claimedByLibraries > 0, "libusb's own claims are seen, found \(counts)")
    expect(bench.driver.own == (0, 0), "nothing claimed or released on this side, found \(counts)")
}

func dongleGaps() throws {
    // One report, ten in a row, and the battery's with its neighbours: 1 + 10 + 3.
    let dongle = Dongle(skipping: Set([40] + Array(60..<70) + Array(127...129)))
    dongle.switchOn()
    let bench = try DongleBench()
    try bench.runner.open()
    bench.start()
    expect(bench.wait { (bench.counters.last ?? 0) >= 160 }, "160 reports' time")
    bench.runner.stop()
    bench.collect()
    dongle.switchOff()
    expect(bench.missing == 14, "14 lost frames, found \(bench.missing)")
    expect(
        Set((17...160).map { UInt64($0) }).subtracting(bench.counters)
            == Set(([40] + Array(60..<70) + Array(127...129)).map { UInt64($0) }), "exactly these are missing")
    checkValues(bench)
}

/// CPU seconds of this process, user and system.
private func cpuSeconds() -> Double {
    var usage = rusage()
    getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
    let seconds = { (time: timeval) in Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
}

/// Lost while reading and in the middle of a report, back within two seconds of its return, no busy loop meanwhile.
func dongleLoss() throws {
    let first = Dongle()
    first.switchOn()
    let bench = try DongleBench()
    try bench.runner.open()
    bench.start()
    expect(bench.wait { bench.counters.count > 20 }, "frames")
    first.switchOff()
    send([1, 2, 3])
    scripted_usb_unplug(1)
    expect(bench.wait { bench.codes.contains(.lost) }, "a loss")
    let (before, pause) = (cpuSeconds(), Stopwatch())
    WorkerThread.sleep(0.25)
    let (used, passed) = (cpuSeconds() - before, pause.seconds)
    expect(used <= 0.6 * passed, "no busy loop: \(used) s of \(passed) s")
    scripted_usb_plug_again()
    let (plugged, watch) = (HostTime.now(), Stopwatch())
    let second = Dongle()
    second.switchOn()
    expect(bench.wait { bench.codes.contains(.reconnected) }, "back again, found \(bench.codes)")
    let back = bench.events.first { $0.code == .reconnected }?.hostTime
    if let back { expect(back - plugged < 2 + watch.lost, "within two seconds of its return, found \(back - plugged) s") }
    let frames = bench.counters.count
    expect(bench.wait { bench.counters.count > frames + 20 }, "frames after the return")
    bench.runner.stop()
    bench.collect()
    second.switchOff()
    expect(bench.codes.filter { $0 == .lost }.count == 1 && bench.codes.last == .stopped, "one loss, found \(bench.codes)")
    expect(bench.missing > 0, "the interruption is a hole")
    expect(zip(bench.counters, bench.counters.dropFirst()).allSatisfy { $0 < $1 }, "no frame twice")
    expect(scripted_usb_count().flying_in == 0, "no transfer in flight at the end")
}

func dongleWrongKey() throws {
    let dongle = Dongle()
    dongle.switchOn()
    let bench = try DongleBench(key: EmotivKey(bytes: [UInt8](repeating: 9, count: 16)))
    let error = failure { try bench.runner.open() }
    dongle.switchOff()
    expect(error?.code == .protocolViolation, "a key that does not fit, found \(error.map { "\($0)" } ?? "nothing")")
    expect(error?.detail.contains("key does not fit") == true, "words for it, found \(error?.detail ?? "")")
    expect(error?.description.contains("09") == false, "nothing of the key")
    expect(scripted_usb_count().flying_at_release == 0, "no transfer in flight when the interface is released")
}

func dongleOff() throws {
    let bench = try DongleBench()
    let watch = Stopwatch()
    let error = failure { try bench.runner.open() }
    expect(
        error?.code == .timeout && error?.remedy != nil, "time-out with a remedy, found \(error.map { "\($0)" } ?? "nothing")")
    expect(watch.seconds < 3 + watch.lost, "after two seconds")
}

/// The headset is switched off: a stall and a loss; a stop ends the wait for it.
func dongleGoesSilent() throws {
    let dongle = Dongle()
    dongle.switchOn()
    let bench = try DongleBench()
    try bench.runner.open()
    bench.start()
    expect(bench.wait { bench.counters.count > 20 }, "frames")
    dongle.switchOff()
    expect(bench.wait { bench.codes.contains(.lost) }, "a loss, found \(bench.codes)")
    expect(bench.codes.contains(.stalled), "silence is named, found \(bench.codes)")
    WorkerThread.sleep(0.5)
    let watch = Stopwatch()
    bench.runner.stop()
    expect(watch.seconds < 1 + watch.lost, "a stop ends the wait")
}

/// Lost between opening and starting, stopped after a loss, stopped before a start, stopped twice.
func dongleEnds() throws {
    let dongle = Dongle()
    dongle.switchOn()
    let early = try DongleBench()
    try early.runner.open()
    early.runner.stop()
    early.runner.stop()
    expect(scripted_usb_count().released == 1, "a stop before the start lets the dongle go")
    let late = try DongleBench()
    try late.runner.open()
    scripted_usb_unplug(0)
    late.start()
    expect(late.wait { late.codes.contains(.lost) }, "a loss between opening and starting, found \(late.codes)")
    late.runner.stop()
    late.runner.stop()
    late.collect()
    expect(late.codes.last == .stopped, "stopped after the loss, found \(late.codes)")
    let events = late.events.count
    WorkerThread.sleep(0.05)
    late.collect()
    expect(late.events.count == events, "nothing comes after the stop")
    dongle.switchOff()
    expect(scripted_usb_count().flying_in == 0, "no transfer in flight at the end")
}
