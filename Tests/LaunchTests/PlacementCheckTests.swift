import Diagnostics
import Launch
import Testing

/// What is said of the number of ranks and of their cores.
struct PlacementCheckTests {
    @Test(arguments: [[1], [2], [4, 4], [1, 1, 1]]) func goodLaunches(rankCounts: [Int]) {
        let diagnosis = Diagnosis(goodLaunch(rankCounts))
        #expect(diagnosis.status == .ok)
        #expect(diagnosis.count(of: .ok) >= diagnosis.checks.count)
        #expect(diagnosis.hosts == rankCounts.count)
        #expect(diagnosis.ranks == rankCounts.reduce(0, +))
    }

    @Test func ranksThatDoNotKnowOfEachOther() {
        var launch = goodLaunch([1])
        launch.launcher.expectations = [
            .init(variable: "SLURM_STEP_NUM_TASKS", rankCount: 4, isStarted: true),
            .init(variable: "SLURM_NTASKS", rankCount: 4, isStarted: false),
        ]
        #expect(
            launch.says("ranks") == [
                "wrong: MPI connects 1 rank, though 4 were started as SLURM_STEP_NUM_TASKS says: "
                    + "they do not know of each other → start it with mpirun inside of the job "
                    + "script, or with srun --mpi=pmix"
            ])
    }

    @Test func ranksBesideTheRoomOfTheJob() {
        let fix = "leave out mpirun's -n, so that it starts as many as the job has room for"
        var launch = goodLaunch([2])
        launch.launcher.expectations = [
            .init(variable: "OMPI_COMM_WORLD_SIZE", rankCount: 2, isStarted: true),
            .init(variable: "NSLOTS", rankCount: 4, isStarted: false),
        ]
        #expect(
            launch.says("ranks") == ["note: 2 ranks in a job for 4, as NSLOTS says → \(fix)"])
        launch.launcher.expectations = [
            .init(variable: "SLURM_NTASKS", rankCount: 1, isStarted: false)
        ]
        #expect(
            launch.says("ranks")
                == ["wrong: 2 ranks in a job for 1, as SLURM_NTASKS says → \(fix)"])
        launch.launcher.expectations = [
            .init(variable: "PBS_NODEFILE", rankCount: 2, isStarted: false)
        ]
        #expect(launch.says("ranks") == ["ok: 2 ranks on 1 host, as PBS_NODEFILE says"])
    }

    @Test func moreRanksThanMicrobatches() {
        var launch = goodLaunch([3])
        launch.needs = nil
        launch.obstacle = Failure(
            .badLaunch, in: "3 ranks", expected: "at most 2", found: "too many",
            fix: "use 2 ranks")
        #expect(
            launch.says("ranks") == [
                "wrong: 3 ranks: too many, expected at most 2 → use 2 ranks"
            ])
        #expect(launch.says("memory") == ["ok: need unknown"])
    }

    @Test func moreRanksThanCores() {
        var launch = goodLaunch([8], coreCount: 2)
        for rank in 0..<8 { launch.ranks[rank].processor.allowedCores = [0, 1] }
        #expect(
            launch.says("cores") == [
                "wrong: 8 ranks on 2 cores of node1: they take turns → start at most 2 ranks on "
                    + "this host, or ask for more cores"
            ])
        #expect(launch.says("binding") == ["ok: not bound"])
    }

    @Test func moreThreadsThanCores() {
        var launch = goodLaunch([2], coreCount: 2)
        for rank in 0..<2 {
            launch.ranks[rank].processor.allowedCores = [0, 1]
            launch.ranks[rank].processor.blasThreadCount = 2
        }
        #expect(
            launch.says("cores") == [
                "wrong: 2 ranks with 4 threads on 2 cores of node1: they take turns → leave out "
                    + "--blas-threads: ranks are the parallelism"
            ])
    }

    @Test func aTimeQuotaBelowTheRanks() {
        var launch = goodLaunch([2])
        for rank in 0..<2 { launch.ranks[rank].processor.quota = 1.5 }
        #expect(
            launch.says("cores") == [
                "wrong: 2 ranks on node1, whose control group grants the time of 1.5 cores: they "
                    + "are stopped again and again → start at most 1 rank on this host, or ask "
                    + "for more cores"
            ])
    }

    @Test func coresWithoutWork() {
        var launch = goodLaunch([1, 1], coreCount: 4)
        for rank in 0..<2 { launch.ranks[rank].processor.allowedCores = [0, 1, 2] }
        #expect(
            launch.says("cores") == [
                "note: 1 rank on 3 of the 4 cores of node1: 2 without work → start one rank a "
                    + "core, as with mpirun -n 3",
                "note: 1 rank on 3 of the 4 cores of node2: 2 without work → start one rank a "
                    + "core, as with mpirun -n 3",
            ])
        #expect(launch.says("binding") == ["ok: not bound"])
    }

    @Test func ranksOnTheSameCore() {
        var launch = goodLaunch([2, 3], coreCount: 3)
        launch.ranks[4].processor.allowedCores = [1]
        #expect(
            launch.says("binding") == [
                "wrong: ranks 3, 4 (node2) are bound to the same core 1 → leave it to mpirun: "
                    + "--map-by slot:PE=1 --bind-to core"
            ])
        #expect(launch.says("cores")[1].hasPrefix("wrong: 3 ranks on 2 of the 3 cores of node2"))
    }

    @Test func ranksThatAreNotBound() {
        var launch = goodLaunch([2, 2])
        for rank in 0..<2 { launch.ranks[rank].processor.allowedCores = [0, 1] }
        #expect(
            launch.says("binding") == [
                "note: ranks 0, 1 (node1): free to move among cores, which costs them what their "
                    + "caches hold → leave it to mpirun: --map-by slot:PE=1 --bind-to core"
            ])
    }
}
