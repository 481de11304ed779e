import Launch
import Testing
import Training

/// What is said of memory, files, clocks and the speed of messages.
struct ResourceCheckTests {
    @Test func sharedMemoryWithoutRoom() {
        var launch = goodLaunch([2])
        launch.ranks[1].memory.sharedFreeByteCount = 16 << 20
        #expect(
            launch.says("/dev/shm") == [
                "wrong: 16 MiB free on node1, training net shares 200 MiB: ranks will exchange "
                    + "messages instead, which is slower → give it more: mount -o "
                    + "remount,size=512m /dev/shm, or docker run --shm-size=512m"
            ])
        launch.ranks[1].memory.sharedFreeByteCount = nil
        #expect(launch.says("/dev/shm")[0].hasPrefix("wrong: node1 has none; "))
        #expect(
            goodLaunch([1]).says("/dev/shm") == ["ok: not used by a single rank of a host"])
    }

    @Test func memoryThatDoesNotSuffice() {
        var launch = goodLaunch([2])
        for rank in 0..<2 { launch.ranks[rank].memory.availableByteCount = 500 << 20 }
        #expect(
            launch.says("memory") == [
                "wrong: 500 MiB available on node1, training net needs about 600 MiB → lower "
                    + "--microbatch (now 64) or start fewer ranks on this host"
            ])
        for rank in 0..<2 { launch.ranks[rank].memory.availableByteCount = 700 << 20 }
        #expect(launch.says("memory")[0].hasPrefix("note: 700 MiB available"))
    }

    @Test func aJobsLimitCounts() {
        var launch = goodLaunch([2])
        for rank in 0..<2 { launch.ranks[rank].memory.limitLeftByteCount = 100 << 20 }
        #expect(
            launch.says("memory") == [
                "wrong: 100 MiB of the job's limit left on node1, training net needs about 600 MiB "
                    + "→ lower --microbatch (now 64) or start fewer ranks on this host, or ask the "
                    + "scheduler for more memory"
            ])
    }

    @Test func aFolderThatCannotBeWritten() {
        var launch = goodLaunch([1])
        launch.folder.problems = [
            .init(operation: "writing 1 MiB", reason: "No space left on device"),
            .init(operation: "flock", reason: "Operation not supported"),
        ]
        #expect(
            launch.says("output") == [
                "wrong: /scratch: writing 1 MiB: No space left on device → free some space or "
                    + "choose another --output"
            ])
        launch.folder.problems.removeFirst()
        #expect(
            launch.says("output") == [
                "ok: runs/net on ext4, 102,400 MiB free",
                "note: /scratch: flock: Operation not supported; distrain needs none",
            ])
    }

    @Test func aFolderWithoutRoomOrInMemory() {
        var launch = goodLaunch([1])
        launch.folder.synchronizingSeconds = 2.5
        #expect(
            launch.says("output")[1]
                == "note: 1 MiB takes 2.5 s to reach the disk → choose an --output on a faster "
                + "file system")
        launch.folder.freeByteCount = 100 << 20
        #expect(
            launch.says("output")[0]
                == "wrong: runs/net on ext4, 100 MiB free, checkpoints take 500 MiB → free some "
                + "space, choose another --output, or --keep fewer")
        launch.folder.freeByteCount = 1 << 30
        launch.folder.fileSystem = "tmpfs"
        #expect(
            launch.says("output")[0]
                == "note: runs/net on tmpfs, 1,024 MiB free: it is lost when the machine ends → "
                + "choose an --output on a disk")
    }

    @Test func clocksThatDiffer() {
        var launch = goodLaunch([1, 1, 1])
        launch.clocks = [
            ClockFacts(rank: 1, offset: -75.25, uncertainty: 1e-4),
            ClockFacts(rank: 2, offset: 0.02, uncertainty: 1e-4),
        ]
        #expect(
            launch.says("clocks") == [
                "note: rank 1 (node2): 75.3 s behind rank 0 → let chrony or ntpd set the clocks of "
                    + "all hosts"
            ])
        launch.clocks.removeFirst()
        #expect(launch.says("clocks") == ["ok: within 20.0 ms of each other"])
    }

    @Test func slowLinks() {
        var launch = goodLaunch([2, 1, 1])
        func link(_ second: Int, _ bandwidth: Double) -> LinkFacts {
            LinkFacts(
                first: 0, second: second, isLocal: false, latency: 4e-5, bandwidth: bandwidth)
        }
        launch.links += [link(2, 1.2e9), link(3, 1.1e9)]
        #expect(
            launch.says("exchange") == [
                "ok: in memory: 1.0 µs, 4.0 GB/s", "ok: between hosts: 40.0 µs, 1.1 GB/s",
            ])
        launch.links[2] = link(3, 0.11e9)
        #expect(
            launch.says("exchange") == [
                "note: rank 0 (node1) and rank 3 (node3): 110.0 MB/s, other hosts up to 1.2 GB/s → "
                    + "look at its cable and network card, or leave the host out"
            ])
        launch.links[1] = link(2, 0.11e9)
        #expect(
            launch.says("exchange")[0]
                == "note: rank 0 (node1) and rank 2 (node2): 110.0 MB/s, of which a step's "
                + "gradients take 409.1 ms → choose a faster network, as with --mca "
                + "btl_tcp_if_include, or a larger --batch-size")
    }

    @Test func aMessageThatWaitsForACore() {
        var launch = goodLaunch([2])
        launch.links = [
            LinkFacts(first: 0, second: 1, isLocal: true, latency: 3e-3, bandwidth: 1e9)
        ]
        #expect(
            launch.says("exchange") == [
                "note: rank 0 (node1) and rank 1 (node1): a message in memory takes 3.0 ms → see "
                    + "cores and binding: they wait for a core, not for the message"
            ])
    }
}
