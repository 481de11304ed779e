import Layers

/// Max pooling and its gradient, as layers.
struct PoolingCases {
    /// The layers of the networks.
    let sites: CatalogSites
    /// Images of a pass.
    let imageCount: Int

    /// Two cases for each shape.
    var all: [KernelCase] {
        var seen: Set<[FeatureShape]> = []
        return sites.all.filter { site in
            site.layer is MaxPool && seen.insert(site.inputs + [site.output]).inserted
        }.flatMap(cases)
    }

    private func cases(at site: LayerSite) -> [KernelCase] {
        let inputCount = imageCount * site.inputs[0].count
        let outputCount = imageCount * site.output.count
        let reads = site.layer.backwardReads
        let readAgain =
            (reads.contains(.inputs) ? inputCount : 0) + (reads.contains(.output) ? outputCount : 0)
        return [
            makeCase(
                "max pooling", site,
                KernelWork(readCount: inputCount, writtenCount: outputCount)
            ) { $0.forward() },
            makeCase(
                "max pooling gradient", site,
                KernelWork(readCount: readAgain + outputCount, writtenCount: inputCount)
            ) { $0.backward() },
        ]
    }

    private func makeCase(
        _ kernel: String, _ site: LayerSite, _ work: KernelWork,
        _ pass: @escaping (LayerWorkbench) -> Void
    ) -> KernelCase {
        KernelCase(
            kernel, shape: "\(site.inputs[0]) to \(site.output)", method: "layer", work: work
        ) { [imageCount] in
            let workbench = try LayerWorkbench(
                site.layer, input: site.inputs[0], imageCount: imageCount)
            return { pass(workbench) }
        }
    }
}
