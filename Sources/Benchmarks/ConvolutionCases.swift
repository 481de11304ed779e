import Kernels

extension ConvolutionShape {
    /// As in `64→128 3×3 /2 @ 32×32`: channels, kernel, stride, extents of the input.
    var text: String {
        let strideText = stride == 1 ? "" : " /\(stride)"
        return "\(inputChannels)→\(outputChannels) \(kernelHeight)×\(kernelWidth)\(strideText)"
            + " @ \(inputHeight)×\(inputWidth)"
    }
}

/// Every pass of convolutions in every way, and the transforms of their filters.
struct ConvolutionCases {
    /// The convolutions.
    let shapes: [ConvolutionShape]
    /// Images of a pass.
    let imageCount: Int

    /// One case for each shape, way and pass.
    var all: [KernelCase] { shapes.flatMap(passes) + shapes.compactMap(filterTransform) }

    private func passes(of shape: ConvolutionShape) -> [KernelCase] {
        ConvolutionMethod.all(for: shape).flatMap { method in
            var cases = ConvolutionPass.allCases.map { pass in
                makeCase(shape, method, pass.rawValue, [pass])
            }
            if method == .winograd {
                // Training computes both at once and transforms the output gradients once.
                cases.append(
                    makeCase(
                        shape, method, "both gradients", [.imageGradient, .filterGradient]))
            }
            return cases
        }
    }

    private func makeCase(
        _ shape: ConvolutionShape, _ method: ConvolutionMethod, _ name: String,
        _ passes: Set<ConvolutionPass>
    ) -> KernelCase {
        KernelCase(
            "convolution \(name)", shape: shape.text, method: method.rawValue,
            work: work(of: shape, passes)
        ) { [imageCount] in
            let workbench = ConvolutionWorkbench(shape, batch: imageCount, method)
            return { workbench.run(passes) }
        }
    }

    /// Operations are those of the direct way, whatever the way; filters count as they are stored,
    /// before any transform.
    private func work(of shape: ConvolutionShape, _ passes: Set<ConvolutionPass>) -> KernelWork {
        let images = imageCount * shape.inputCount
        let outputs = imageCount * shape.outputCount
        var work = KernelWork(
            operations: 2 * Double(passes.count * outputs * shape.patchCount), readCount: 0,
            writtenCount: 0)
        if passes.contains(.forward) {
            work.readCount += images + shape.filterCount
            work.writtenCount += outputs
        } else {
            work.readCount += outputs
        }
        if passes.contains(.imageGradient) {
            work.readCount += shape.filterCount
            work.writtenCount += images
        }
        if passes.contains(.filterGradient) {
            work.readCount += images
            work.writtenCount += shape.filterCount
        }
        return work
    }

    private func filterTransform(of shape: ConvolutionShape) -> KernelCase? {
        let method = ConvolutionMethod.automatic(for: shape)
        guard method == .winograd else { return nil }
        let count = ConvolutionAlgorithm(shape, method).preparedFilterCount(isTraining: true)
        return KernelCase(
            "filter transform", shape: shape.text, method: method.rawValue,
            work: KernelWork(readCount: shape.filterCount, writtenCount: count)
        ) {
            let workbench = ConvolutionWorkbench(shape, batch: 1, method)
            return { workbench.prepare() }
        }
    }
}
