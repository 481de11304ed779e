import Foundation

extension ProgramRun {
    /// Asks the run to end before the scheduler ends the job, if it is known when that will be.
    ///
    /// Two minutes are left for the running step and the checkpoint, or a tenth of the time where
    /// there is less than twenty minutes of it.
    func stopBeforeJobEnds() {
        guard let end = environment.jobEndTime else { return }
        let left = Double(end) - Date().timeIntervalSince1970
        // A variable that outlived its job says nothing of this one.
        guard left > 0 else { return }
        let reserve = min(120, left / 10)
        stop.request(after: .seconds(left - reserve))
        logger.info(
            """
            the job ends in \(Int(left)) s by SLURM_JOB_END_TIME: the run will write a checkpoint \
            \(Int(reserve)) s earlier
            """)
    }
}
