extension StepReport {
    /// Tells what the last step did.
    ///
    /// - Parameters:
    ///   - outcome: What it came to.
    ///   - progress: Where the run is after it.
    ///   - learningRate: Its learning rate.
    ///   - imagesPerSecond: The rate since the last logged step.
    init(
        _ outcome: StepOutcome, _ progress: RunProgress, learningRate: Double,
        imagesPerSecond: Double
    ) {
        self.init(
            step: progress.step, epoch: progress.epoch + 1, stepInEpoch: progress.stepInEpoch,
            loss: outcome.lossSum / Double(outcome.imageCount),
            accuracy: Double(outcome.correctCount) / Double(outcome.imageCount),
            gradientNorm: outcome.gradientNorm, learningRate: learningRate,
            imageCount: outcome.imageCount, imagesPerSecond: imagesPerSecond,
            isSkipped: outcome.badNumbers != nil)
    }
}

extension EpochReport {
    /// Tells what an epoch came to.
    ///
    /// - Parameters:
    ///   - ended: Where the run was after the epoch's last step.
    ///   - validation: What was measured then.
    ///   - validationSeconds: How long that took.
    ///   - isBest: Whether the monitored value is the best so far.
    init(
        _ ended: RunProgress, _ validation: EvaluationResult, validationSeconds: Double,
        isBest: Bool
    ) {
        self.init(
            epoch: ended.epoch + 1, step: ended.step,
            trainLoss: ended.epochLossSum / Double(ended.epochImageCount),
            trainAccuracy: Double(ended.epochCorrectCount) / Double(ended.epochImageCount),
            validation: validation, seconds: ended.epochSeconds + validationSeconds,
            imagesPerSecond: Double(ended.epochImageCount) / ended.epochSeconds, isBest: isBest)
    }
}
