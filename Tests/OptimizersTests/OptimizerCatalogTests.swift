import Diagnostics
import Optimizers
import Testing

/// What the user may write, and what he is told otherwise.
struct OptimizerCatalogTests {
    @Test func unknownNameNamesTheNearest() {
        let failure = #expect(throws: Failure.self) { try OptimizerCatalog.make("adamm") }
        #expect(failure?.exitCode == .usage)
        #expect(
            failure?.description == """
                optimizer: "adamm", expected one of sgd, adam, adamw, rmsprop, adagrad, \
                lars, lamb, muon, cg, bfgs, lbfgs; did you mean adam?
                """)
    }

    @Test func settingOfAnotherOptimizerIsRefused() {
        let failure = #expect(throws: Failure.self) {
            try OptimizerCatalog.make("adam", OptimizerSettings(momentum: 0.9))
        }
        #expect(
            failure?.description == """
                momentum: 0.9, expected none, as adam has no such setting; \
                leave it out or use sgd or rmsprop or lars or muon
                """)
    }

    static let outOfRange: [(String, OptimizerSettings, String)] = [
        ("sgd", OptimizerSettings(momentum: 1), "momentum"),
        ("sgd", OptimizerSettings(momentum: -0.1), "momentum"),
        ("sgd", OptimizerSettings(momentum: .nan), "momentum"),
        ("sgd", OptimizerSettings(nesterov: true), "nesterov"),
        ("adam", OptimizerSettings(beta1: 1), "beta1"),
        ("adamw", OptimizerSettings(beta2: 1.5), "beta2"),
        ("adamw", OptimizerSettings(epsilon: -1e-8), "epsilon"),
        ("rmsprop", OptimizerSettings(alpha: 1), "alpha"),
        ("rmsprop", OptimizerSettings(epsilon: .infinity), "epsilon"),
        ("adagrad", OptimizerSettings(epsilon: .nan), "epsilon"),
        ("lars", OptimizerSettings(trustCoefficient: 0), "trust_coefficient"),
        ("lamb", OptimizerSettings(beta1: 1), "beta1"),
        ("muon", OptimizerSettings(momentum: 1), "momentum"),
        ("muon", OptimizerSettings(beta2: -1), "beta2"),
    ]

    @Test(arguments: outOfRange)
    func valueOutOfRangeIsRefused(_ row: (String, OptimizerSettings, String)) {
        let failure = #expect(throws: Failure.self) { try OptimizerCatalog.make(row.0, row.1) }
        #expect(failure?.exitCode == .usage)
        #expect(failure?.subject == row.2)
    }

    @Test func defaultsArePyTorchs() throws {
        #expect(try OptimizerCatalog.type(named: "adamw").defaultWeightDecay == 0.01)
        #expect(try OptimizerCatalog.type(named: "adam").defaultWeightDecay == 0)
        #expect(try OptimizerCatalog.type(named: "muon").defaultWeightDecay == 0.1)
        #expect(try OptimizerCatalog.type(named: "rmsprop").defaultLearningRate == 0.01)
    }

    @Test func namesAreUnique() {
        #expect(Set(OptimizerCatalog.names).count == OptimizerCatalog.names.count)
        #expect(Set(ScheduleCatalog.names).count == ScheduleCatalog.names.count)
    }
}
