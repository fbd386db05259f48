import Foundation
import Testing

/// An option that would do nothing is refused with its name: obey or refuse, never ignore.
struct IdleOptionsTests {
    /// A value for each option that needs one; nil for flags.
    private static let values: [String: String?] = [
        "--rows": "2", "--columns": "2", "--material": "Ni", "--damping": "0.2", "--time-step": "1e-13",
        "--steps-per-input": "2",
        "--threads": "1", "--precision": "double", "--cell-nm": "5,5,3", "--magnetisation": "1,0,0", "--size-nm": "10,10,3",
        "--shape": "ellipse", "--duration-ns": "0.001", "--sample-ps": "1", "--tolerance": "1e-5", "--step-fs": "10",
        "--integrator": "rk4", "--field-t": "0,0,0.1", "--field": "drive.csv", "--pulse-t": "0,0,0.1", "--pulse-form": "gauss",
        "--pulse-start-ps": "1", "--pulse-width-ps": "1", "--temperature": "0", "--seed": "2", "--initial": "x.ovf",
        "--relax": nil,
        "--relax-field-t": "0,0,1", "--ovf": "x.ovf", "--ovf-format": "text", "--plot": "p", "--animation": "a.png",
        "--frames": "5", "--film": "f.toml", "--vampire": "folder", "--input": "drive.csv",
        "--speed": "1", "--from": "0", "--to": "1", "--device": "x", "--from-xdf": nil, "--loop": nil, "--output": "x",
        "--events": nil, "--serve": "x", "--link": "x", "--port": "5", "--lsl": nil, "--until-input-ends": nil,
        "--ignore-stamps": nil, "--length-nm": "100", "--width-nm": "100", "--thickness-nm": "5", "--grains-nm": "10",
        "--easy-axis": "x", "--saturation": "1e5", "--exchange": "1e-12", "--anisotropy": "1", "--ordering": "study",
        "--refresh-steps": "2", "--score": "a", "--outcome": "b", "--cluster": "c", "--clip": "1e-6", "--resamples": "100",
        "--share": "0.4", "--level": "95", "--method": "llo", "--mle": nil, "--levels": "95", "--reliability": "binned",
        "--words": "3", "--pulse-output": "x", "--pulse-line": "1", "--pulse": nil, "--no-lsl": nil, "--recording": "r.txt",
        "--prompt-interval": "2", "--relax-torque": "1", "--snapshots": "s", "--snapshot-every": "2", "--checkpoint": "c",
        "--checkpoint-every": "2", "--resume": nil, "--short": nil, "--full": nil,
        "--gaps": "error", "--stamps": "fitted", "--subject": "1", "--task": "t", "--run": "1", "--line-frequency": "50",
        "--bids-session": "a", "--reference": "Cz", "--ground": "AFz", "--shift-days": "1", "--keep-audio": nil,
        "--without-device-events": nil, "--cells": "4", "--density": "0.5", "--steps": "200",
        "--films": "1", "--rig": "r.toml", "--nodes": "5", "--population": "5", "--neighbours": "3", "--threshold": "2",
        "--series": "s.txt", "--length": "600", "--learner": "q", "--credo": "1,0,0", "--difference": nil, "--seeds": "2",
        "--rate": "0.1", "--discount": "0.5", "--plot-course": "c.svg", "--roles": nil, "--json": nil, "--drift-mt": "1",
        "--heat-coupling": "0.1", "--truth": "console.markers", "--stage": "s", "--film-words": nil, "--scores": "s.csv",
        "--sentences": "s.txt", "--speaker": "voice1", "--known-texts": nil, "--language-weight": "1",
        "--language-model": "l.lm", "--beam": "5", "--insertion-bonus": "1", "--lexicon": "l.txt", "--hot-word": "one",
        "--silence": "1", "--longest": "9",
    ]

    /// A command in one of its modes, and the options that do nothing there.
    struct Mode: CustomTestStringConvertible, Sendable {
        var arguments: [String]
        var idle: [String]
        var testDescription: String { arguments.joined(separator: " ") }

        init(_ line: String, _ idle: String) {
            arguments = line.split(separator: " ").map(String.init)
            self.idle = idle.split(separator: " ").map { "--" + $0 }
        }
    }

    private static let ofRun =
        "size-nm shape duration-ns sample-ps tolerance step-fs integrator field-t field pulse-t pulse-form pulse-start-ps "
        + "pulse-width-ps temperature seed initial relax relax-field-t relax-torque snapshots snapshot-every checkpoint checkpoint-every resume ovf ovf-format plot animation frames"

    static let modes = [
        Mode("record rig.toml --control", "output prompt-interval"),
        Mode("tune game ipd --serve", "learner credo difference steps seeds seed rate discount threads plot-course roles json"),
        Mode("tune game ipd --difference", "credo"),
        Mode("simulate film", "drift-mt heat-coupling"),
        Mode("sessions export file.edf --output x --format csv", "gaps stamps subject task run line-frequency"),
        Mode("sessions export file.edf --output x --format wav", "without-device-events subject"),
        Mode("sessions export file.edf --output x --format xdf", "gaps bids-session reference ground shift-days keep-audio"),
        Mode("film run --output x --input drive.csv", "threads precision cell-nm magnetisation film " + ofRun),
        Mode(
            "film run --output x --vampire folder",
            "input rows columns material damping time-step steps-per-input threads precision cell-nm magnetisation film "
                + ofRun),
        Mode("film run --output x --model continuum --input drive.csv", "vampire " + ofRun),
        Mode(
            "film run --output x --model continuum",
            "vampire rows columns time-step steps-per-input integrator pulse-form "
                + "pulse-start-ps pulse-width-ps relax-field-t relax-torque snapshot-every checkpoint-every ovf-format frames seed"
        ),
        Mode("film run --output x --model continuum --step-fs 10", "tolerance"),
        Mode(
            "film run --output x --model continuum --film f.toml",
            "rows columns material damping size-nm cell-nm shape temperature seed magnetisation initial vampire"),
        Mode("film run --output x --model continuum --initial x.ovf", "size-nm cell-nm magnetisation"),
        Mode("film loop --output x", "seed"),
        Mode("film loop --output x --grains-nm 40", "easy-axis"),
        Mode("film loop --output x --material Py", "saturation exchange anisotropy easy-axis"),
        Mode(
            "film loop --output x --film f.toml",
            "length-nm width-nm thickness-nm cell-nm shape material grains-nm seed saturation exchange anisotropy easy-axis"),
        Mode("reservoir metrics --states x.npy --inputs u.npy", "material cells damping field-t density seed steps"),
        Mode("reservoir search --output x --by random", "population neighbours threshold nodes series length"),
        Mode("reservoir search --output x --by microbial --task narma10", "neighbours threshold nodes series"),
        Mode("reservoir search --output x --kind esn", "cells films material rig"),
        Mode("simulate film", "cell-nm thickness-nm film"),
        Mode("simulate film --model continuum", "refresh-steps ordering"),
        Mode("simulate film --model continuum --film f.toml", "rows columns material damping cell-nm thickness-nm"),
        Mode("simulate cyton --recording r.txt", "seed"), Mode("simulate rda --recording r.txt", "seed"),
        Mode(
            "replay --compare a b",
            "speed from to device from-xdf loop output events serve link port lsl until-input-ends"),
        Mode("replay s", "ignore-stamps link port lsl until-input-ends"),
        Mode("replay s --serve d", "device output events from-xdf"),
        Mode("replay s --serve d --lsl", "link port"), Mode("replay s --serve d --link l", "port"),
        Mode("calibrate thresholds", "score outcome cluster clip resamples"),
        Mode("calibrate fit s.csv --split part", "share seed"), Mode("calibrate fit s.csv --mle", "level method"),
        Mode("calibrate monitor s.csv", "truth stage film-words scores"),
        Mode("calibrate plot s.csv --only boldness", "reliability seed"),
        Mode("calibrate plot s.csv --only reliability", "levels"),
        Mode("calibrate plot s.csv --reliability binned", "seed"),
        Mode("recognize r.toml", "words sentences speaker prompt-interval"),
        Mode("evaluate m c", "language-weight known-texts lexicon hot-word insertion-bonus silence longest"),
        Mode(
            "model decoding m --remove",
            "language-model beam language-weight insertion-bonus lexicon hot-word silence longest known-texts"),
        Mode("check r.toml", "pulse-output pulse-line"),
        Mode("devices --udev-rules", "no-lsl"), Mode("record r.toml", "prompt-interval"), Mode("demo --full", "short"),
    ]

    @Test(arguments: modes)
    func `every option that a mode has no use for is refused with its name, exit code 64`(mode: Mode) throws {
        let folder = try temporaryFolder("idle")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for option in mode.idle {
            let value = try #require(Self.values[option], "\(option) has no value in this test")
            let argument = value.map { option == "--cell-nm" && mode.arguments[1] != "run" ? "5" : $0 }
            let result = try RunningLarmor(mode.arguments + [option] + [argument].compactMap(\.self), folder: folder).wait()
            #expect(result.status == 64, "\(mode.testDescription) \(option): \(result.status) \(result.messages)")
            #expect(result.messages.contains(option), "\(mode.testDescription) \(option): \(result.messages)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
        }
    }
}
