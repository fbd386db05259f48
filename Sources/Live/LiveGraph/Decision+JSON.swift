import Confidence
import Recognition
public import Signals

extension Decision {
    /// The decision as one line of JSON without line end, with a fixed order of keys and a fixed way of writing numbers.
    ///
    /// | event | keys after `event` and `time_s` |
    /// |---|---|
    /// | `word` | `text`, `frame` (100 Hz), `log_probability` |
    /// | `utterance` | `text`, `first_frame`, `last_frame`, `end` (silence, longest or stream), `first_word_s` (from the end of the first word to where the text so far began with it; absent without a word), `alternatives` (each with `text`, `posterior`, `acoustic`, `language`; the text itself first); while it is being said `text`, `settled` (the part that will not change), `frame`, `partial` |
    /// | `film_word` | `text`, `first_frame`, `last_frame`, `score`, `margin` |
    /// | `gap` | `stream`, `first` (device counter), `count` |
    /// | `device` | `device`, `kind`, `value` |
    /// | `eeg_absent` | `first_frame`, `frames` |
    /// | `monitor` | `stream`, `channel`, `measure`, `value` (in the stream's unit), `alarm` |
    /// | `prediction` | `target`, `counter` (the frame of the input stream whose time is predicted), `at_s` (its time; absent if not known), `value` |
    /// | `prediction_error` | `target`, `nrmse`, `steps`, `window_nrmse`, `window_steps`; an error is null where the target did not change |
    /// | `calibration` | `posterior`, `words` (that were compared so far), `window` (the last of them that were looked at), `alarm` |
    /// | `lost` | `count` |
    /// | `marker` | `stream`, `at_s` (when it was, counted as `time_s`; absent if not known), `texts`, `cut` (only if true) |
    /// | `line` | `stream`, `line` (channel), `level` (0 or 1), `counter` (first frame with it), `at_s` (its time; absent if not known) |
    ///
    /// `log_probability` is a natural logarithm. Of a word and of a first guess it is the network's posterior at `frame`; of the final word
    /// after a guess it is the logarithm of its score over the label's window. In each case the scores of all words, the alternatives
    /// included, and of “no word” add up to 1, so those that are told add up to at most 1. A film's `score` is the readout's output, and
    /// no probability.
    ///
    /// Final words of a stage with a certificate have `confidence` (calibrated, 0.000001 … 0.999999) and `action` (act, confirm or ignore)
    /// after their own keys.
    ///
    /// Decisions of stages that the rig file names have `stage` after `time_s`. Where the rig file asks for them, words end with
    /// `alternatives` (each with `text`, and `log_probability` or `score` as the word has it), and first guesses with `partial`, true. Final
    /// words of a stage with `evidence = true` end with `evidence`: `posterior`, `margin` (natural logarithms for a recogniser, outputs for a
    /// readout), and for a recogniser `snr_dB`, `lost_frames`, `eeg_absent_frames`, `eeg_outliers`, those that there are.
    ///
    /// - Parameter start: the session's first stamp; `time_s` counts from it, with nine decimals.
    public func line(start: HostTime) -> String {
        let time = Self.seconds(start, hostTime) + (stage.map { ",\"stage\":\(Self.quoted($0))" } ?? "")
        switch content {
        case .word(let text, let frame, let logProbability):
            return "{\"event\":\"word\",\"time_s\":\(time),\"text\":\(Self.quoted(text)),\"frame\":\(frame)"
                + ",\"log_probability\":\(Self.number(logProbability))\(ending("log_probability"))}"
        case .utterance(let utterance):
            return
                "{\"event\":\"utterance\",\"time_s\":\(time),\"text\":\(Self.quoted(utterance.text))\(Self.ending(utterance))}"
        case .filmWord(let text, let first, let last, let score, let margin):
            return "{\"event\":\"film_word\",\"time_s\":\(time),\"text\":\(Self.quoted(text))"
                + ",\"first_frame\":\(first),\"last_frame\":\(last)"
                + ",\"score\":\(Self.number(score)),\"margin\":\(Self.number(margin))\(ending("score"))}"
        case .gap(let stream, let first, let count):
            return "{\"event\":\"gap\",\"time_s\":\(time),\"stream\":\(Self.quoted(stream))"
                + ",\"first\":\(first),\"count\":\(count)}"
        case .device(let name, let event):
            return "{\"event\":\"device\",\"time_s\":\(time),\"device\":\(Self.quoted(name))"
                + ",\"kind\":\(Self.quoted(event.code.name)),\"value\":\(event.value)}"
        case .monitor(let stream, let channel, let measure, let value, let isAlarm):
            return "{\"event\":\"monitor\",\"time_s\":\(time),\"stream\":\(Self.quoted(stream))"
                + ",\"channel\":\(Self.quoted(channel)),\"measure\":\(Self.quoted(measure)),\"value\":\(Self.number(value))"
                + ",\"alarm\":\(isAlarm)}"
        case .prediction(let target, let counter, let at, let value):
            let place = at.map { ",\"at_s\":\(Self.seconds(start, $0))" } ?? ""
            return "{\"event\":\"prediction\",\"time_s\":\(time),\"target\":\(Self.quoted(target))"
                + ",\"counter\":\(counter)\(place),\"value\":\(Self.number(value))}"
        case .predictionError(let target, let nrmse, let steps, let windowNRMSE, let windowSteps):
            return "{\"event\":\"prediction_error\",\"time_s\":\(time),\"target\":\(Self.quoted(target))"
                + ",\"nrmse\":\(nrmse.map(Self.number) ?? "null"),\"steps\":\(steps)"
                + ",\"window_nrmse\":\(windowNRMSE.map(Self.number) ?? "null"),\"window_steps\":\(windowSteps)}"
        case .calibration(let posterior, let words, let window, let isAlarm):
            return "{\"event\":\"calibration\",\"time_s\":\(time),\"posterior\":\(Self.number(posterior))"
                + ",\"words\":\(words),\"window\":\(window),\"alarm\":\(isAlarm)}"
        case .lost(let count): return "{\"event\":\"lost\",\"time_s\":\(time),\"count\":\(count)}"
        case .eegAbsent(let first, let frames):
            return "{\"event\":\"eeg_absent\",\"time_s\":\(time),\"first_frame\":\(first),\"frames\":\(frames)}"
        case .line(let stream, let line, let isHigh, let counter, let at):
            let place = at.map { ",\"at_s\":\(Self.seconds(start, $0))" } ?? ""
            return "{\"event\":\"line\",\"time_s\":\(time),\"stream\":\(Self.quoted(stream)),\"line\":\(Self.quoted(line))"
                + ",\"level\":\(isHigh ? 1 : 0),\"counter\":\(counter)\(place)}"
        case .marker(let stream, let texts, let at, let isCut):
            let place = at.map { ",\"at_s\":\(Self.seconds(start, $0))" } ?? ""
            return "{\"event\":\"marker\",\"time_s\":\(time),\"stream\":\(Self.quoted(stream))\(place)"
                + ",\"texts\":[\(texts.map(Self.quoted).joined(separator: ","))]\(isCut ? ",\"cut\":true" : "")}"
        }
    }

    /// What words may end with.
    private func ending(_ measure: String) -> String {
        let list = alternatives.map { "{\"text\":\(Self.quoted($0.text)),\"\(measure)\":\(Self.number($0.score))}" }
        let judged = judgement.map {
            ",\"confidence\":\(Self.number($0.confidence)),\"action\":\"\($0.action.rawValue)\""
        }
        return (judged ?? "") + (list.isEmpty ? "" : ",\"alternatives\":[\(list.joined(separator: ","))]")
            + (isPartial ? ",\"partial\":true" : "") + (evidence.map(Self.text) ?? "")
    }

    private static func ending(_ utterance: Utterance) -> String {
        switch utterance.progress {
        case .partial(let settled, let frame):
            return ",\"settled\":\(quoted(settled)),\"frame\":\(frame),\"partial\":true"
        case .ended(let first, let last, let reason, let delay, let alternatives):
            let list = alternatives.map {
                "{\"text\":\(quoted($0.text)),\"posterior\":\(number($0.posterior)),\"acoustic\":\(number($0.acoustic))"
                    + ",\"language\":\(number($0.language))}"
            }
            return ",\"first_frame\":\(first),\"last_frame\":\(last),\"end\":\"\(reason)\""
                + (delay.map { ",\"first_word_s\":\(number($0))" } ?? "")
                + (list.isEmpty ? "" : ",\"alternatives\":[\(list.joined(separator: ","))]")
        }
    }

    private static func text(_ evidence: WordEvidence) -> String {
        var parts = ["\"posterior\":\(number(evidence.posterior))", "\"margin\":\(number(evidence.margin))"]
        if let quality = evidence.quality {
            if let snr = quality.snr_dB { parts.append("\"snr_dB\":\(number(Float(snr)))") }
            parts.append("\"lost_frames\":\(quality.lostFrames)")
            if let absent = quality.eegAbsentFrames { parts.append("\"eeg_absent_frames\":\(absent)") }
            if let outliers = quality.eegOutliers { parts.append("\"eeg_outliers\":\(number(Float(outliers)))") }
        }
        return ",\"evidence\":{\(parts.joined(separator: ","))}"
    }

    private static func seconds(_ start: HostTime, _ time: HostTime) -> String {
        let (distance, isBeyond) = time.nanoseconds.subtractingReportingOverflow(start.nanoseconds)
        // Stamps of damaged recordings may lie at both ends of all time.
        let nanoseconds = isBeyond ? (time < start ? .min : .max) : distance
        let magnitude = nanoseconds.magnitude
        let fraction = String(magnitude % 1_000_000_000)
        let padding = String(repeating: "0", count: 9 - fraction.count)
        return (nanoseconds < 0 ? "-" : "") + "\(magnitude / 1_000_000_000).\(padding)\(fraction)"
    }

    /// Swift prints the shortest decimal that reads back to the same value: the same text for the same bits everywhere.
    private static func number(_ value: some BinaryFloatingPoint & CustomStringConvertible) -> String {
        value.isFinite ? value.description : "null"
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 0x20:
                let hex = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
