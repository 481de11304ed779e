import Kernels

/// The passes of a convolution by plain loops in double, to measure errors against.
struct ExactConvolution {
    private let convolution: RecordedConvolution
    private let images: [Double]
    private let filters: [Double]
    private let outputGradients: [Double]

    /// Takes the operands.
    ///
    /// - Parameter convolution: The convolution and its operands.
    init(_ convolution: RecordedConvolution) {
        self.convolution = convolution
        images = convolution.images.map(Double.init)
        filters = convolution.filters.map(Double.init)
        outputGradients = convolution.outputGradients.map(Double.init)
    }

    private var shape: ConvolutionShape { convolution.shape }

    /// Computes the result of a pass.
    ///
    /// - Parameter pass: Which.
    /// - Returns: The result in the order in which kernels write it.
    func result(of pass: ConvolutionPass) -> [Double] {
        switch pass {
        case .forward: outputs()
        case .imageGradient: imageGradients()
        case .filterGradient: filterGradients()
        }
    }

    private func outputs() -> [Double] {
        let (inputs, outputs) = (shape.inputChannels, shape.outputChannels)
        var result = [Double](repeating: 0, count: convolution.outputGradients.count)
        result.withUnsafeMutableBufferPointer { result in
            forEachTap { image, output, position in
                for input in 0..<inputs {
                    add(
                        filters, at: (position * inputs + input) * outputs,
                        times: images[image + input], to: result, at: output, count: outputs)
                }
            }
        }
        return result
    }

    private func filterGradients() -> [Double] {
        let (inputs, outputs) = (shape.inputChannels, shape.outputChannels)
        var result = [Double](repeating: 0, count: filters.count)
        result.withUnsafeMutableBufferPointer { result in
            forEachTap { image, output, position in
                for input in 0..<inputs {
                    add(
                        outputGradients, at: output, times: images[image + input], to: result,
                        at: (position * inputs + input) * outputs, count: outputs)
                }
            }
        }
        return result
    }

    private func imageGradients() -> [Double] {
        let (inputs, outputs) = (shape.inputChannels, shape.outputChannels)
        let transposed = transposedFilters()
        var result = [Double](repeating: 0, count: images.count)
        result.withUnsafeMutableBufferPointer { result in
            forEachTap { image, output, position in
                for channel in 0..<outputs {
                    add(
                        transposed, at: (position * outputs + channel) * inputs,
                        times: outputGradients[output + channel], to: result, at: image,
                        count: inputs)
                }
            }
        }
        return result
    }

    /// [kernelHeight, kernelWidth, outputChannel, inputChannel].
    private func transposedFilters() -> [Double] {
        let (inputs, outputs) = (shape.inputChannels, shape.outputChannels)
        var result = [Double](repeating: 0, count: filters.count)
        for position in 0..<shape.kernelHeight * shape.kernelWidth {
            for input in 0..<inputs {
                for output in 0..<outputs {
                    result[(position * outputs + output) * inputs + input] =
                        filters[(position * inputs + input) * outputs + output]
                }
            }
        }
        return result
    }

    /// Calls `body` for each output pixel and each position of the kernel that lies in the image
    /// there, with the offsets of the two pixels' first channels and the position's number.
    private func forEachTap(_ body: (_ image: Int, _ output: Int, _ position: Int) -> Void) {
        for pixel in 0..<convolution.batch * shape.outputPixelCount {
            let image = pixel / shape.outputPixelCount
            let row = pixel % shape.outputPixelCount / shape.outputWidth
            let column = pixel % shape.outputWidth
            for position in 0..<shape.kernelHeight * shape.kernelWidth {
                let y = row * shape.stride + position / shape.kernelWidth - shape.padding
                let x = column * shape.stride + position % shape.kernelWidth - shape.padding
                guard (0..<shape.inputHeight).contains(y), (0..<shape.inputWidth).contains(x) else {
                    continue
                }
                let source = (image * shape.inputHeight + y) * shape.inputWidth + x
                body(source * shape.inputChannels, pixel * shape.outputChannels, position)
            }
        }
    }

    /// result[target + i] ← result[target + i] + factor · values[source + i].
    @inline(__always)
    private func add(
        _ values: [Double], at source: Int, times factor: Double,
        to result: UnsafeMutableBufferPointer<Double>, at target: Int, count: Int
    ) {
        values.withUnsafeBufferPointer { values in
            precondition(source + count <= values.count && target + count <= result.count)
            guard let values = values.baseAddress, let result = result.baseAddress else { return }
            for index in 0..<count { result[target + index] += factor * values[source + index] }
        }
    }
}
