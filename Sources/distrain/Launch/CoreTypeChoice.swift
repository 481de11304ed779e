import Glibc
import Kernels
import Launch

extension LaunchEnvironment {
    /// The variable by which a process that was started anew knows that the program, not the user,
    /// set `OPENBLAS_CORETYPE`.
    static let choiceName = "DISTRAIN_CHOSEN_CORETYPE"

    /// The core type that the user forces on OpenBLAS, or nil; one that the program chose is none.
    package var forcedBLASCoreType: String? {
        let forced = text("OPENBLAS_CORETYPE")
        return forced == text(Self.choiceName) ? nil : forced
    }

    /// Starts the program anew with kernels of OpenBLAS that suit the processor, where it chose
    /// others and the user none.
    ///
    /// OpenBLAS takes a processor that is newer than itself for an old one, and its products are
    /// then many times slower. It chooses when it is loaded, before anything of the program runs,
    /// so that only a new start changes it. The process stays the same one for whoever started it.
    /// To be called before anything else; it returns if all is well or nothing can be done.
    func restartForSuitableCoreType() {
        guard
            let coreType = coreTypeToRestartWith(
                chosen: BLASLibrary.coreType, instructionSet: .widest)
        else { return }
        setenv("OPENBLAS_CORETYPE", coreType, 1)
        setenv(Self.choiceName, coreType, 1)
        // By the link, since the program's file may have another name by now.
        execv("/proc/self/exe", CommandLine.unsafeArgv)
        unsetenv("OPENBLAS_CORETYPE")
        unsetenv(Self.choiceName)
    }

    /// The core type with which the program should be started anew.
    ///
    /// - Parameters:
    ///   - chosen: What OpenBLAS chose.
    ///   - instructionSet: The widest instruction set of the processor.
    /// - Returns: A value of `OPENBLAS_CORETYPE`; nil if the choice is good or not OpenBLAS's own.
    package func coreTypeToRestartWith(
        chosen: String, instructionSet: InstructionSet
    ) -> String? {
        // Also after a new start that did not help, which must not be tried for ever.
        guard text("OPENBLAS_CORETYPE") == nil else { return nil }
        return CoreTypeAdvice(coreType: chosen, forced: nil, instructionSet: instructionSet)?
            .coreType
    }
}
