import Communication
import Foundation
import Interchange
import Testing
import Training

/// The central promise: the number of ranks changes no bit.
@Suite struct DeterminismTests {
    @Test(
        "Ranks change no bit, with batch norm, with dropout, with a partial last batch",
        arguments: ["cifar-net", "mnist-cnn"])
    func ranks(model: String) throws {
        let results = try (1...4).map { ranks in
            let folder = try TemporaryFolder()
            return try TestRun([.model: model, .output: folder.path + "/run"]).train(ranks: ranks)
        }
        #expect(results.map(\.step) == [6, 6, 6, 6])
        #expect(Set(results.map(\.parametersSHA256)).count == 1)
        #expect(Set(results.compactMap { $0.validation?.counts?.flattened }).count == 1)
        #expect(results[0].validation?.counts?.imageCount == 150)
    }

    @Test(
        "Hosts change no bit, nor how many ranks each has, nor whether they share memory",
        arguments: [[0, 1], [0, 0, 1], [0, 1, 0], [0, 1, 2, 0]] as [[Int]])
    func hosts(_ hosts: [Int]) throws {
        func hash(_ hosts: [Int]) throws -> String {
            let folder = try TemporaryFolder()
            return try TestRun([
                .model: "cifar-net", .gradientClip: "0.5", .output: folder.path + "/run",
            ]).train(hosts: hosts).parametersSHA256
        }
        #expect(try hash(hosts) == hash([0]))
    }

    @Test(
        "Norms of tensors and steps of matrices have the same bits, whoever makes them",
        arguments: ["lars", "lamb", "muon"])
    func wholeTensors(_ optimizer: String) throws {
        func run(_ hosts: [Int]) throws -> TrainingResult {
            let folder = try TemporaryFolder()
            var run = TestRun([
                .model: "cifar-net", .optimizer: optimizer, .output: folder.path + "/run",
            ])
            run.settings[.momentum] = nil
            return try run.train(hosts: hosts)
        }
        let hashes = try [[0], [0, 0], [0, 0, 0], [0, 0, 0, 0], [0, 1, 0]].map {
            try run($0).parametersSHA256
        }
        #expect(Set(hashes).count == 1)
    }

    /// Every kind of operation, and mixtures with images of other ranks.
    static let operations =
        "crop:1,flip,vertical-flip,rotate:20:reflect,shift:0.1,shear:10,zoom:0.2,brightness:0.3,"
        + "contrast:0.3,blur:0.1..1,median:3,bilateral:3,cutout:2,mixup:0.3,cutmix"

    @Test("Ranks change no bit of images that are changed and mixed, nor do loader threads")
    func augmentedImages() throws {
        func hash(_ ranks: Int, _ changes: [ConfigurationKey: String]) throws -> String {
            let folder = try TemporaryFolder()
            let settings: [ConfigurationKey: String] = [
                .preprocess: "resize:10,center-crop:9", .augment: Self.operations,
                .output: folder.path + "/run",
            ]
            return try TestRun(settings.merging(changes) { $1 }).train(ranks: ranks)
                .parametersSHA256
        }
        let one = try hash(1, [:])
        for ranks in 2...3 {
            #expect(try hash(ranks, [:]) == one)
            #expect(try hash(ranks, [.loaderThreads: "2"]) == one)
        }
        #expect(try hash(1, [.augment: Self.operations.replacing(",mixup:0.3", with: "")]) != one)
        #expect(try hash(1, [.preprocess: "resize:9"]) != one)
    }

    @Test("Loader threads change no bit, the seed changes all")
    func threadsAndSeed() throws {
        func hash(_ changes: [ConfigurationKey: String]) throws -> String {
            let folder = try TemporaryFolder()
            return try TestRun(changes.merging([.output: folder.path + "/run"]) { $1 }).train()
                .parametersSHA256
        }
        let plain = try hash([:])
        #expect(try hash([.loaderThreads: "3"]) == plain)
        #expect(try hash([.seed: "2"]) != plain)
        #expect(try hash([.augment: "none"]) != plain)
    }

    @Test("The MPI library's sum gives the same gradients up to rounding")
    func plainReduction() throws {
        func parameters(_ ranks: Int, _ reduction: String) throws -> [Float] {
            let folder = try TemporaryFolder()
            let path = folder.path + "/run"
            try TestRun([.output: path, .reduction: reduction, .maxSteps: "1"]).train(ranks: ranks)
            let file = try SafetensorsFile(
                contentsOf: URL(fileURLWithPath: path + "/checkpoints/last/model.safetensors"))
            return try file.names.flatMap { try file.floats(named: $0) }
        }
        let tree = try parameters(1, "tree")
        for ranks in 1...3 {
            let plain = try parameters(ranks, "mpi")
            #expect(tree.count == plain.count)
            #expect(zip(tree, plain).allSatisfy { abs($0 - $1) < 1e-5 })
        }
    }

    @Test("Training learns")
    func learns() throws {
        let folder = try TemporaryFolder()
        let result = try TestRun([
            .output: folder.path + "/run", .epochs: "16", .augment: "none", .schedule: "constant",
        ]).train(ranks: 2)
        #expect((result.validation?.accuracy ?? 0) > 0.9)
        let losses = try events(in: folder.path + "/run", named: "epoch")
            .compactMap { $0["train_loss"] as? Double }
        #expect(losses.count == 16)
        #expect((losses.last ?? 1) < 0.5 * (losses.first ?? 0))
    }
}
