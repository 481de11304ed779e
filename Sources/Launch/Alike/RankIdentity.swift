import FoundationEssentials
import Kernels

/// Everything on which the bits that a rank computes depend, besides the configuration of the run.
public struct RankIdentity: Hashable, Codable, Sendable {
    /// The name of the host, for messages.
    public let hostName: String
    /// The digest of the program's file; nil if it cannot be read.
    public let program: String?
    /// OpenBLAS's version and build options, without the core type.
    public let blasBuild: String
    /// The processor type that OpenBLAS chose its kernels for.
    public let blasCoreType: String
    /// The instruction set of the vector kernels in use.
    public let instructionSet: InstructionSet
    /// The widest instruction set of the processor, for advice.
    public let widestInstructionSet: InstructionSet

    /// Names everything.
    ///
    /// - Parameters:
    ///   - hostName: The name of the host.
    ///   - program: The digest of the program's file.
    ///   - blasBuild: OpenBLAS's version and build options.
    ///   - blasCoreType: The processor type that its kernels are for.
    ///   - instructionSet: That of the vector kernels.
    ///   - widestInstructionSet: The widest of the processor.
    public init(
        hostName: String, program: String?, blasBuild: String, blasCoreType: String,
        instructionSet: InstructionSet, widestInstructionSet: InstructionSet
    ) {
        self.hostName = hostName
        self.program = program
        self.blasBuild = blasBuild
        self.blasCoreType = blasCoreType
        self.instructionSet = instructionSet
        self.widestInstructionSet = widestInstructionSet
    }

    /// What this rank is.
    ///
    /// - Parameter hostName: The name of its host.
    /// - Returns: The identity.
    public static func current(hostName: String) -> RankIdentity {
        let coreType = BLASLibrary.coreType
        return RankIdentity(
            hostName: hostName, program: ProgramDigest.current,
            blasBuild: BLASLibrary.configuration.split(separator: " ")
                .filter { $0.lowercased() != coreType.lowercased() }.joined(separator: " "),
            blasCoreType: coreType, instructionSet: Vectors.instructionSet,
            widestInstructionSet: .widest)
    }

    /// The identity as bytes for other ranks.
    ///
    /// - Throws: If it cannot be encoded.
    public func encoded() throws -> [UInt8] { Array(try JSONEncoder().encode(self)) }

    /// Reads the identities of all ranks.
    ///
    /// - Parameter gathered: The bytes by rank.
    /// - Returns: The identities by rank.
    /// - Throws: If they are not what `encoded` made.
    public static func decoded(_ gathered: [[UInt8]]) throws -> [RankIdentity] {
        try gathered.map { try JSONDecoder().decode(RankIdentity.self, from: Data($0)) }
    }
}
