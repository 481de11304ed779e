import Communication

extension RunStart {
    /// Describes a run that is about to make its first step.
    ///
    /// - Parameters:
    ///   - plan: What follows from its configuration.
    ///   - state: What its ranks share.
    ///   - progress: Where it begins.
    ///   - point: The checkpoint with which it goes on.
    ///   - ownByteCount: Bytes of memory that this rank has for itself.
    init(
        _ plan: TrainingPlan, _ state: SharedState, _ progress: RunProgress,
        resumedFrom point: ResumePoint?, ownByteCount: Int
    ) {
        let communicator = state.team.communicator
        self.init(
            configuration: plan.configuration, rankCount: communicator.rankCount,
            hostCount: communicator.placement.hostCount,
            parameterCount: state.model.layout.parameterCount,
            trainingImageCount: plan.data.training.count,
            validationImageCount: plan.data.validation.count,
            batchSize: plan.sampler.batchSize, stepsPerEpoch: plan.sampler.stepsPerEpoch,
            totalSteps: plan.lastStep,
            resumedStep: progress.step, resumedFrom: point?.path,
            memoryByteCount: ownByteCount + state.byteCounts.member
                + state.byteCounts.shared / state.team.memberCount)
    }
}
