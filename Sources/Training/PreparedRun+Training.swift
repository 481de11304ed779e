import Communication

extension PreparedRun {
    /// Trains to the end, or until the run is asked to stop, by the trainer that the model and the
    /// optimizer need.
    ///
    /// Every rank has to call it, once.
    ///
    /// - Parameters:
    ///   - communicator: The ranks of the run.
    ///   - observer: Who shows how the run goes; told on rank 0 alone.
    ///   - stop: By which the run can be asked to write a checkpoint and end.
    /// - Returns: What the run came to, on every rank the same.
    /// - Throws: `AgreedFailure`, as `Trainer`, `BatchTrainer` and `TreeTrainer`.
    public func train(
        communicator: any Communicator, observer: (any TrainingObserver)? = nil,
        stop: StopRequest = StopRequest()
    ) throws -> TrainingResult {
        if TreeChoice(configuration) != nil {
            return try TreeTrainer(
                self, communicator: communicator, observer: observer, stop: stop
            ).run()
        }
        if configuration.usesBatchOptimizer {
            return try BatchTrainer(
                self, communicator: communicator, observer: observer, stop: stop
            ).run()
        }
        return try Trainer(self, communicator: communicator, observer: observer, stop: stop).run()
    }
}
