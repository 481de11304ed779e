import Foundation
import Kernels

/// The first line of a ledger.
struct LedgerHeader: Codable, Hashable, Sendable {
    /// The version of the form of ledgers.
    static let currentFormat = 2

    /// The version of the form in which the ledger was written.
    let format: Int
    /// The steps that were made before the ledger's first; more than 0 where an earlier ledger of
    /// the run was lost.
    let beginsAfter: Int
    /// The digest of the settings that determine the bits.
    let configuration: String
    /// What computed the first step: on another processor the bits may be others.
    let processor: String
    /// The names of the tensors, in the order of their fingerprints.
    let tensors: [String]

    enum CodingKeys: String, CodingKey {
        case format, configuration, processor, tensors
        case beginsAfter = "begins_after"
    }

    /// Describes a ledger that begins here and now.
    ///
    /// - Parameters:
    ///   - configuration: The run's.
    ///   - tensors: The names of the tensors.
    ///   - step: The steps that were made before.
    init(_ configuration: RunConfiguration, tensors: [String], beginsAfter step: Int) {
        format = Self.currentFormat
        beginsAfter = step
        self.configuration = configuration.bitsDigest
        processor = Self.ownProcessor
        self.tensors = tensors
    }

    /// What computes in this process.
    static var ownProcessor: String {
        "OpenBLAS for \(BLASLibrary.coreType), vectors for \(Vectors.instructionSet.rawValue)"
    }

    /// The line up to its chain.
    func content() throws -> Data { try JSONFiles.encode(self).dropLast() }
}
