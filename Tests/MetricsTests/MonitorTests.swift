import Diagnostics
import Metrics
import Testing

@Suite struct MonitorTests {
    @Test func namesAndDirections() throws {
        for metric in MetricCatalog.all {
            let monitor = try Monitor(named: "val_\(metric.name)")
            #expect(monitor.metric == metric && monitor.name == "val_\(metric.name)")
            let isError = ["loss", "log_loss", "mse", "rmse", "mae"].contains(metric.name)
            #expect(monitor.direction == (isError ? .minimize : .maximize))
        }
        #expect(try Monitor(named: "val_top17_accuracy").name == "val_top17_accuracy")
    }

    @Test func unknownNames() throws {
        let failure = try #require(throws: Failure.self) {
            try Monitor(named: "val_rmsee", for: .regression)
        }
        #expect(failure.exitCode == .usage)
        #expect(
            failure.description
                == "--monitor: val_rmsee is not known, expected one of val_loss, val_mse, val_rmse, "
                + "val_mae, val_r2; did you mean val_rmse?")
        #expect(throws: Failure.self) { try Monitor(named: "loss") }
        #expect(throws: Failure.self) { try Monitor(named: "val_accuracy", for: .regression) }
    }

    @Test func improvements() {
        let loss = Monitor(.loss)
        let accuracy = Monitor(.accuracy)
        #expect(loss.isImprovement(1, over: nil))
        #expect(loss.isImprovement(1, over: .nan))
        #expect(!loss.isImprovement(.nan, over: nil))
        #expect(!loss.isImprovement(.nan, over: 1))
        #expect(loss.isImprovement(0.9, over: 1) && !accuracy.isImprovement(0.9, over: 1))
        #expect(!loss.isImprovement(1, over: 1) && !accuracy.isImprovement(1, over: 1))
        #expect(!loss.isImprovement(1.1, over: 1) && accuracy.isImprovement(1.1, over: 1))
        #expect(!loss.isImprovement(0.95, over: 1, leastChange: 0.1))
        #expect(accuracy.isImprovement(1.2, over: 1, leastChange: 0.1))
    }
}
