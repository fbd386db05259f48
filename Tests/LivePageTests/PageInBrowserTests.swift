import Foundation
import LivePage
import PageBrowser
import RealTime
import Signals
import Synchronization
import Testing

/// The page in a browser, fed with signals whose values are known.
@Suite(.serialized, .enabled(if: Browser.path != nil, "needs Chromium, which apt-get install chromium brings"))
final class PageInBrowserTests {
    private let source = PageTestSource()
    private let asked = PageServerTests.Log()
    private let isRecording = Mutex(false)
    private let hub: PageHub
    private let server: PageServer
    private let feeder: WorkerThread
    private let signal = Signal()

    /// What the headset sends, and whether it does.
    private final class Signal: Sendable {
        let isOver = Atomic<Bool>(false)
        let isRailed = Atomic<Bool>(false)
        let frames = Atomic<Int>(0)

        /// In volts: ±100 µV of 10 Hz on the first channel, others on the others.
        static func value(_ channel: Int, _ frame: Int) -> Float {
            Float(
                (channel == 0 ? 100e-6 : 20e-6) * sin(2 * .pi * Double(frame) * (channel == 0 ? 10 : 7 + Double(channel)) / 250)
            )
        }
    }

    private static let channels = 8
    private static let labels = ["Fp1", "Fp2", "C3", "C4", "P7", "P8", "O1", "O2"]

    init() throws {
        let state = RecordingState()
        hub = PageHub(title: "bench", mode: .control, status: { state.text }) { [asked] command, reply in
            asked.add(command)
            let refusal = state.take(command)
            reply(refusal == nil, refusal ?? "")
        }
        hub.begin(
            [
                PageStream(
                    StreamDescription(
                        name: "headset.eeg", kind: .eeg,
                        channels: Self.labels.map { .init(label: $0, unit: .volt, fullScale: 0.1875) }, nominalRate: 250,
                        device: "test", montage: "standard_1020"), device: "headset"),
                PageStream(
                    StreamDescription(
                        name: "film.mz", kind: .magnetisation,
                        channels: (0..<36).map { .init(label: "m\($0)", unit: .dimensionless) }, nominalRate: 50, device: "film"
                    ),
                    device: "film"),
            ], start: PageTestSource.start, source: source)
        source.set([
            PageHealth(received: 0, lost: 3, away: false, driftPpm: 4.2), PageHealth(received: 0, lost: 0, away: false),
        ])
        server = try PageServer(hub, port: 0)
        feeder = try WorkerThread("feeder") { [source, signal] in
            let begin = HostTime.now()
            var frame = 0
            while !signal.isOver.load(ordering: .relaxed) {
                let due = Int((HostTime.now() - begin) * 250) / 10 * 10
                if due > frame {
                    let isRailed = signal.isRailed.load(ordering: .relaxed)
                    source.put(from: frame, frames: due - frame, channels: Self.channels) {
                        $0 == 4 && isRailed ? 0.1875 : Signal.value($0, $1)
                    }
                    source.put(stream: 1, from: frame / 5, frames: (due - frame) / 5, channels: 36, rate: 50) { cell, step in
                        Float(cos(Double(cell % 6) * 0.5 + Double(step) * 0.05) * sin(Double(cell / 6) * 0.6))
                    }
                    frame = due
                    signal.frames.store(frame, ordering: .relaxed)
                }
                WorkerThread.sleep(0.01)
            }
        }
    }

    deinit {
        signal.isOver.store(true, ordering: .relaxed)
        feeder.join()
        server.stop()
    }

    private final class RecordingState: Sendable {
        private let isRecording = Mutex(false)
        var text: String {
            isRecording.withLock { $0 }
                ? "{\"state\":\"recording\",\"session\":\"/data/run-001\",\"seconds\":12.5,\"bytes\":2500000,\"free_bytes\":60000000000,\"streams\":[]}"
                : "{\"state\":\"ready\",\"seconds\":0,\"bytes\":0,\"streams\":[]}"
        }
        func take(_ command: String) -> String? {
            isRecording.withLock { isRecording in
                switch command {
                case "start" where isRecording: return "a recording runs already: /data/run-001"
                case "start": isRecording = true
                case "stop" where !isRecording: return "no recording runs"
                case "stop": isRecording = false
                default: break
                }
                return nil
            }
        }
    }

    private func page(
        _ path: String = "/", width: Int = 1440, height: Int = 900, isDark: Bool = false
    ) throws -> Browser {
        let browser = try Browser(width: width, height: height, isDark: isDark)
        try browser.open("http://127.0.0.1:\(server.port)\(path)")
        return browser
    }

    private func shot(_ browser: Browser, _ name: String) throws {
        guard let folder = ProcessInfo.processInfo.environment["LARMOR_SCREENSHOTS"] else { return }
        try browser.screenshot(folder + "/" + name + ".png")
    }

    @Test func `the page paints within a second, draws thirty updates a second, and its values are those that were measured`()
        throws
    {
        let browser = try page()
        #expect(try browser.waits(for: "larmor.streams.length === 2 && larmor.streams[0].end > 600 && larmor.state"))
        #expect(try browser.number("performance.getEntriesByName('first-contentful-paint')[0].startTime") < 1000)
        let before = try browser.number("larmor.messages")
        let begin = ContinuousClock.now
        usleep(2_000_000)
        let rate = (try browser.number("larmor.messages") - before) / ((ContinuousClock.now - begin) / .seconds(1))
        #expect(rate > 20 && rate < 33, "\(rate) updates a second")
        // A sine of ±100 µV reads 200 µV, and every sample is there.
        let range = try browser.number("larmor.state.streams[0].channels[0].range * 1e6")
        #expect(abs(range - 200) < 1, "\(range) µV")
        let text = try browser.text(
            "(() => { const s = larmor.streams[0], r = []; for (let c = s.end - 400; c < s.end; c++) r.push([s.time(c), s.low(c, 0), s.low(c, 3)]); return JSON.stringify(r); })()"
        )
        let rows = try JSONDecoder().decode([[Double]].self, from: Data(text.utf8))
        for row in rows {
            let frame = Int((row[0] * 250).rounded())
            #expect(Float(row[1]) == Signal.value(0, frame) && Float(row[2]) == Signal.value(3, frame))
        }
        for (row, next) in zip(rows, rows.dropFirst()) { #expect(abs(next[0] - row[0] - 0.004) < 1e-6) }
        #expect(try browser.text("document.querySelector('#health tbody tr').cells[2].textContent") == "3")
        #expect(try browser.text("document.querySelector('#health tbody tr').cells[3].textContent") == "4.2 ppm")
        #expect(try browser.isTrue("!document.getElementById('film-panel').hidden"))
        #expect(try browser.waits(for: "document.getElementById('quality').textContent === 'All channels look well.'"))
        try shot(browser, "bench")
        #expect(browser.errors.isEmpty, "\(browser.errors)")
    }

    @Test func `a channel that is railed is named within a second, and other channels are not`() throws {
        let browser = try page()
        #expect(try browser.waits(for: "document.getElementById('quality').textContent === 'All channels look well.'"))
        signal.isRailed.store(true, ordering: .relaxed)
        let begin = ContinuousClock.now
        #expect(
            try browser.waits(for: "document.getElementById('quality').textContent === 'P7: railed (headset.eeg)'", seconds: 5))
        let seconds = (ContinuousClock.now - begin) / .seconds(1)
        #expect(seconds < 1.5, "\(seconds) s")
        usleep(500_000)
        try shot(browser, "railed")
    }

    @Test func `a recording is begun and ended by keys, by accident neither, and a second start is refused in words`() throws {
        let (browser, other) = (try page(), try page())
        #expect(try browser.waits(for: "!document.getElementById('record').disabled && larmor.state"))
        try browser.press("r")
        #expect(try browser.waits(for: "document.getElementById('state').textContent === 'recording'", seconds: 5))
        #expect(try other.waits(for: "document.getElementById('state').textContent === 'recording'", seconds: 1))
        #expect(
            try browser.text("document.getElementById('numbers').textContent").hasPrefix(
                "00:00:12 · 2.5 MB · disk for 5000 min"))
        #expect(
            try browser.isTrue(
                "document.getElementById('file').textContent === '/data/run-001' && document.getElementById('record').disabled")
        )
        try other.press("r")
        #expect(
            try other.waits(
                for: "document.getElementById('message').textContent.startsWith('a recording runs already')", seconds: 5))
        try shot(browser, "recording")
        try browser.press("s")
        usleep(300_000)
        #expect(!asked.all.contains("stop"), "once is an accident")
        try browser.press("s")
        #expect(try other.waits(for: "document.getElementById('state').textContent === 'ready'", seconds: 5))
        #expect(asked.all == ["start", "start", "stop"])
    }

    @Test func `markers are set by key and by text, are drawn at once, and letters in the field do nothing else`() throws {
        let browser = try page()
        #expect(try browser.waits(for: "larmor.state"))
        try browser.press("3")
        try browser.press("m")
        for letter in "rest" { try browser.press(String(letter)) }
        try browser.press("Enter")
        #expect(try browser.waits(for: "document.getElementById('marker').value === ''", seconds: 5))
        #expect(asked.all == ["marker 3", "marker rest"])
        let begin = ContinuousClock.now
        source.put(
            event: "{\"event\":\"marker\",\"time_s\":1,\"stream\":\"console.markers\",\"at_s\":0.5,\"texts\":[\"rest <b>\"]}")
        #expect(try browser.waits(for: "larmor.traces.marks.length === 1", seconds: 5))
        let seconds = (ContinuousClock.now - begin) / .seconds(1)
        #expect(seconds < 0.4, "\(seconds) s")
        #expect(try browser.text("document.querySelector('#events li').textContent") == "1.00 smarkers: rest <b>")
    }

    @Test func `first guesses give way to final words, which stay, with confidence, action and what came next`() throws {
        let browser = try page()
        #expect(try browser.waits(for: "larmor.state"))
        source.put(
            event:
                "{\"event\":\"word\",\"time_s\":2.5,\"stage\":\"net\",\"text\":\"le\",\"frame\":240,\"log_probability\":-0.9,\"partial\":true}"
        )
        #expect(try browser.waits(for: "document.querySelector('#words .partial .text').textContent === 'le …'"))
        source.put(
            event:
                "{\"event\":\"word\",\"time_s\":2.6,\"stage\":\"net\",\"text\":\"left\",\"frame\":250,\"log_probability\":-0.105,\"confidence\":0.93,\"action\":\"act\",\"alternatives\":[{\"text\":\"lift\",\"log_probability\":-2.8},{\"text\":\"deft\",\"log_probability\":-3.9}]}"
        )
        source.put(
            event:
                "{\"event\":\"film_word\",\"time_s\":2.7,\"stage\":\"film\",\"text\":\"right\",\"first_frame\":1,\"last_frame\":2,\"score\":0.81,\"margin\":0.2,\"confidence\":0.61,\"action\":\"confirm\"}"
        )
        #expect(
            try browser.waits(
                for: "document.querySelectorAll('#words .final').length === 2 && !document.querySelector('#words .partial')"))
        let texts = try browser.text("[...document.querySelectorAll('#words li')].map((item) => item.innerText).join('|')")
        #expect(
            texts.contains("left") && texts.contains("act 93 %") && texts.contains("lift") && texts.contains("confirm 61 %"),
            "\(texts)")
        usleep(600_000)
        try shot(browser, "words")
    }

    @Test func `the view pauses and goes back while samples go on, filters are for the eye, and a frozen page catches up`()
        throws
    {
        let browser = try page()
        #expect(try browser.waits(for: "larmor.streams.length && larmor.streams[0].end > 1500"))
        try browser.press(" ")
        let column = try browser.number("larmor.streams[0].end")
        try browser.press("ArrowLeft")
        #expect(try browser.waits(for: "document.getElementById('cursor').textContent.includes('Fp1 ')"))
        let words = try browser.text("document.getElementById('cursor').textContent")
        let found = try #require(words.firstMatch(of: /^([\d.]+) s: Fp1 (-?[\d.]+) µV/))
        let frame = Int((Double(found.1)! * 250).rounded())
        #expect(abs(Double(found.2)! - Double(Signal.value(0, frame)) * 1e6) < 0.51, "\(words)")
        #expect(try browser.waits(for: "larmor.streams[0].end > \(column + 100)"), "samples go on")
        try browser.press(" ")
        let raw = try browser.number("larmor.streams[0].low(1000, 0)")
        try browser.press("f")
        #expect(try browser.waits(for: "!document.getElementById('badge').hidden"))
        #expect(try browser.number("larmor.streams[0].low(1000, 0)") == raw, "what was measured stays")
        try browser.press("w")
        usleep(300_000)
        try shot(browser, "filtered-sweep")
        try browser.call("Page.setWebLifecycleState", ["state": "frozen"])
        usleep(4_000_000)
        try browser.call("Page.setWebLifecycleState", ["state": "active"])
        usleep(1_000_000)
        let lag = Double(signal.frames.load(ordering: .relaxed)) / 250 - (try browser.number("larmor.newest"))
        #expect(lag < 1, "\(lag) s behind")
    }

    @Test func `the subject's page has large words and no controls`() throws {
        let browser = try page("/subject")
        source.put(event: "{\"event\":\"marker\",\"time_s\":1,\"stream\":\"console.prompts\",\"texts\":[\"Say: yes\"]}")
        #expect(try browser.waits(for: "document.getElementById('prompt').textContent === 'Say: yes'"))
        #expect(try browser.number("document.querySelectorAll('button, input, select, a, canvas, table').length") == 0)
        #expect(try browser.number("parseFloat(getComputedStyle(document.getElementById('prompt')).fontSize)") > 60)
        try shot(browser, "subject")
        #expect(browser.errors.isEmpty, "\(browser.errors)")
    }

    @Test(arguments: [(1440, 900, false), (1440, 900, true), (820, 1180, false), (390, 844, true)])
    func `light and dark, on a desk, a tablet and a telephone: texts can be read and nothing is cut off`(
        width: Int, height: Int, isDark: Bool
    ) throws {
        let browser = try page(width: width, height: height, isDark: isDark)
        #expect(try browser.waits(for: "larmor.state && larmor.streams[0].end > 300"))
        #expect(try browser.number("document.documentElement.scrollWidth") <= Double(width))
        // WCAG 2.1's contrast of every text with what lies behind it.
        let low = try browser.text(
            """
            (() => {
              const light = (text) => { const c = text.match(/[\\d.]+/g).map(Number); const l = c.slice(0, 3).map((v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return [0.2126 * l[0] + 0.7152 * l[1] + 0.0722 * l[2], c[3] ?? 1]; };
              const back = (e) => { for (; e; e = e.parentElement) { const [l, a] = light(getComputedStyle(e).backgroundColor); if (a > 0) return l; } return 1; };
              const bad = [];
              for (const e of document.querySelectorAll('body *')) {
                if (![...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()) || !e.checkVisibility() || e.disabled) continue;
                const a = light(getComputedStyle(e).color)[0], b = back(e), ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
                if (ratio < 4.5) bad.push(`${e.tagName} ${e.id} ${e.className} ${e.textContent.slice(0, 20)} ${ratio.toFixed(2)}`);
              }
              return bad.join("; ");
            })()
            """)
        #expect(low.isEmpty, "\(low)")
        // Whatever can be pressed has a name.
        #expect(
            try browser.number(
                "[...document.querySelectorAll('button, input, select')].filter((e) => e.checkVisibility() && !e.textContent.trim() && !e.labels?.length && !e.ariaLabel && !e.title).length"
            ) == 0)
        usleep(1_500_000)
        try shot(browser, "page-\(width)\(isDark ? "-dark" : "")")
        #expect(browser.errors.isEmpty, "\(browser.errors)")
    }
}
