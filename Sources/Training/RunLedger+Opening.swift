import Diagnostics
import Foundation

extension RunLedger {
    /// What a ledger begins with or goes on with.
    private struct Beginning {
        var bytes: Data
        var chain: LedgerChain
        var lastCheckpoint: Int?
    }

    /// Opens the ledger of a run: a new one, or the one that is there up to the checkpoint with
    /// which the run goes on.
    ///
    /// A ledger that does not lead to the checkpoint begins anew, its chain from the checkpoint, with
    /// a warning; what is there is kept as `ledger.jsonl.old`.
    ///
    /// - Parameters:
    ///   - configuration: The run's.
    ///   - tensors: The names of the tensors.
    ///   - point: The checkpoint, nil for a new run.
    ///   - warn: Who is told of what is wrong with the ledger.
    /// - Returns: The ledger.
    /// - Throws: What the encoder of the header throws.
    static func open(
        _ configuration: RunConfiguration, tensors: [String], resumedFrom point: ResumePoint?,
        warn: @escaping (String) -> Void
    ) throws -> RunLedger {
        let folder = RunFolder(configuration.output)
        let beginning: Beginning
        if let point {
            beginning =
                try going(on: folder, from: point, warn)
                ?? fresh(configuration, tensors, after: point.state)
        } else {
            beginning = try fresh(configuration, tensors, after: nil)
        }
        var descriptor: Int32?
        do {
            if FileManager.default.contents(atPath: folder.ledger) != beginning.bytes {
                try DurableFiles.replace(folder.ledger, with: beginning.bytes)
            }
            descriptor = try DurableFiles.openToAppend(folder.ledger)
        } catch {
            warn("\(error); there is no ledger, training goes on")
        }
        return RunLedger(
            folder.ledger, chain: beginning.chain, lastCheckpoint: beginning.lastCheckpoint,
            tensorCount: tensors.count, descriptor: descriptor, warn: warn)
    }

    private static func fresh(
        _ configuration: RunConfiguration, _ tensors: [String], after state: CheckpointState?
    ) throws -> Beginning {
        let header = LedgerHeader(
            configuration, tensors: tensors, beginsAfter: state?.progress.step ?? 0)
        let content = try header.content()
        let chain = LedgerChain()
        content.withUnsafeBytes { chain.append($0) }
        if let value = state?.ledgerChain { chain.reset(to: value) }
        let line = content + Data(",\"chain\":\"\(chain.text)\"}\n".utf8)
        return Beginning(bytes: line, chain: chain, lastCheckpoint: nil)
    }

    /// The ledger in a folder up to a checkpoint; nil if it does not lead there.
    private static func going(
        on folder: RunFolder, from point: ResumePoint, _ warn: (String) -> Void
    ) throws -> Beginning? {
        let step = point.state.progress.step
        do {
            let file = try LedgerFile(reading: folder.ledger)
            let (bytes, endsWithCheckpoint, flaw) = file.beginning(throughStep: step)
            if let flaw { throw flaw }
            let chain = file.chain(afterStep: step) ?? ""
            guard chain == point.state.ledgerChain else {
                throw Failure(
                    .badData, in: folder.ledger,
                    expected: "the chain that the checkpoint of step \(step) holds",
                    found: "other steps before it")
            }
            return Beginning(
                bytes: bytes, chain: LedgerChain(chain),
                lastCheckpoint: endsWithCheckpoint ? step : nil)
        } catch let failure as Failure {
            // Where the run goes on in another folder, or began without a ledger, none is lost.
            if folder.contains(point.path) && point.state.ledgerChain != nil {
                warn("\(failure); the ledger begins anew after step \(step)")
            }
            if exists(folder.ledger) {
                try? DurableFiles.move(folder.ledger, to: folder.ledger + ".old")
            }
            return nil
        }
    }
}
