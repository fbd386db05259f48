import Foundation
import Measuring
import NeuralNetworks
import SignalFeatures

// CTC, GRU, MFCC and the EEG band-pass on the peers' inputs, peers in the same run: PEER_PYTHON names an interpreter with PyTorch and onnxruntime, PEER_SCRIPTS
// the folder of ctc_loss.py and the others (../../shared/peers). `check` values are compared before times are.
// Example: PEER_PYTHON=peers/bin/python RecogniserBenchmark ctc gru stream mfcc eeg live

let wanted = Set(CommandLine.arguments.dropFirst())
let parts = wanted.isEmpty ? ["ctc", "gru", "stream", "mfcc", "eeg", "live"] : wanted
print("processor: \(processor())")
if parts.contains("ctc") { CTCWork.cases.forEach { $0.run() } }
if parts.contains("gru") { TrainingWork.cases.forEach { $0.run() } }
if parts.contains("stream") { StreamWork.cases.forEach { $0.run() } }
if parts.contains("mfcc") { MFCCWork.run() }
if parts.contains("eeg") { EEGFilterWork.run() }
if parts.contains("live") { LivePathWork.run() }
