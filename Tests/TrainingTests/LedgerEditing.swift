import Crypto
import Foundation
import Testing
import Training

/// The contents of a run's ledger.
func ledgerText(_ folder: String) throws -> String {
    try String(contentsOfFile: folder + "/ledger.jsonl", encoding: .utf8)
}

/// The lines of a run's ledger.
func ledgerLines(_ folder: String) throws -> [String] {
    try ledgerText(folder).split(separator: "\n").map(String.init)
}

/// Changes a digit of a step's learning rate, and the chains after it too if asked for.
func editLedger(_ folder: String, ofStep step: Int, rechained: Bool = false) throws {
    var lines = try ledgerLines(folder)
    let index = try #require(lines.firstIndex { $0.hasPrefix("{\"step\":\(step),") })
    let digit = try #require(lines[index].range(of: "learning_rate\":\"")).upperBound
    let changed = lines[index][digit] == "3" ? "4" : "3"
    lines[index].replaceSubrange(digit...digit, with: changed)
    try writeLedger(lines, folder)
    if rechained { try rechainLedger(folder) }
}

/// Computes the chains of a ledger anew.
func rechainLedger(_ folder: String) throws {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: folder + "/ledger.jsonl"))
    var chain = ""
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { line in
        let content = line.components(separatedBy: ",\"chain\":\"")[0]
        let value = hexadecimal(SHA256.hash(data: Data((chain + content).utf8)))
        if !content.hasPrefix("{\"checkpoint\"") { chain = value }
        return "\(content),\"chain\":\"\(value)\"}"
    }
    try writeLedger(lines, folder)
}

private func writeLedger(_ lines: [String], _ folder: String) throws {
    let text = lines.map { $0 + "\n" }.joined()
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/ledger.jsonl"))
}

/// Flips a bit of a tensor's first value in a checkpoint, by default the lowest, and makes its manifest
/// anew, and the digest in its state if asked for.
func editCheckpoint(
    _ folder: String, tensor: String, bit: Int = 0, renewsState: Bool = false
) throws {
    let model = URL(fileURLWithPath: folder + "/model.safetensors")
    var bytes = try Data(contentsOf: model)
    let headerCount = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = try #require(
        try JSONSerialization.jsonObject(with: bytes[8..<8 + headerCount]) as? [String: Any])
    let entry = try #require(header[tensor] as? [String: Any])
    let offsets = try #require(entry["data_offsets"] as? [Int])
    bytes[8 + headerCount + offsets[0] + bit / 8] ^= 1 << UInt8(bit % 8)
    try bytes.write(to: model)
    try renewManifest(folder, of: "model.safetensors")
    guard renewsState else { return }
    let checkpoint = try Checkpoint.open(folder)
    let state = try String(contentsOfFile: folder + "/state.json", encoding: .utf8)
        .replacing(checkpoint.state.parametersSHA256, with: try checkpoint.model().sha256())
    try Data(state.utf8).write(to: URL(fileURLWithPath: folder + "/state.json"))
    try renewManifest(folder, of: "state.json")
}

/// Lets a manifest list a file as it is now.
func renewManifest(_ folder: String, of name: String) throws {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))
    let path = URL(fileURLWithPath: folder + "/MANIFEST.json")
    var manifest = try #require(
        try JSONSerialization.jsonObject(with: Data(contentsOf: path)) as? [String: Any])
    var files = try #require(manifest["files"] as? [String: Any])
    files[name] = [
        "bytes": bytes.count, "sha256": hexadecimal(SHA256.hash(data: bytes)),
    ]
    manifest["files"] = files
    try JSONSerialization.data(withJSONObject: manifest).write(to: path)
}

private func hexadecimal(_ digest: some Sequence<UInt8>) -> String {
    digest.map { String(format: "%02x", $0) }.joined()
}
