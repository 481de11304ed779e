import Diagnostics
import Metrics
import Testing

@Suite struct MonitorTests {
    @Test func namesAndDirections() throws {
        #expect(
            Monitor.names == [
                "val_loss", "val_accuracy", "val_top5_accuracy", "val_balanced_accuracy",
                "val_precision", "val_recall", "val_f1", "val_f1_micro", "val_f1_weighted",
            ])
        for name in Monitor.names {
            let monitor = try Monitor(named: name)
            #expect(monitor.name == name)
            #expect(monitor.direction == (name == "val_loss" ? .minimize : .maximize))
        }
    }

    @Test func unknownNames() throws {
        let failure = try #require(throws: Failure.self) { try Monitor(named: "val_acuracy") }
        #expect(failure.exitCode == .usage)
        #expect(
            failure.description
                == "--monitor: val_acuracy is not known, expected one of val_loss, val_accuracy, "
                + "val_top5_accuracy, val_balanced_accuracy, val_precision, val_recall, val_f1, "
                + "val_f1_micro, val_f1_weighted; did you mean val_accuracy?")
        #expect(throws: Failure.self) { try Monitor(named: "loss") }
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
