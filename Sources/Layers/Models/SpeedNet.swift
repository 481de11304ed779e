extension NetworkDescription {
    /// The network of the CIFAR-10 speed runs: a frozen 2×2 convolution to 24 channels, then three
    /// groups of two 3×3 convolutions with pooling, batch normalisation and GELU, of 64, 256 and 256
    /// channels; 1.97 M parameters for ten classes.
    ///
    /// Source: Jordan 2024, "94 % on CIFAR-10 in 3.29 seconds on a single GPU".
    ///
    /// - Parameters:
    ///   - input: The shape of one image, at least 25×25.
    ///   - classCount: The number of classes.
    ///   - hasNormScale: Whether batch normalisation has a scale besides its bias.
    /// - Returns: The network.
    public static func speedNet(
        input: FeatureShape, classCount: Int, hasNormScale: Bool = true
    ) -> NetworkDescription {
        var network = NetworkDescription("speednet", input: input)
        network.append(Convolution(channels: 24, kernel: 2, isFrozen: true), named: "whiten")
        network.append(GELU())
        for (number, channels) in [64, 256, 256].enumerated() {
            let name = "groups.\(number)"
            network.append(
                Convolution(channels: channels, kernel: 3, padding: 1, hasBias: false),
                named: "\(name).conv1")
            network.append(MaxPool(2))
            network.append(BatchNorm(hasScale: hasNormScale), named: "\(name).bn1")
            network.append(GELU())
            network.append(
                Convolution(channels: channels, kernel: 3, padding: 1, hasBias: false),
                named: "\(name).conv2")
            network.append(BatchNorm(hasScale: hasNormScale), named: "\(name).bn2")
            network.append(GELU())
        }
        network.append(MaxPool(3))
        network.append(Flatten())
        network.append(Dense(classCount, hasBias: false), named: "head")
        network.append(Scale(1.0 / 9))
        return network
    }
}
