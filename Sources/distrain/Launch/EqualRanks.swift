import Communication
import Diagnostics
import Launch

extension ProgramRun {
    /// Chooses the kernels that the user asks for, and refuses ranks that would not compute the same
    /// bits.
    ///
    /// Every rank has to call it, before the first kernel.
    ///
    /// - Throws: `AgreedFailure` with `.badLaunch` if ranks differ in the program, the BLAS library
    ///   or the instruction set, or if a processor cannot do what `DISTRAIN_VECTORS` asks for.
    func prepareToCompute() throws {
        let identity = try communicator.agreeing {
            try environment.applyVectors()
            return RankIdentity.current(hostName: communicator.placement.hostName)
        }
        guard communicator.rankCount > 1 else { return }
        let identities = try RankIdentity.decoded(communicator.allGather(identity.encoded()))
        let failures = RankComparison(identities).failures
        if let failure = AgreedFailure(known: failures, rankCount: identities.count) {
            throw failure
        }
    }
}
