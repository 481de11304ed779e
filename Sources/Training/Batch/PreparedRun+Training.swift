import Communication

extension PreparedRun {
    /// Trains to the end, or until the run is asked to stop, by the trainer that the optimizer needs.
    ///
    /// Every rank has to call it, once.
    ///
    /// - Parameters:
    ///   - communicator: The ranks of the run.
    ///   - observer: Who shows how the run goes; told on rank 0 alone.
    ///   - stop: By which the run can be asked to write a checkpoint and end.
    /// - Returns: What the run came to, on every rank the same.
    /// - Throws: `AgreedFailure`, as `Trainer` and `BatchTrainer`.
    public func train(
        communicator: any Communicator, observer: (any TrainingObserver)? = nil,
        stop: StopRequest = StopRequest()
    ) throws -> TrainingResult {
        configuration.usesBatchOptimizer
            ? try BatchTrainer(self, communicator: communicator, observer: observer, stop: stop)
                .run()
            : try Trainer(self, communicator: communicator, observer: observer, stop: stop).run()
    }
}
