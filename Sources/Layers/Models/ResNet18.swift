extension NetworkDescription {
    /// ResNet-18 in its form for CIFAR-10: a 3×3 stem without pooling, then eight blocks of two 3×3
    /// convolutions with 64, 128, 256 and 512 channels; 11.17 M parameters for ten classes.
    ///
    /// Source: He et al. 2016, with batch normalisation after each convolution.
    ///
    /// - Parameters:
    ///   - input: The shape of one image.
    ///   - classCount: The number of classes.
    /// - Returns: The network.
    public static func resNet18(input: FeatureShape, classCount: Int) -> NetworkDescription {
        var network = NetworkDescription("resnet18", input: input)
        network.append(
            Convolution(channels: 64, kernel: 3, padding: 1, hasBias: false), named: "conv1")
        network.append(BatchNorm(), named: "bn1")
        network.append(ReLU())
        for number in 0..<8 {
            network.appendResidualBlock(
                channels: 64 << (number / 2),
                stride: number > 0 && number.isMultiple(of: 2) ? 2 : 1,
                named: "blocks.\(number)")
        }
        network.append(GlobalAveragePool())
        network.append(Dense(classCount), named: "fc")
        return network
    }

    /// Two convolutions and a shortcut, which is a 1×1 convolution where the stride is not 1.
    private mutating func appendResidualBlock(channels: Int, stride: Int, named name: String) {
        let input = last
        // First, so that it is there when the second convolution ends, which adds it on the way.
        var shortcut = input
        if stride != 1 {
            append(
                Convolution(channels: channels, kernel: 1, stride: stride, hasBias: false),
                named: "\(name).shortcut.0")
            shortcut = append(BatchNorm(), named: "\(name).shortcut.1")
        }
        append(
            Convolution(channels: channels, kernel: 3, stride: stride, padding: 1, hasBias: false),
            named: "\(name).conv1", from: [input])
        append(BatchNorm(), named: "\(name).bn1")
        append(ReLU())
        append(
            Convolution(channels: channels, kernel: 3, padding: 1, hasBias: false),
            named: "\(name).conv2")
        let main = append(BatchNorm(), named: "\(name).bn2")
        append(Addition(), from: [main, shortcut])
        append(ReLU())
    }
}
